import Basics
import Experiments
import Foundation
import Reports
import Statistics
import Testing

@Suite struct DesignReportTests {
  /// Numbers that follow from the question; they are checked where they are computed.
  static let units: DesignResult? = {
    guard let metric = try? Metric(parsing: "conversion=proportion(converted)") else { return nil }
    var spec = DesignSpec(metric: metric)
    spec.baseline = 0.1
    spec.effect = .relative(0.05)
    spec.traffic = try? .steady(unitsPerDay: 4000)
    spec.days = [7, 28]
    return try? DesignResult(spec)
  }()

  @Test func table() throws {
    let expected = """
      115,520 units find a change of conversion of +5% (+0.005000) with power 80%.

      baseline                                 10%
      standard deviation per unit           0.3000
      hypothesis                         different
      alpha                        0.05, two-sided
      test                                       z
      effect                        +5% (+0.005000)
      power                                    80%
      units in control                      57,760
      units in treatment                    57,760
      units in all                         115,520
      days                                      29

      days    units  detectable effect  as lift
      ─────────────────────────────────────────
         7   28,000           +0.01027   +10.3%
        28  112,000          +0.005079   +5.08%

      version: \(ToolVersion.current)

      """
    // By hand: 2.8016 √((0.1·0.9 + 0.1103·0.8897)/14000) = 0.01027.
    let text = Report.table(try #require(Self.units))
    // The columns' widths depend on the longest value.
    func words(_ text: String) -> [[Substring]] { text.split(separator: "\n").map { $0.split(separator: " ") } }
    #expect(words(text) == words(expected))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func readsBack() throws {
    let value = try #require(Self.units)
    #expect(try JSONDecoder().decode(DesignResult.self, from: Data(Report.json(value).utf8)) == value)
  }

  @Test func csvHoldsAnswerAndSchedule() throws {
    let rows = Report.csv(try #require(Self.units)).split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows.count == 4)
    #expect(rows.dropFirst().map { $0.last ?? "" } == ["units", "schedule", "schedule"])
    #expect(rows[0].first == "metric" && rows[0].contains("standard_deviation"))
  }

  @Test func markdownAndHTML() throws {
    let value = try #require(Self.units)
    let markdown = Report.markdown(value)
    #expect(markdown.hasPrefix("# 115,520 units find a change"))
    #expect(markdown.contains("| 28 | 112,000 |"))
    let html = Report.html(value)
    #expect(html.contains("<svg") && html.contains("115,520 units"))
  }

  @Test func narrowAndASCII() throws {
    let text = Report.table(try #require(Self.units), width: 40, unicode: false)
    #expect(text.utf8.allSatisfy { $0 < 128 })
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 })
  }
}
