import Basics
import Foundation
import Testing

/// `verdict analyze` by its contract: formats, inputs, exit codes.
@Suite struct AnalyzeTests {
  /// 200 units an arm in two countries; the treatment converts half as often again.
  static func units(treatment: Int = 3) -> String {
    var lines = ["user_id,variant,country,converted,revenue,orders"]
    for (arm, converted) in [("control", 2), ("treatment", treatment)] {
      for unit in 0..<200 {
        let country = unit % 2 == 0 ? "de" : "fr"
        lines.append("\(arm)-\(unit),\(arm),\(country),\(unit % 10 < converted ? 1 : 0),\(unit % 7).5,\(1 + unit % 3)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static let metrics = [
    "--metric", "conversion=proportion(converted)", "--metric", "revenue=mean(revenue) | role: secondary",
    "--metric", "aov=ratio(revenue, orders) | role: secondary",
  ]

  private func json(_ options: [String] = []) throws -> JSONValue {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let outcome = try Program.run(["analyze", "units.csv", "--format", "json"] + Self.metrics + options, in: folder)
    #expect(outcome.exit == 0)
    return try JSONValue(parsing: Array(outcome.output.utf8))
  }

  /// The keys of each object must be there, under these names.
  private func expectKeys(_ keys: String, in value: JSONValue?, sourceLocation: SourceLocation = #_sourceLocation) {
    let found = Set(value?.object?.members.map(\.key) ?? [])
    let wanted = Set(keys.split(separator: " ").map(String.init))
    #expect(wanted.subtracting(found).isEmpty, sourceLocation: sourceLocation)
  }

  @Test func everyKeyOfTheContract() throws {
    let analysis = try json(["--segment", "country"])
    #expect(analysis["schema"]?.string == "verdict.analysis/1")
    expectKeys("schema input control variants checks metrics decision provenance", in: analysis)
    expectKeys("files rows units", in: analysis["input"])
    expectKeys("name bytes fingerprint", in: analysis["input"]?["files"]?.array?.first)
    #expect(analysis["input"]?["rows"]?.int == 400)
    #expect(analysis["variants"]?.text() == #"[{"name":"control","units":200},{"name":"treatment","units":200}]"#)
    let check = analysis["checks"]?.array?.first
    expectKeys("name outcome pValue detail", in: check)
    #expect(check?["name"]?.string == "sample-ratio")
    expectKeys("outcome variant reasons", in: analysis["decision"])
    expectKeys("version seed specHash", in: analysis["provenance"])
    let metrics = analysis["metrics"]?.array ?? []
    #expect(metrics.map { $0["name"]?.string } == ["conversion", "revenue", "aov"])
    #expect(metrics.map { $0["kind"]?.string } == ["proportion", "mean", "ratio"])
    for metric in metrics {
      expectKeys("name kind role comparisons", in: metric)
      let comparisons = metric["comparisons"]?.array ?? []
      #expect(comparisons.map { $0["segment"]?["value"]?.string } == [nil, "de", "fr"])
      for comparison in comparisons {
        expectKeys(
          "variant control treatment difference lift test statistic degreesOfFreedom pValue adjustedPValue",
          in: comparison)
        for arm in ["control", "treatment"] { expectKeys("value standardError units", in: comparison[arm]) }
        expectKeys("estimate standardError lower upper", in: comparison["difference"])
        expectKeys("estimate lower upper method", in: comparison["lift"])
      }
    }
  }

  /// 40 of 200 against 60 of 200: the difference is 0.1, the lift one half; the shares' own standard errors are √(pq/n).
  @Test func numbersByHand() throws {
    let comparison = try json()["metrics"]?.array?.first?["comparisons"]?.array?.first
    #expect(comparison?["control"]?["value"]?.double == 0.2)
    #expect(abs((comparison?["difference"]?["estimate"]?.double ?? 0) - 0.1) < 1e-15)
    #expect(abs((comparison?["lift"]?["estimate"]?.double ?? 0) - 0.5) < 1e-14)
    let error = (0.2 * 0.8 / 200 + 0.3 * 0.7 / 200).squareRoot()
    #expect(abs((comparison?["difference"]?["standardError"]?.double ?? 0) / error - 1) < 1e-12)
  }

  @Test("Formats", arguments: ["table", "json", "csv", "markdown", "html"])
  func format(name: String) throws {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let outcome = try Program.run(["analyze", "units.csv", "--format", name] + Self.metrics, in: folder)
    #expect(outcome.exit == 0)
    #expect(outcome.errors.isEmpty)
    switch name {
    case "table": #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    case "json": #expect(outcome.output.hasPrefix("{\n  \"schema\": \"verdict.analysis/1\""))
    case "csv": #expect(outcome.output.split(separator: "\n").count == 1 + 3)
    case "markdown": #expect(outcome.output.contains("| "))
    default:
      #expect(outcome.output.hasPrefix("<!doctype html>") || outcome.output.hasPrefix("<!DOCTYPE html>"))
      #expect(outcome.output.contains("<svg"))
    }
  }

  @Test func standardInputGlobsAndCompressionSayTheSame() throws {
    let folder = try Folder()
    let lines = Self.units().split(separator: "\n")
    try folder.write(Self.units(), to: "all.csv")
    try folder.write((lines[...200]).joined(separator: "\n") + "\n", to: "days/1.csv")
    try folder.write(([lines[0]] + lines[201...]).joined(separator: "\n") + "\n", to: "days/2.csv")
    func metrics(_ file: String, input: String? = nil) throws -> String? {
      let outcome = try Program.run(["analyze", file, "--format", "json"] + Self.metrics, in: folder, input: input)
      #expect(outcome.exit == 0)
      return try JSONValue(parsing: Array(outcome.output.utf8))["metrics"]?.text()
    }
    let expected = try metrics("all.csv")
    #expect(try metrics("-", input: Self.units()) == expected)
    #expect(try metrics("days/*.csv")?.isEmpty == false)
  }

  @Test func theEndingChoosesTheFormat() throws {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let outcome = try Program.run(["analyze", "units.csv", "-o", "report.html"] + Self.metrics, in: folder)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "verdict: wrote report.html\n")
    #expect(try folder.text("report.html").lowercased().hasPrefix("<!doctype html>"))
  }

  @Test func aFailedCheckOrCrossedGuardrailIsANo() throws {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let ratio = try Program.run(
      ["analyze", "units.csv", "--weights", "control=90,treatment=10"] + Self.metrics, in: folder)
    #expect(ratio.exit == 1)
    #expect(ratio.errors == "verdict: the check sample-ratio fails\n")
    try folder.write(Self.units(treatment: 9), to: "harm.csv")
    let guardrail = try Program.run(
      [
        "analyze", "harm.csv", "--metric", "revenue=mean(revenue)",
        "--metric", "converted=proportion(converted) | role: guardrail | direction: down | margin: 0.05",
      ], in: folder)
    #expect(guardrail.exit == 1)
    #expect(guardrail.errors == "verdict: a guardrail is crossed\n")
  }

  /// A second of four looks: 400 of 800 units, after one at 200.
  @Test func groupSequential() throws {
    let analysis = try json([
      "--method", "group-sequential", "--planned-units", "800", "--earlier-looks", "200", "--interim",
    ])
    let look = analysis["groupSequential"]
    expectKeys(
      "look plannedUnits informationFractions isFinal spending bound nominalLevel alphaSpent nextUnits", in: look)
    #expect(look?["look"]?.int == 2 && look?["nextUnits"]?.int == 600)
    // The second bound of four equal looks, two-sided 0.05: 2.963 (Lan and DeMets' function, gsDesign).
    #expect(abs((look?["bound"]?.double ?? 0) - 2.963) < 5e-4)
    let text = try Folder()
    try text.write(Self.units(), to: "units.csv")
    let base = ["analyze", "units.csv", "--metric", "c=proportion(converted)"]
    let stray = try Program.run(base + ["--interim"], in: text)
    #expect(stray.exit == 2 && stray.errors.contains("--interim belongs to --method group-sequential."))
    let unplanned = try Program.run(base + ["--method", "group-sequential"], in: text)
    #expect(unplanned.exit == 2 && unplanned.errors.contains("needs the number of units"))
    let wrong = try Program.run(
      base + ["--method", "group-sequential", "--planned-units", "800", "--spending", "pokock"], in: text)
    #expect(wrong.exit == 2 && wrong.errors.contains("Did you mean 'pocock'?"))
    let table = try Program.run(
      base + ["--method", "group-sequential", "--planned-units", "800", "--format", "table"], in: text)
    #expect(table.output.contains("group-sequential"))
  }

  // MARK: - Ways in and out

  private static let events = """
    user_id,timestamp,event,value
    a1,2026-01-01T10:00:00Z,purchase,5
    a1,2026-01-09T10:00:00Z,purchase,100
    a1,2025-12-30T10:00:00Z,purchase,3
    b1,2026-01-02T10:00:00Z,purchase,9
    nobody,2026-01-02T10:00:00Z,purchase,1000
    b2,2026-01-20T10:00:00Z,view,

    """

  private static let exposures =
    "user_id,variant,timestamp\n"
    + ["a1,control", "a2,control", "b1,treatment", "b2,treatment", "c,control", "c,treatment"]
    .map { "\($0),2026-01-01\n" }.joined()

  /// By hand, windows of a week: control a1 5 and a2 0, treatment b1 9 and b2 0; before: a1 3. c was in both arms.
  @Test func exposuresAndEvents() throws {
    let folder = try Folder()
    try folder.write(Self.events, to: "events.csv")
    try folder.write(Self.exposures, to: "exposures.csv")
    let outcome = try Program.run(
      [
        "analyze", "events.csv", "--exposures", "exposures.csv", "--format", "json", "--statistics", "s.json",
        "--metric",
        "m=mean(value, covariates: value) | event: purchase | window: 7d | lookback: 28d", "--metric",
        "p=proportion(*) | event: purchase | window: 7d",
      ], in: folder)
    let analysis = try JSONValue(parsing: Array(outcome.output.utf8))
    let values = analysis["metrics"]?.array?.map { metric in
      ["control", "treatment"].map { metric["comparisons"]?[0]?[$0]?["value"]?.double }
    }
    #expect(values == [[2.5, 4.5], [0.5, 0.5]])
    let stored = try JSONValue(parsing: Array(folder.text("s.json").utf8))
    #expect(stored["cells"]?[0]?["metrics"]?[0]?["mean"]?.array?.map(\.double) == [2.5, 1.5])
    #expect(analysis["checks"]?.array?.contains { $0["name"]?.string == "exposures" } == true)
  }

  @Test func armsAreNoSegments() throws {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let outcome = try Program.run(["analyze", "units.csv", "--segment", "variant"] + Self.metrics, in: folder)
    #expect(outcome.exit == 2 && outcome.output.isEmpty)
    #expect(
      outcome.errors
        == "verdict: --segment: 'variant' is the column of the arms, which are compared within each segment. Name another "
        + "column, or leave it out.\n")
  }

  /// What leaves a doubt about when the observation ended, and who was not observed for long enough, is said.
  @Test func theEndOfObservation() throws {
    let folder = try Folder()
    func day(_ number: Int) -> String { "2026-03-\(number < 10 ? "0" : "")\(number)" }
    let units = (1...20).map { "u\($0),\($0 % 2 == 0 ? "control" : "treatment"),\(day($0))\n" }.joined()
    let events = (1...19).map { "u\($0),\(day($0 + 1)),\($0 % 4)\n" }.joined()
    try folder.write("user_id,variant,timestamp\n" + units + "late,control,2026-06-01\n", to: "exposures.csv")
    try folder.write("user_id,timestamp,value\n" + events + "nobody,9999-12-31,1\n", to: "events.csv")
    func analyzed(_ metric: String, _ more: String...) throws -> (Program.Outcome, JSONValue) {
      let outcome = try Program.run(
        ["analyze", "events.csv", "--exposures", "exposures.csv", "--format", "json", "--metric", metric] + more,
        in: folder)
      return (outcome, try JSONValue(parsing: Array((outcome.exit == 2 ? "null" : outcome.output).utf8)))
    }
    func detail(_ name: String, _ analysis: JSONValue) -> String? {
      analysis["checks"]?.array?.first { $0["name"]?.string == name }?["detail"]?.string
    }
    let (_, analysis) = try analyzed("m=mean(value) | window: 7d")
    #expect(
      detail("observation", analysis)
        == "the observation ended on 2026-03-20, the latest event; 1 event of 9999-12-31 or later is far behind all others and "
        + "does not count for that; 1 unit was first exposed after it. If that is wrong, say when it ended (--as-of, in a "
        + "spec data.as_of).")
    #expect(
      detail("exposures", analysis)
        == "0 of 21 units were in several arms and are left out; 8 were not observed for long enough; 19 of 20 events that "
        + "metrics ask for, at any time, are of exposed units.")
    #expect(detail("missing-values", analysis) == nil)
    let notes = analysis["metrics"]?[0]?["comparisons"]?[0]?["notes"]?.array?.compactMap(\.string) ?? []
    #expect(notes.contains("5 control units were not observed for long enough and left out."))
    let (_, stated) = try analyzed("m=mean(value) | window: 7d", "--as-of", "2026-03-20")
    #expect(detail("observation", stated) == nil)
    let (_, late) = try analyzed("m=mean(value) | window: 7d", "--as-of", "2026-04-30T00:00:00Z")
    #expect(
      detail("observation", late)
        == "the observation is said to end on 2026-04-30, 41 days after the latest event: units count as observed, and without "
        + "events, until then. Is the log whole?")
    #expect(detail("exposures", late)?.contains("; 0 were not observed") == true)
    let (tooLong, _) = try analyzed("m=mean(value) | window: 500d")
    #expect(
      tooLong.errors
        == "verdict: no effect can be computed: m: no unit of control was observed for 500 days, as the metric needs; the "
        + "longest of all for 19 days. Shorten the window, wait, or count such units as they are (--include-immature).\n"
    )
    let (nothing, _) = try analyzed("m=mean(value) | where: value > 9 | window: 1d", "--include-immature")
    #expect(
      nothing.errors
        == "verdict: no effect can be computed: m: every unit's value is 0, of the events that count (where: value > 9, within "
        + "1 day of exposure). Is there any?\n")
    let (_, greatest) = try analyzed("m=mean(value) | aggregate: max | where: value > 0")
    #expect(
      detail("missing-values", greatest)?.hasSuffix(
        " Who has an event is known only after exposure, and may depend on the arm; missing: zero counts everybody.")
        == true)
  }

  /// Rows, their statistics, and statistics of two parts put together: one result.
  @Test func statisticsInPlaceOfRows() throws {
    let folder = try Folder()
    let lines = Self.units().split(separator: "\n")
    try folder.write(Self.units(), to: "all.csv")
    for (name, rest) in [("one", 0), ("two", 1)] {
      let rows = lines.dropFirst().enumerated().filter { $0.offset % 2 == rest }.map { String($0.element) }
      try folder.write(([String(lines[0])] + rows).joined(separator: "\n") + "\n", to: "\(name).csv")
      _ = try Program.run(["analyze", "\(name).csv", "--statistics", "\(name).json"] + Self.metrics, in: folder)
    }
    func lifts(_ arguments: [String]) throws -> [Double?] {
      let outcome = try Program.run(["analyze"] + arguments + ["--format", "json"], in: folder)
      #expect(outcome.exit == 0, "\(outcome.errors)")
      let analysis = try JSONValue(parsing: Array(outcome.output.utf8))
      return analysis["metrics"]?.array?.map { $0["comparisons"]?[0]?["lift"]?["upper"]?.double } ?? []
    }
    let rows = try lifts(["all.csv"] + Self.metrics)
    let parts = try lifts(["one.json", "two.json"])
    #expect(rows.count == 3 && parts.count == 3)
    for (a, b) in zip(rows, parts) { #expect(abs((a ?? 0) - (b ?? 1)) < 1e-12) }
    let mixed = try Program.run(["analyze", "one.json", "--metric", "m=mean(x)"], in: folder)
    #expect(mixed.exit == 2 && mixed.errors.contains("files of statistics say themselves what was measured"))
  }

  /// Several files, a pattern, gzip and standard input give what one file gives.
  @Test func everyWayIn() throws {
    let folder = try Folder()
    let lines = Self.units().split(separator: "\n").map(String.init)
    try folder.write(Self.units(), to: "all.csv")
    try folder.write((lines[...150]).joined(separator: "\n") + "\n", to: "part-1.csv")
    try folder.write(([lines[0]] + lines[151...]).joined(separator: "\n"), to: "part-2.csv")
    let zip = Process()
    zip.executableURL = URL(filePath: "/bin/gzip")
    zip.arguments = ["-k", folder.file("all.csv")]
    try zip.run()
    zip.waitUntilExit()
    func metrics(_ files: [String], input: String? = nil) throws -> String? {
      let arguments = ["analyze"] + files + ["--format", "json"] + Self.metrics
      let outcome = try Program.run(arguments, in: folder, input: input)
      #expect(outcome.exit == 0, "\(outcome.errors)")
      return try JSONValue(parsing: Array(outcome.output.utf8))["metrics"]?.text()
    }
    let whole = try metrics(["all.csv"])
    #expect(whole != nil)
    #expect(try metrics(["part-1.csv", "part-2.csv"]) == whole)
    #expect(try metrics(["part-*.csv"]) == whole)
    #expect(try metrics(["all.csv.gz"]) == whole)
    #expect(try metrics(["-"], input: Self.units()) == whole)
  }

  @Test func bothTailsArePrinted() throws {
    let folder = try Folder()
    try folder.write(Self.units(), to: "units.csv")
    let outcome = try Program.run(
      ["analyze", "units.csv", "--metric", "r=mean(revenue) | cap: p90 | floor: 1 | missing: zero"], in: folder)
    #expect(outcome.output.contains("Values above 6.5 are counted as 6.5."))
    #expect(outcome.output.contains("Values below 1 are counted as 1."))
    #expect(outcome.output.contains("Empty values are counted as 0."))
    let crossed = try Program.run(
      ["analyze", "units.csv", "--metric", "r=mean(revenue) | cap: 1 | floor: 2"], in: folder)
    #expect(crossed.exit == 2 && crossed.errors.contains("floor"))
  }
}
