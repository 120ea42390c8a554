import Basics
import Conformance
import Testing

/// The rule of the schema: |got - expected| <= tolerance * |expected| + absoluteTolerance.
@Suite struct ComparisonTests {
  private func count(_ got: JSONValue, _ expected: JSONValue, _ tolerance: Double, _ absolute: Double? = nil) -> Int {
    Comparison.disagreements(got: got, expected: expected, tolerance: tolerance, absolute: absolute).count
  }

  @Test func relativeAndAbsoluteAdd() {
    #expect(count(["a": 110.0], ["a": 100.0], 0.1) == 0)
    #expect(count(["a": 111.0], ["a": 100.0], 0.1) == 1)
    #expect(count(["a": 111.0], ["a": 100.0], 0.1, 1) == 0)
  }

  @Test func toleranceIsAbsoluteAtZeroUnlessAnAbsoluteOneIsGiven() {
    #expect(count(["a": 0.05], ["a": 0.0], 0.1) == 0)
    #expect(count(["a": 0.05], ["a": 0.0], 0.1, 0.01) == 1)
  }

  @Test func zeroToleranceIsExact() {
    #expect(count(["a": 3], ["a": 3], 0) == 0)
    #expect(count(["a": 3.0000000000000004], ["a": 3], 0) == 1)
  }

  @Test func wordsStandForInfinitiesAndNaN() {
    #expect(count(["a": "inf"], ["a": "Infinity"], 0) == 0)
    #expect(count(["a": "-inf"], ["a": "inf"], 1) == 1)
    #expect(count(["a": 1e308], ["a": "inf"], 1) == 1)
    #expect(count(["a": "NaN"], ["a": "NaN"], 0) == 0)
    #expect(count(["a": 1], ["a": "NaN"], 1) == 1)
  }

  @Test func listsByElementWithTheirPath() {
    let found = Comparison.disagreements(
      got: ["m": [[1, 2], [3, 5]]], expected: ["m": [[1, 2], [3, 4]]], tolerance: 0, absolute: nil)
    #expect(found.map(\.path) == ["m[1][1]"])
    #expect(found.first?.relativeError == 0.25)
    #expect(count(["m": [1]], ["m": [1, 2]], 1) == 1)
  }

  @Test func onlyExpectedKeysAreCompared() {
    #expect(count(["a": 1, "b": 2], ["a": 1], 0) == 0)
    #expect(count(["b": 2], ["a": 1], 0) == 1)
  }

  @Test func wordsTruthAndNull() {
    #expect(count(["k": "interval"], ["k": "interval"], 0) == 0)
    #expect(count(["k": "everything"], ["k": "interval"], 0) == 1)
    #expect(count(["k": true], ["k": false], 0) == 1)
    #expect(count(["k": .null], ["k": .null], 0) == 0)
    #expect(count(["k": 1], ["k": .null], 0) == 1)
    #expect(count(["k": .null], ["k": 1], 0) == 1)
  }
}
