import Basics
import Experiments
import Foundation
import Statistics
import TestSupport
import Testing

/// Every number of an analysis of a real trial against statsmodels, scipy and numpy: Fixtures/actg175.json, made by
/// Fixtures/make_references.py.
@Suite struct ReferenceTests {
  private static func fixture() throws -> JSONValue {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/actg175.json")
    return try JSONValue(parsing: try Data(contentsOf: url), file: "actg175.json")
  }

  private static func analysis(_ correction: Correction = .holm) throws -> (Analysis, JSONValue) {
    let fixture = try fixture()
    let metrics = try (fixture["metrics"]?.array ?? []).map { try Metric(parsing: $0["spec"]?.string ?? "") }
    let plan = AnalysisPlan(metrics: metrics, correction: correction)
    return (try Analysis(Trial.measurements(metrics), plan: plan), fixture)
  }

  @Test func everyComparison() throws {
    let (analysis, fixture) = try Self.analysis()
    var compared = 0
    for (metric, expected) in zip(analysis.metrics, fixture["metrics"]?.array ?? []) {
      for wanted in expected["comparisons"]?.array ?? [] {
        let got = try #require(metric.comparisons.first { $0.variant == wanted["variant"]?.string })
        let place = "\(metric.name), \(got.variant)"
        func close(_ value: Double?, _ expected: JSONValue?) {
          expectClose(value ?? .nan, expected?.double ?? 0, relative: 1e-9, place)
          compared += 1
        }
        for (place, value) in [got.control.value, got.control.standardError].enumerated() {
          close(value, wanted["control"]?[place])
        }
        for (place, value) in [got.treatment.value, got.treatment.standardError].enumerated() {
          close(value, wanted["treatment"]?[place])
        }
        let difference = got.difference
        for (place, value) in [difference.estimate, difference.standardError, difference.lower, difference.upper]
          .enumerated()
        {
          close(value, wanted["difference"]?[place])
        }
        for (place, value) in [got.lift.estimate, got.lift.lower, got.lift.upper].enumerated() {
          close(value, wanted["lift"]?[place])
        }
        #expect(got.lift.method == "delta")
        close(got.statistic, wanted["statistic"])
        close(got.pValue, wanted["pValue"])
        if let df = wanted["degreesOfFreedom"] {
          close(got.degreesOfFreedom, df)
        } else {
          #expect(got.degreesOfFreedom == nil)
        }
        if let reduction = wanted["varianceReduction"] { close(got.varianceReduction, reduction) }
      }
    }
    #expect(compared == 9 * 14 + 6 + 6 * 13)  // with degrees of freedom; the reduction of CUPED; normal law
  }

  @Test(arguments: Correction.allCases.filter { $0 != .none }) func adjustedPValues(correction: Correction) throws {
    let (analysis, fixture) = try Self.analysis(correction)
    let expected = try #require(fixture["adjusted"]?[correction.rawValue]?.array)
    let got = analysis.metrics.flatMap { metric in
      ["zdv_ddi", "zdv_zal", "ddi"].map { arm in metric.comparisons.first { $0.variant == arm }?.adjustedPValue ?? .nan
      }
    }
    #expect(got.count == expected.count)
    for (value, wanted) in zip(got, expected) { expectClose(value, wanted.double ?? 0, relative: 1e-9) }
  }

  @Test func sampleRatio() throws {
    let (analysis, fixture) = try Self.analysis()
    let check = try #require(analysis.checks.first { $0.name == "sample-ratio" })
    #expect(check.outcome == .pass)
    expectClose(check.pValue ?? .nan, fixture["sampleRatio"]?["pValue"]?.double ?? 0, relative: 1e-9)
  }
}
