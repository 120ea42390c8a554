import Statistics
import TestSupport
import Testing

@Suite struct ShapeTests {
  /// Datasets/References/shape.json.
  @Test(arguments: try References.cases("shape"))
  func agrees(_ c: ReferenceCase) throws {
    let shape = try Shape(#require(c.input["values"]?.array).compactMap(number))
    let got = [
      "skewness": shape.skewness, "adjustedSkewness": shape.adjustedSkewness,
      "excessKurtosis": shape.excessKurtosis, "adjustedExcessKurtosis": shape.adjustedExcessKurtosis,
    ]
    for (name, value) in got {
      guard let expected = c.expected[name].flatMap(number) else { continue }
      expectClose(
        try #require(value), expected, relative: c.tolerance, absolute: c.absoluteTolerance, "\(c) \(name), \(c.source)"
      )
    }
  }

  /// -1, 0, 1: m2 = 2/3, m3 = 0, m4 = 2/3, so g1 = 0 and g2 = (2/3) / (4/9) - 3 = -3/2; too few values for G2.
  @Test func byHand() throws {
    let shape = try Shape([-1e200, 0, 1e200])
    #expect(shape.skewness == 0)
    expectClose(shape.excessKurtosis, -1.5, relative: 1e-15)
    #expect(shape.adjustedSkewness == 0)
    #expect(shape.adjustedExcessKurtosis == nil)
  }

  @Test func sentences() {
    #expect(throws: DomainError("values", 1, "at least 2 are needed")) { try Shape([1]) }
    #expect(throws: DomainError("variance", 0, "must be positive and finite")) { try Shape([2, 2, 2]) }
  }
}
