import Testing

/// Expects `got` within `relative * |expected| + absolute` of `expected`; NaN, infinities and sign are compared first.
///
/// - Parameter why: where the expected number comes from, or the reason of a loose tolerance.
package func expectClose(
  _ got: Double, _ expected: Double, relative: Double = 1e-12, absolute: Double = 0, _ why: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let comment = Comment(
    rawValue: "got \(got), expected \(expected), relative error \(abs(got - expected) / abs(expected)) \(why)")
  if expected.isNaN || got.isNaN {
    #expect(expected.isNaN && got.isNaN, comment, sourceLocation: sourceLocation)
  } else if expected.isInfinite || got.isInfinite {
    #expect(got == expected, comment, sourceLocation: sourceLocation)
  } else {
    #expect(abs(got - expected) <= relative * abs(expected) + absolute, comment, sourceLocation: sourceLocation)
  }
}
