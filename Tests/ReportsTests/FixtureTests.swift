import Experiments
import Foundation
import Reports
import Testing

/// The text of each form is pinned. After a wanted change: `REGENERATE_FIXTURES=1 swift test --filter FixtureTests`, then read
/// the difference.
@Suite struct FixtureTests {
  static let endings: [(ReportFormat, String)] = [
    (.table, "txt"), (.json, "json"), (.csv, "csv"), (.markdown, "md"), (.html, "html"),
  ]

  @Test(arguments: ReportFormat.allCases)
  func analysis(_ format: ReportFormat) throws {
    try check(Report.render(Samples.analysis, as: format), "analysis", format)
  }

  @Test(arguments: ReportFormat.allCases)
  func cohorts(_ format: ReportFormat) throws {
    try check(Report.render(Samples.cohorts, as: format), "cohorts", format)
  }

  @Test func coloursAndASCII() throws {
    try check(Report.table(Samples.analysis, width: 80, color: true, unicode: false), "analysis-ascii-color", .table)
  }

  /// The style sheet, the same in every page, is left out: a change of colour is no change of the text.
  private func check(_ whole: String, _ name: String, _ format: ReportFormat) throws {
    let text = whole.replacing("\(StyleSheet.text)", with: "/* StyleSheet */")
    let ending = Self.endings.first { $0.0 == format }?.1 ?? ""
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).\(ending)")
    if ProcessInfo.processInfo.environment["REGENERATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: url)
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(text == expected, "the text of \(url.lastPathComponent) has changed")
  }
}
