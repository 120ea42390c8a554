import Basics
import Testing

@Suite struct ExactTextTests {
  /// "é" composed and decomposed: one `String`, two byte sequences.
  @Test func composedAndDecomposedDiffer() {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    #expect(composed == decomposed)
    #expect(ExactText(composed) != ExactText(decomposed))
    #expect(Set([composed, decomposed].map(ExactText.init)).count == 2)
    #expect(!composed.isExactly(decomposed) && composed.isExactly("caf\u{E9}"))
    // U+0065 before U+00E9, whose first byte is 0xC3.
    #expect(ExactText(decomposed) < ExactText(composed))
  }

  @Test(arguments: [
    (14.786000000000001, "14.786"), (6.5, "6.5"), (1, "1"), (-0.05, "-0.05"), (1_234_567, "1,234,567"),
    (1234.5678, "1,234.57"), (0, "0"), (2e20, "2e+20"), (1e-9, "1e-09"), (.infinity, "inf"), (999_999.5, "1,000,000"),
  ])
  func readableNumbers(_ number: Double, _ text: String) { #expect(number.readable == text) }
}
