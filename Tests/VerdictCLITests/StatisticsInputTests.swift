import Basics
import Foundation
import Testing

/// Files of statistics as input: under any name, and only once.
@Suite struct StatisticsInputTests {
  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "units.csv")
    _ = try Program.run(
      ["analyze", "units.csv", "--statistics", "s.json", "--segment", "country"] + AnalyzeTests.metrics, in: folder)
    return folder
  }

  private static func metrics(_ arguments: [String], _ folder: Folder, input: String? = nil) throws -> String? {
    let outcome = try Program.run(["analyze"] + arguments + ["--format", "json"], in: folder, input: input)
    #expect(outcome.exit == 0, "\(outcome.errors)")
    return try JSONValue(parsing: Array(outcome.output.utf8))["metrics"]?.text()
  }

  @Test func knownByTheirContent() throws {
    let folder = try Self.folder()
    let rows = try Self.metrics(["units.csv", "--segment", "country"] + AnalyzeTests.metrics, folder)
    let text = try folder.text("s.json")
    try folder.write(text, to: "statistics/day1.txt")
    try folder.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "marked")
    let zip = Process()
    zip.executableURL = URL(filePath: "/bin/gzip")
    zip.arguments = ["-k", folder.file("s.json")]
    try zip.run()
    zip.waitUntilExit()
    for name in ["s.json", "s.json.gz", "statistics/*", "marked"] { #expect(try Self.metrics([name], folder) == rows) }
    #expect(try Self.metrics(["-"], folder, input: text) == rows)
  }

  @Test(
    "What does not go together",
    arguments: [
      (
        ["s.json", "units.csv", "--metric", "m=mean(revenue)"],
        "'s.json' is a file of statistics and 'units.csv' is not. Write the statistics of the rows first, with --statistics, "
          + "and put the files together then."
      ),
      (
        ["s.json", "--variant", "arm"],
        "files of statistics say themselves what was measured; --variant is for rows. Leave it out."
      ),
      (
        ["s.json", "--null", "NA"],
        "files of statistics say themselves what was measured; --null is for rows. Leave it out."
      ),
      (
        ["s.json", "s.json"],
        "s.json: it is of 'units.csv', the bytes of which are in a file before it. Files that are put together are of "
          + "different units; name each once."
      ),
      (
        ["rows.json"],
        "rows.json: no statistics: \"schema\": \"verdict.statistics/1\" is expected. Rows are read from CSV, not from JSON."
      ),
      (
        ["units.csv"],
        "no metric. Name at least one, for example --metric 'conversion=proportion(converted)'; 'verdict profile' proposes "
          + "some."
      ),
      (
        ["-", "--exposures", "-", "--metric", "m=mean(revenue)"],
        "'-' is given more than once: standard input is read once. Write one of the inputs to a file."
      ),
    ])
  func faults(_ arguments: [String], _ sentence: String) throws {
    let folder = try Self.folder()
    try folder.write("{\"user_id\": 1, \"revenue\": 2}\n", to: "rows.json")
    let outcome = try Program.run(["analyze"] + arguments, in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors == "verdict: \(sentence)\n")
  }

  /// Files that name no inputs: the third is the first again.
  @Test func warehouseFilesOnce() throws {
    let folder = try Folder()
    func text(_ mean: Int) -> String {
      let cells = ["control", "treatment"].map { arm in
        "{\"arm\": \"\(arm)\", \"units\": 90, \"metrics\": [{\"count\": 90, \"mean\": [\(mean)], \"crossProducts\": [50]}]}"
      }
      return
        "{\"schema\": \"verdict.statistics/1\", \"metrics\": [\"m=mean(x)\"], \"cells\": [\(cells.joined(separator: ", "))]}"
    }
    for (name, mean) in [("a", 1), ("b", 2), ("c", 1)] { try folder.write(text(mean), to: "\(name).json") }
    #expect(try Program.run(["analyze", "a.json", "b.json"], in: folder).exit == 0)
    let twice = try Program.run(["analyze", "a.json", "b.json", "c.json"], in: folder)
    #expect(twice.exit == 2)
    #expect(
      twice.errors
        == "verdict: 'c.json' and 'a.json' are the same bytes. Files that are put together are of different units; "
        + "name each once.\n")
    let next = try Program.run(["analyze", "a.json", "c.json"], in: folder)
    #expect(next.errors.hasPrefix("verdict: c.json: it holds the same numbers as the files before it."))
  }

  /// 26 segments in each of two halves, other ones rare in each: put together they are what all rows give.
  @Test func rareSegmentsAddUp() throws {
    let folder = try Folder()
    let head = "user_id,variant,city,x\n"
    var halves = ["", ""]
    for row in 0..<2_000 {
      let city = row % 3 == 0 ? row % 26 : (row * row) % (row % 2 == 0 ? 20 : 24)
      halves[row % 2] += "u\(row),\(row % 4 < 2 ? "control" : "treatment"),c\(city),\(row % 17)\n"
    }
    for (name, text) in [("a", halves[0]), ("b", halves[1]), ("all", halves[0] + halves[1])] {
      try folder.write(head + text, to: "\(name).csv")
      let outcome = try Program.run(
        ["analyze", "\(name).csv", "--metric", "m=mean(x)", "--segment", "city", "--statistics", "\(name).json"],
        in: folder)
      #expect(outcome.exit == 0, "\(outcome.errors)")
    }
    func units(_ arguments: [String]) throws -> [String] {
      let outcome = try Program.run(["analyze"] + arguments + ["--format", "json"], in: folder)
      let comparisons = try JSONValue(parsing: Array(outcome.output.utf8))["metrics"]?[0]?["comparisons"]?.array ?? []
      return comparisons.map {
        "\($0["segment"]?.text() ?? "all") \($0["control"]?["units"]?.int ?? 0) \($0["treatment"]?["units"]?.int ?? 0)"
      }
    }
    let rows = try units(["all.csv", "--metric", "m=mean(x)", "--segment", "city"])
    #expect(rows.count == 22)
    #expect(rows.last?.contains("{\"column\":\"city\",\"value\":\"(other)\",\"rest\":6}") == true)
    #expect(try units(["a.json", "b.json"]) == rows)
    #expect(try units(["all.json"]) == rows)
  }

  /// The exposures' check is in the statistics too.
  @Test func exposuresAreRemembered() throws {
    let folder = try Folder()
    var exposures = "user_id,variant,timestamp\n"
    for unit in 0..<40 { exposures += "u\(unit),\(unit % 2 == 0 ? "control" : "treatment"),2026-01-01\n" }
    exposures += "u0,treatment,2026-01-02\n"
    try folder.write(exposures, to: "exposures.csv")
    try folder.write(
      "user_id,timestamp,value\n" + (0..<40).map { "u\($0),2026-01-05,\($0 % 7)\n" }.joined(), to: "events.csv")
    func check(_ arguments: [String]) throws -> JSONValue? {
      let outcome = try Program.run(["analyze"] + arguments + ["--format", "json"], in: folder)
      let analysis = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(analysis["input"]?["files"]?.array?.map { $0["role"]?.string } == ["events", "exposures"])
      return analysis["checks"]?.array?.first { $0["name"]?.string == "exposures" }
    }
    let rows = try check([
      "events.csv", "--exposures", "exposures.csv", "--metric", "m=mean(value)", "--statistics", "s.json",
    ])
    #expect(rows?["detail"]?.string?.hasPrefix("1 of 40 units were in several arms") == true)
    #expect(try check(["s.json"]) == rows)
  }

  /// What a pipe gave is what is identified, not what it has left.
  @Test func theHashIsOfWhatWasRead() throws {
    let folder = try Folder()
    let exposures =
      "user_id,variant,timestamp\n"
      + (0..<40).map { "u\($0),\($0 % 2 == 0 ? "control" : "treatment"),2026-01-01\n" }.joined()
    try folder.write(exposures, to: "exposures.csv")
    try folder.write(
      "user_id,timestamp,value\n" + (0..<40).map { "u\($0),2026-01-05,\($0 % 7)\n" }.joined(), to: "events.csv")
    func fingerprints(_ name: String) throws -> [String?] {
      let outcome = try Program.run(
        ["analyze", "events.csv", "--exposures", name, "--metric", "m=mean(value)", "--sha256", "--format", "json"],
        in: folder, input: exposures)
      let files = try JSONValue(parsing: Array(outcome.output.utf8))["input"]?["files"]?.array ?? []
      return files.map { $0["fingerprint"]?.string }
    }
    let file = try fingerprints("exposures.csv")
    #expect(file.count == 2 && file[1]?.hasPrefix("sha256:") == true)
    #expect(try fingerprints("-") == file)
  }

  @Test func theSeparatorIsShown() throws {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units().replacing(",", with: ";"), to: "units.csv")
    let options = ["analyze", "units.csv"] + AnalyzeTests.metrics
    let table = try Program.run(options, in: folder)
    #expect(table.output.contains("separated by semicolons"))
    let json = try Program.run(options + ["--format", "json"], in: folder)
    let file = try JSONValue(parsing: Array(json.output.utf8))["input"]?["files"]?[0]
    #expect(file?["separator"]?.string == ";")
  }

  @Test func bothThresholdsOfARatioAreShown() throws {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "units.csv")
    let outcome = try Program.run(
      ["analyze", "units.csv", "--metric", "a=ratio(revenue, orders) | cap: p80"], in: folder)
    #expect(outcome.output.contains("Values of revenue above 5.5 are counted as 5.5."))
    #expect(outcome.output.contains("Values of orders above"))
  }
}
