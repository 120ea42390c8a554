import Basics
import Foundation
import Testing

/// `verdict design` by its contract: what is solved for, formats, exit codes.
@Suite struct DesignTests {
  private func json(_ options: [String], in folder: Folder? = nil) throws -> JSONValue {
    let outcome = try Program.run(["design", "--format", "json"] + options, in: try folder ?? Folder())
    #expect(outcome.exit == 0, "\(outcome.errors)")
    return try JSONValue(parsing: Array(outcome.output.utf8))
  }

  static let conversion = ["--metric", "conversion=proportion(converted)", "--baseline", "10%"]

  @Test func everyKeyOfTheContract() throws {
    let design = try json(Self.conversion + ["--lift", "20%", "--units-per-day", "1000", "--days", "7,14"])
    let keys = [
      "schema", "input", "metric", "hypothesis", "test", "alpha", "correction", "method", "solved", "effect", "lift",
      "power", "units", "clusters", "looks", "days", "schedule", "notes", "provenance",
    ]
    #expect(design.object?.keys == keys)
    #expect(design["schema"]?.string == "verdict.design/1")
    #expect(design["solved"]?.string == "units")
    #expect(design["lift"]?.double == 0.2)
    #expect(design["units"]?["arms"]?.array?.compactMap { $0["name"]?.string } == ["control", "treatment"])
    #expect(design["schedule"]?.array?.compactMap { $0["days"]?.int } == [7, 14])
    // n = (z₀.₀₂₅ + z₀.₂)² (0.1·0.9 + 0.12·0.88)/0.02², z = 1.959964 + 0.841621.
    let expected = 2 * (2.801585 * 2.801585) * (0.09 + 0.1056) / 0.0004
    #expect(abs((design["units"]?["exact"]?.double ?? 0) / expected - 1) < 1e-5)
  }

  @Test func anyTwoGiveTheThird() throws {
    let units = try json(Self.conversion + ["--lift", "20%"])["units"]?["exact"]?.double ?? 0
    let power = try json(Self.conversion + ["--lift", "20%", "--units", "\(units)"])
    #expect(power["solved"]?.string == "power" && abs((power["power"]?.double ?? 0) - 0.8) < 1e-9)
    let effect = try json(Self.conversion + ["--units", "\(units)"])
    #expect(effect["solved"]?.string == "effect" && abs((effect["effect"]?.double ?? 0) - 0.02) < 1e-9)
  }

  @Test func negativeEffects() throws {
    let down = try json(Self.conversion + ["--lift", "-20%"])
    #expect(down["lift"]?.double == -0.2)
    let absolute = try json(Self.conversion + ["--effect", "-0.02"])
    #expect(absolute["units"]?["exact"]?.double == down["units"]?["exact"]?.double)
  }

  /// Two looks by Pocock's constant bound, 2.178: 11 % more units for a power of 80 % (Jennison & Turnbull 2000, tables
  /// 2.1 and 2.2).
  @Test func plannedLooks() throws {
    let single = try json(Self.conversion + ["--lift", "10%"])["units"]?["exact"]?.double ?? .nan
    let design = try json(Self.conversion + ["--lift", "10%", "--looks", "2", "--bounds", "pocock"])
    #expect(abs((design["looks"]?["criticalValues"]?[0]?.double ?? 0) - 2.178) < 5e-4)
    #expect(abs((design["units"]?["exact"]?.double ?? 0) / single - 1.110) < 5e-4)
    #expect(design["method"]?.string == "group-sequential")
    let back = try json(
      Self.conversion + ["--lift", "10%", "--looks", "2", "--bounds", "pocock", "--units"]
        + ["\(design["units"]?["exact"]?.double ?? 0)"])
    #expect(abs((back["power"]?.double ?? 0) - 0.8) < 1e-5)
  }

  @Test func fromPastData() throws {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "past.csv")
    let design = try json(
      ["--from", "past.csv", "--metric", "c=proportion(converted)", "--cluster", "country", "--lift", "10%"], in: folder
    )
    #expect(design["metric"]?["baseline"]?.double == 0.25)
    #expect(design["input"]?["rows"]?.int == 400)
    #expect(design["clusters"]?["size"]?.double == 200)
  }

  @Test("Formats", arguments: ["table", "json", "csv", "markdown", "html"])
  func formats(_ format: String) throws {
    let folder = try Folder()
    let outcome = try Program.run(
      ["design", "--format", format] + Self.conversion + ["--units-per-day", "900"], in: folder)
    #expect(outcome.exit == 0 && outcome.errors.isEmpty && !outcome.output.isEmpty)
  }

  @Test(
    "No answer: 2 and why",
    arguments: [
      (["--lift", "0%"], "is not different from 0, so no number of units can show that it is"),
      (["--effect", "0.95"], "the treatment's proportion = 1.05, must be in [0, 1]"),
      (["--units", "3", "--test", "welch"], "units of the smallest arm = 1.5, must be at least 2."),
      ([], "nothing to solve for"),
      (["--lift", "5%", "--effect", "0.1"], "--effect and --lift both give the effect; give one of them."),
      (["--lift", "5 percent"], "--lift: expected a number or a percentage such as 5%, found '5 percent'."),
      (["--lift", "5%", "--weights", "a=1"], "--weights: expected at least two arms, found 1."),
      (["--lift", "5%", "--new-units", "500,0,0,0"], "but the traffic levels off at 500."),
      (["--lift", "5%", "--icc", "0.1"], "clusters need --cluster-size and --icc"),
      (["--lift", "5%", "--looks", "3", "--method", "sequential"], "planned looks and another way to look"),
      (["--lift", "5%", "--looks", "0"], "looks = 0, must be 1 to 1000"),
      (["--lift", "5%", "--power", "0.01"], "power = 0.01, must be above alpha = 0.05"),
    ])
  func refusals(options: [String], sentence: String) throws {
    let outcome = try Program.run(["design"] + Self.conversion + options, in: try Folder())
    #expect(outcome.exit == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
  }
}
