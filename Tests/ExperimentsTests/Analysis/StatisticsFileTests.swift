import Basics
import Experiments
import Statistics
import TestSupport
import Testing

/// Statistics as files: what is written is read, parts add up, and what is wrong has its path.
@Suite struct StatisticsFileTests {
  static func file(_ control: [Double], _ treatment: [Double], metric: String = "m=mean(x)") throws -> StatisticsFile {
    var measurements = measured([("control", control.map { [$0] }), ("treatment", treatment.map { [$0] })])
    measurements.files = [InputFile(name: "a.csv", bytes: 10, fingerprint: "xxh64:00")]
    measurements.observed = .init(from: 100, until: 200)
    return StatisticsFile(metrics: [try Metric(parsing: metric)], isClustered: false, measurements: measurements)
  }

  @Test func whatIsWrittenIsRead() throws {
    let file = try Self.file([1, 2, 0.1], [1e100, -4])
    let again = try StatisticsFile(parsing: Array(file.json.text(pretty: true).utf8), file: "s.json")
    #expect(again.measurements == file.measurements)
    #expect(again.metrics == file.metrics)
  }

  @Test func partsAddUpToTheWhole() throws {
    var parts = try Self.file([1, 2], [5, 7, 9])
    try parts.merge(try Self.file([4], [3, 3]), file: "b.json")
    let whole = try Self.file([1, 2, 4], [5, 7, 9, 3, 3])
    #expect(parts.measurements.arms == whole.measurements.arms)
    for (a, b) in zip(parts.measurements.cells, whole.measurements.cells) {
      expectClose(a.metrics[0].moments.mean[0], b.metrics[0].moments.mean[0], relative: 1e-14)
      expectClose(a.metrics[0].moments.variance(), b.metrics[0].moments.variance(), relative: 1e-14)
    }
    #expect(parts.measurements.files.count == 2)
  }

  /// As a warehouse would write it: without what only this program knows.
  private static let short = """
    {"schema": "verdict.statistics/1", "metrics": ["m=mean(x, covariates: y)"], "cells": [
      {"arm": "a", "units": 3, "metrics": [{"count": 3, "mean": [1, 2], "crossProducts": [4, 1, 1, 5]}]},
      {"arm": "b", "units": 2, "metrics": [{"count": 2, "mean": [1.5, 2], "crossProducts": [2, 0, 0, 1]}]}]}
    """

  @Test func theShortFormIsEnough() throws {
    let file = try StatisticsFile(parsing: Array(Self.short.utf8), file: "s.json")
    #expect(file.measurements.arms.map(\.units) == [3, 2])
    #expect(file.measurements.rows == 5)
    #expect(file.measurements.cells[1].metrics[0].moments.crossProducts == [2, 0, 0, 1])
  }

  @Test(
    "faults with their path",
    arguments: [
      ("\"verdict.statistics/1\"", "1", "s.json: no statistics: \"schema\": \"verdict.statistics/1\" is expected."),
      ("[1, 2]", "[1]", "s.json: 'cells[0].metrics[0].mean': expected 2 numbers."),
      (
        "[4, 1, 1, 5]", "[4, 1, 2, 5]",
        "s.json: 'cells[0].metrics[0].crossProducts': expected a symmetric matrix with no negative number on its diagonal."
      ),
      (
        "[4, 1, 1, 5]", "[4, 1, 1, -5]",
        "s.json: 'cells[0].metrics[0].crossProducts': expected a symmetric matrix with no negative number on its diagonal."
      ),
      ("\"count\": 3", "\"count\": -3", "s.json: 'cells[0].metrics[0].count': expected a whole number."),
      ("\"arm\": \"a\", ", "", "s.json: 'cells[0].arm': expected text."),
      ("\"units\": 3", "\"units\": 3.5", "s.json: 'cells[0].units': expected a whole number."),
    ])
  func faults(_ old: String, _ new: String, _ sentence: String) {
    do {
      _ = try StatisticsFile(parsing: Array(Self.short.replacing(old, with: new).utf8), file: "s.json")
      Issue.record("no fault")
    } catch { #expect("\(error)" == sentence) }
  }

  @Test func otherMetricsAndOtherLimitsAreNotPutTogether() throws {
    var first = try Self.file([1, 2], [3, 4])
    #expect(throws: StatisticsFault.self) {
      try first.merge(try Self.file([1], [2], metric: "m=mean(y)"), file: "b.json")
    }
    var cut = try Self.file([1, 2], [3, 4])
    cut.measurements.cells[0].metrics[0].capValue = 2
    do {
      try first.merge(cut, file: "b.json")
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)" == "b.json: metric 'm' is cut at other values than in the first file. Cut at fixed values, such as "
          + "cap: 500.")
    }
  }
}
