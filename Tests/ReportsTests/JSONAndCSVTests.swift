import Basics
import Cohorts
import Experiments
import Foundation
import Reports
import Testing

@Suite struct JSONAndCSVTests {
  @Test func analysisReadsBack() throws {
    let json = Report.json(Samples.analysis)
    #expect(try JSONDecoder().decode(Analysis.self, from: Data(json.utf8)) == Samples.analysis)
    #expect(
      try JSONDecoder().decode(CohortReport.self, from: Data(Report.json(Samples.cohorts).utf8)) == Samples.cohorts)
  }

  @Test func seedsOf64BitsKeepEveryDigit() throws {
    var value = Samples.analysis
    value.provenance.seed = .max
    let json = Report.json(value)
    #expect(json.contains("\"seed\": \"18446744073709551615\""))
    #expect(try JSONDecoder().decode(Analysis.self, from: Data(json.utf8)) == value)
  }

  @Test func segmentsSayWhetherTheirEffectsDiffer() throws {
    var value = Samples.analysis
    value.metrics[0].heterogeneity = [
      .init(variant: "one-page", column: "country", segments: 2, statistic: 1.03, pValue: 0.31, iSquared: 0.029)
    ]
    let words = "by country (equal effects: p = 0.310)"
    #expect(Report.table(value, width: 80, color: false).contains(words))
    #expect(Report.markdown(value).contains(words))
    #expect(Report.html(value).contains(words))
    let json = try JSONValue(parsing: Data(Report.json(value).utf8), file: "analysis.json")
    #expect(json["metrics"]?[0]?["heterogeneity"]?[0]?["pValue"]?.double == 0.31)
    #expect(json["metrics"]?[1]?["heterogeneity"] == nil)
  }

  @Test func keysAreInTheContractsOrder() throws {
    let json = try JSONValue(parsing: Data(Report.json(Samples.analysis).utf8), file: "analysis.json")
    #expect(
      Array(json.object?.keys.prefix(8) ?? [])
        == ["schema", "input", "control", "variants", "checks", "metrics", "decision", "provenance"])
    let metric = json["metrics"]?[0]
    #expect(Array(metric?.object?.keys.prefix(4) ?? []) == ["name", "kind", "role", "comparisons"])
    let segment = metric?["comparisons"]?[1]
    #expect(
      Array(segment?.object?.keys.prefix(11) ?? [])
        == [
          "variant", "segment", "control", "treatment", "difference", "lift", "test", "statistic", "degreesOfFreedom",
          "pValue", "adjustedPValue",
        ])
    #expect(segment?["adjustedPValue"] == .null)
    #expect(metric?["comparisons"]?[0]?["segment"] == nil)
  }

  @Test func csvHasOneRowAComparison() {
    let lines = Report.csv(Samples.analysis).split(separator: "\n")
    #expect(lines.count == 1 + Samples.analysis.metrics.reduce(0) { $0 + $1.comparisons.count })
  }

  @Test func csvQuotes() {
    var csv = CSVText(header: ["a", "b"])
    csv.add(["x,y", "say \"no\"\nplease"])
    #expect(csv.text == "a,b\n\"x,y\",\"say \"\"no\"\"\nplease\"\n")
    #expect(CSVText.number(0.1 + 0.2) == "0.30000000000000004" && CSVText.number(Double.nan) == "")
  }

  @Test func cohortCSVIsTheLongForm() {
    let lines = Report.csv(Samples.cohorts).split(separator: "\n")
    #expect(lines.first == "cohort,period,size,retained,rate,lower,upper")
    #expect(lines.count == 1 + 6 * 6)
    #expect(lines.last == "2026-06-01,5,1465,,,,")
  }
}
