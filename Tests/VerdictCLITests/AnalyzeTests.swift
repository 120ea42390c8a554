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
}
