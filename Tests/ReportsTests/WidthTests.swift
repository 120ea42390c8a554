import Experiments
import Foundation
import Reports
import TestSupport
import Testing

/// No line is wider than asked for, and what is no number is never printed as one, whatever the values are.
@Suite struct WidthTests {
  static let labels = [
    "B", "", "日本語のとても長い変種の名前がここにあります", "e\u{301}e\u{301}e\u{301} combining", "👩‍👩‍👧‍👦 family",
    String(repeating: "very-long-name-", count: 12), "tab\there", "esc\u{1B}[31mred", "a b", "\u{202E}rtl",
  ]

  static func value(_ random: inout SeededGenerator) -> Double? {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: nil
    case 1: .infinity
    case 2: -.infinity
    case 3: .nan
    case 4: 0
    case 5: Double.random(in: -1...1, using: &random) * 1e300
    case 6: Double.random(in: -1...1, using: &random) * 1e-300
    default: Double.random(in: -2...2, using: &random)
    }
  }

  static func analysis(_ random: inout SeededGenerator) -> Analysis {
    var value = Samples.analysis
    value.control = labels.randomElement(using: &random) ?? ""
    for metric in value.metrics.indices {
      value.metrics[metric].name = labels.randomElement(using: &random) ?? ""
      for index in value.metrics[metric].comparisons.indices {
        var comparison = value.metrics[metric].comparisons[index]
        comparison.variant = labels.randomElement(using: &random) ?? ""
        comparison.control.value = Self.value(&random)
        comparison.treatment.value = Self.value(&random)
        comparison.difference = .init(
          estimate: Self.value(&random), standardError: Self.value(&random), lower: Self.value(&random),
          upper: Self.value(&random))
        comparison.lift = .init(
          estimate: Self.value(&random), lower: Self.value(&random), upper: Self.value(&random), method: "delta")
        comparison.pValue = Self.value(&random)
        comparison.adjustedPValue = Self.value(&random)
        comparison.varianceReduction = Self.value(&random)
        comparison.statistic = Self.value(&random)
        value.metrics[metric].comparisons[index] = comparison
      }
    }
    return value
  }

  @Test func linesFitAndNothingIsNaN() throws {
    var random = SeededGenerator(seed: 20_261_123)
    for _ in 0..<300 {
      let value = Self.analysis(&random)
      let width = Int.random(in: 20...160, using: &random)
      let unicode = Bool.random(using: &random)
      let text = Report.table(value, width: width, color: false, unicode: unicode)
      for line in text.split(separator: "\n") {
        #expect(DisplayWidth.of(line) <= width, "width \(width): \(line)")
      }
      for form in [text, Report.markdown(value), Report.html(value), Report.csv(value)] {
        let words = form.split { !$0.isLetter }.map { $0.lowercased() }
        #expect(!words.contains("nan") && !words.contains("inf") && !words.contains("infinity"))
      }
      #expect(!text.contains("\u{1B}"), "an escape sequence of a label reached the terminal")
      #expect(parses(Report.html(value)))
    }
  }

  @Test(arguments: [20, 40, 60, 80, 100, 160])
  func cohortLinesFit(_ width: Int) {
    for line in Report.table(Samples.cohorts, width: width, color: false).split(separator: "\n") {
      #expect(DisplayWidth.of(line) <= width)
    }
  }

  @Test func displayWidths() {
    #expect(DisplayWidth.of("abc") == 3)
    #expect(DisplayWidth.of("日本") == 4)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("👩‍👩‍👧‍👦") == 2)
    #expect(DisplayWidth.of("●├┤│─░█") == 7)
    #expect(DisplayWidth.truncate("abcdef", to: 4) == "abc…")
    #expect(DisplayWidth.truncate("日本語", to: 4) == "日…")
    #expect(DisplayWidth.truncate("abcdef", to: 4, unicode: false) == "ab..")
  }
}
