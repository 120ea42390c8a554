import Basics
import Testing

@Suite struct GroupedDigitsTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(count: Int, text: String) { #expect(count.grouped == text) }

  @Test func decimalsStayAsTheyAre() { #expect("12345.67891".withGroupedThousands == "12,345.67891") }
}
