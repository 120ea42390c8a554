import Basics
import Experiments
import Statistics
import TestSupport
import Testing

/// Statistics as files: what is written is read, parts add up, and what is wrong has its path.
@Suite struct StatisticsFileTests {
  static func file(
    _ control: [Double], _ treatment: [Double], metric: String = "m=mean(x)", input: String = "a.csv"
  ) throws -> StatisticsFile {
    var measurements = measured([("control", control.map { [$0] }), ("treatment", treatment.map { [$0] })])
    measurements.files = [InputFile(name: input, bytes: 10, fingerprint: "xxh64:\(input)")]
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
    try parts.merge(try Self.file([4], [3, 3], input: "b.csv"), file: "b.json")
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
      (
        "\"verdict.statistics/1\"", "1",
        "s.json: no statistics: \"schema\": \"verdict.statistics/1\" is expected. Rows are read from CSV, not from JSON."
      ),
      ("[1, 2]", "[1]", "s.json: 'cells[0].metrics[0].mean': expected 2 numbers."),
      (
        "[4, 1, 1, 5]", "[4, 1, 2, 5]",
        "s.json: 'cells[0].metrics[0].crossProducts': expected a symmetric matrix, but the numbers at 1 and 2 differ."
      ),
      (
        "[4, 1, 1, 5]", "[4, 1, 1, -5]",
        "s.json: 'cells[0].metrics[0].crossProducts': expected no negative number on the diagonal, at 3."
      ),
      (
        "[4, 1, 1, 5]", "[4, 9e9, 9e9, 5]",
        "s.json: 'cells[0].metrics[0].crossProducts': expected cross-products of columns, but these are larger than the "
          + "columns' variances allow."
      ),
      ("\"count\": 3", "\"count\": 4", "s.json: 'cells[0].metrics[0].count': expected at most the cell's 3 units."),
      ("\"cells\"", "\"clustered\": \"yes\", \"cells\"", "s.json: 'clustered': expected true or false."),
      (
        "\"arm\": \"b\"", "\"arm\": \"a\"",
        "s.json: 'cells[1]' is the arm 'a', which 'cells[0]' is already. A cell stands once: add up its rows, or write a "
          + "file a part and name them all."
      ),
      (
        "\"arm\": \"b\"", "\"arm\": \"b\", \"segment\": {\"column\": \"c\", \"value\": \"x\"}",
        "s.json: 'cells': the arm 'b' has segments but no cell of all its units. Add one without 'segment'."
      ),
      ("\"count\": 3,", "\"count\": 3, \"cap\": \"5\",", "s.json: 'cells[0].metrics[0].cap': expected a number."),
      (
        "\"count\": 3,", "\"count\": 3, \"cap\": 5,",
        "s.json: 'cells[1].metrics[0]': expected the cap and floor of the first cell."
      ),
      (
        "\"cells\"", "\"observed\": {\"from\": 1.5}, \"cells\"", "s.json: 'observed.from': expected seconds since 1970."
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

  /// What other programs round elsewhere is taken, and is exactly symmetric then.
  @Test func symmetricToRounding() throws {
    let text = Self.short.replacing("[4, 1, 1, 5]", with: "[4, 1.0000000001, 1, 5]")
    let products = try StatisticsFile(parsing: Array(text.utf8), file: "s.json").measurements.cells[0].metrics[0]
      .moments
      .crossProducts
    #expect(products[1] == products[2])
    expectClose(products[1], 1, relative: 1e-10)
  }

  /// A column that hardly varies beside its size: what rounding leaves of its products is no fault.
  @Test func constantColumns() throws {
    let text = Self.short.replacing(
      "[1, 2], \"crossProducts\": [4, 1, 1, 5]", with: "[1, 1e6], \"crossProducts\": [4, 1e-9, 0, -1e-12]")
    let file = try StatisticsFile(parsing: Array(text.utf8), file: "s.json")
    #expect(file.measurements.cells[0].metrics[0].moments.crossProducts[3] == 0)
  }

  @Test func aShareIsAShare() throws {
    func sentence(_ mean: Double) throws -> String {
      let file = try Self.file([0, 1, 1], [0, 1], metric: "m=proportion(x)")
      let text = file.json.text().replacing("\"mean\":[0.5]", with: "\"mean\":[\(mean)]")
      do {
        _ = try StatisticsFile(parsing: Array(text.utf8), file: "s.json")
        return ""
      } catch { return "\(error)" }
    }
    #expect(try sentence(0.5) == "")
    #expect(
      try sentence(3.1)
        == "s.json: 'cells[1].metrics[0].mean': expected a share in [0, 1], for the metric is a proportion.")
  }

  private func refusal(_ first: StatisticsFile, _ second: StatisticsFile) -> String {
    var first = first
    do {
      try first.merge(second, file: "b.json")
      return ""
    } catch { return "\(error)" }
  }

  @Test func theSameUnitsAreNotPutTogetherTwice() throws {
    let file = try Self.file([1, 2], [3, 4])
    #expect(
      refusal(file, try Self.file([1], [3]))
        == "b.json: it is of 'a.csv', the bytes of which are in a file before it. Files that are put together are of "
        + "different units; name each once.")
    #expect(
      refusal(file, try Self.file([1, 2], [3, 4], input: "b.csv")).hasPrefix("b.json: it holds the same numbers"))
    // Events may be shared by exposures of different units.
    func joined(_ values: [Double], _ name: String) throws -> StatisticsFile {
      var file = try Self.file(values, values)
      file.measurements.files[0].role = .events
      file.measurements.files.append(InputFile(name: name, bytes: 1, fingerprint: "xxh64:\(name)"))
      file.measurements.files[1].role = .exposures
      file.measurements.exposure = ExposureSummary(
        unitsInSeveralArms: 3, immatureUnits: 1, events: 50, eventsAsked: 40, eventsOfUnits: 7)
      return file
    }
    var sum = try joined([1, 2], "e1.csv")
    #expect(refusal(sum, try joined([5], "e1.csv")).hasPrefix("b.json: it is of 'e1.csv'"))
    try sum.merge(try joined([5], "e2.csv"), file: "b.json")
    #expect(sum.measurements.files.map(\.name) == ["a.csv", "e1.csv", "e2.csv"])
    let again = try StatisticsFile(parsing: Array(sum.json.text().utf8), file: "s.json")
    #expect(
      again.measurements.exposure
        == ExposureSummary(unitsInSeveralArms: 6, immatureUnits: 2, events: 50, eventsAsked: 40, eventsOfUnits: 14))
    #expect(again.measurements.files == sum.measurements.files)
  }

  /// The second threshold of a ratio is written, read and compared.
  @Test func bothThresholdsOfARatio() throws {
    func ratio(_ denominator: Double, _ input: String) throws -> StatisticsFile {
      var measurements = measured([
        ("control", [[1, 2], [3, 4], [denominator, 1]]), ("treatment", [[1, 1], [2, 2]]),
      ])
      measurements.files = [InputFile(name: input, bytes: 1, fingerprint: input)]
      for index in measurements.cells.indices {
        measurements.cells[index].metrics[0].cuts = [.init(high: 9), .init(low: 1, high: denominator)]
      }
      return StatisticsFile(
        metrics: [try Metric(parsing: "m=ratio(x, y) | cap: p99")], isClustered: false, measurements: measurements)
    }
    let file = try ratio(5, "a")
    let text = file.json.text()
    #expect(text.contains("\"cap\":[9.0,5.0]") && text.contains("\"floor\":[null,1.0]"))
    #expect(try StatisticsFile(parsing: Array(text.utf8), file: "s.json").measurements == file.measurements)
    #expect(refusal(file, try ratio(50, "b")).hasPrefix("b.json: metric 'm' is cut at other values"))
    let single = text.replacing("\"cap\":[9.0,5.0]", with: "\"cap\":9")
    do {
      _ = try StatisticsFile(parsing: Array(single.utf8), file: "s.json")
      Issue.record("no fault")
    } catch {
      #expect(
        "\(error)"
          == "s.json: 'cells[0].metrics[0].cap': expected two numbers or null, of the numerator and the denominator.")
    }
  }

  /// A warehouse that does not say where it cut did so where the metric says.
  @Test func anAbsoluteCapIsKnown() throws {
    let text = Self.short.replacing("covariates: y)", with: "covariates: y) | cap: 500")
    let file = try StatisticsFile(parsing: Array(text.utf8), file: "s.json")
    #expect(file.measurements.cells[0].metrics[0].cuts == [.init(high: 500)])
  }

  @Test func otherMetricsAndOtherLimitsAreNotPutTogether() throws {
    var first = try Self.file([1, 2], [3, 4])
    #expect(throws: StatisticsFault.self) {
      try first.merge(try Self.file([1], [2], metric: "m=mean(y)", input: "b.csv"), file: "b.json")
    }
    var cut = try Self.file([1, 2], [3, 5], input: "b.csv")
    for index in cut.measurements.cells.indices { cut.measurements.cells[index].metrics[0].cuts = [.init(high: 2)] }
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
