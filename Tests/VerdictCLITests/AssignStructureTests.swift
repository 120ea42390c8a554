import Basics
import Foundation
import TestSupport
import Testing

/// What stands around a plan, and units other than the id, as a user reaches them.
@Suite struct AssignStructureTests {
  private static let plan = ["--salt", "s", "--weights", "a=1,b=1"]

  /// Variants by id, in the order of the rows.
  private static func assigned(_ arguments: [String], in folder: Folder) throws -> [(id: String, rest: [String])] {
    let outcome = try Program.run(["assign", "ids.csv"] + arguments, in: folder)
    #expect(outcome.exit == 0, Comment(rawValue: outcome.errors))
    return outcome.output.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return (fields[0], Array(fields.dropFirst()))
    }
  }

  private static func folder(_ count: Int = 2000) throws -> Folder {
    let folder = try Folder()
    try folder.write("user_id\n" + (0..<count).map { "u\($0)\n" }.joined(), to: "ids.csv")
    return folder
  }

  @Test("two experiments of one layer share no unit; a holdout takes the same units from both")
  func layersAndHoldout() throws {
    let folder = try Self.folder()
    let first = try Self.assigned(Self.plan + ["--layer", "search=0..0.5", "--holdout", "2026=0.1"], in: folder)
    let second = try Self.assigned(
      ["--salt", "t", "--weights", "a=1,b=1", "--layer", "search=0.5..1", "--holdout", "2026=0.1"], in: folder)
    let both = zip(first, second).map { ($0.rest[0].isEmpty, $1.rest[0].isEmpty) }
    #expect(!both.contains { !$0.0 && !$0.1 })
    // Held out of both: binomial of 2,000 at 0.1, four standard deviations are 54.
    #expect(abs(both.count { $0.0 && $0.1 } - 200) < 54)
    let alone = try Self.assigned(Self.plan, in: folder)
    // Who is in keeps the arm of the plan.
    #expect(zip(first, alone).allSatisfy { $0.rest[0].isEmpty || $0.rest[0] == $1.rest[0] })
  }

  @Test("a spec brings layer, holdout and overrides; provenance says what decided")
  func spec() throws {
    let folder = try Self.folder(300)
    try folder.write(
      """
      version: 1
      name: checkout
      variants: [a, b]
      control: a
      allocation:
        salt: s
        layer: { name: search, from: 0, to: 50% }
        holdout: { salt: "2026", share: 10% }
        overrides: { b: [u0, u1] }
      data: { files: [none.csv] }
      metrics: ["c = proportion(converted)"]
      """, to: "x.yaml")
    let rows = try Self.assigned(["--spec", "x.yaml", "--provenance"], in: folder)
    #expect(rows[0].rest.prefix(2) == ["b", "override"] && rows[1].rest.prefix(2) == ["b", "override"])
    #expect(Set(rows.map { $0.rest[1] }) == ["override", "holdout", "layer", "plan"])
    let options = try Self.assigned(Self.plan + ["--layer", "search=0..0.5", "--holdout", "2026=0.1"], in: folder)
    #expect(zip(rows, options).dropFirst(2).allSatisfy { $0.rest[0] == $1.rest[0] })
    let why = try Program.run(["assign", "--spec", "x.yaml", "--explain", "u0"], in: folder)
    #expect(why.output == "decided  override\nvariant  b\n")
  }

  @Test("a table of arms is kept when the plan changes, and new units are hashed")
  func records() throws {
    let folder = try Self.folder(500)
    _ = try Program.run(["assign", "ids.csv", "-o", "before.csv"] + Self.plan, in: folder)
    let before = try Self.assigned(Self.plan, in: folder)
    try folder.write("user_id\n" + (0..<600).map { "u\($0)\n" }.joined(), to: "ids.csv")
    let changed = ["--salt", "other", "--weights", "a=1,b=9"]
    let kept = try Self.assigned(changed + ["--records", "before.csv"], in: folder)
    #expect(zip(before, kept).allSatisfy { $0.rest == $1.rest })
    let fresh = try Self.assigned(changed, in: folder)
    #expect(zip(kept, fresh).dropFirst(500).allSatisfy { $0.rest == $1.rest })
    // An arm that is gone lapses, and a record of an old version.
    try folder.write("user_id,variant,version\nu0,gone,3\nu1,a,1\nu2,a,2\n", to: "records.csv")
    let outcome = try Program.run(
      ["assign", "ids.csv", "--records", "records.csv", "--minimum-version", "2"] + changed, in: folder)
    #expect(outcome.errors.hasPrefix("verdict: records not honoured: 2\n"))
  }

  @Test("stages only add units, and say which one did")
  func stages() throws {
    let rows = try Self.assigned(Self.plan + ["--stages", "0.1,0.5,1"], in: Self.folder())
    let full = try Self.assigned(Self.plan, in: Self.folder())
    #expect(zip(rows, full).allSatisfy { $0.rest[0] == $1.rest[0] })
    // Binomials of 2,000 at 0.1 and 0.4, four standard deviations are 54 and 88.
    #expect(abs(rows.count { $0.rest[1] == "1" } - 200) < 54 && abs(rows.count { $0.rest[1] == "2" } - 800) < 88)
    #expect(rows.allSatisfy { ["1", "2", "3"].contains($0.rest[1]) })
  }

  @Test("all units of a cluster get one arm, that of the cluster's name")
  func clusters() throws {
    let folder = try Self.folder(40)
    try folder.write("user_id,home\n" + (0..<400).map { "u\($0),h\($0 / 10)\n" }.joined(), to: "ids.csv")
    let rows = try Self.assigned(Self.plan + ["--cluster", "home"], in: folder)
    for home in 0..<40 { #expect(Set(rows[home * 10..<home * 10 + 10].map { $0.rest[0] }).count == 1) }
    let homes = try Self.assigned(Self.plan + ["--column", "home"], in: folder)
    #expect(rows.map { $0.rest } == homes.map { $0.rest })
    #expect(rows[11].id == "u11" && homes[11].id == "h1")
  }

  @Test("a switchback draws anew in every window, and marks its burn-in")
  func switchback() throws {
    let folder = try Folder()
    let minutes = (0..<240).map { "Oslo,2026-11-23T0\($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60):00Z\n" }
    try folder.write("city,at\n" + minutes.joined(), to: "ids.csv")
    let rows = try Self.assigned(
      Self.plan + [
        "--column", "city", "--switchback", "30m", "--time", "at", "--origin", "2026-11-23", "--burn-in", "10m",
      ], in: folder)
    #expect(rows.map { $0.rest[1] } == (0..<240).map { "\($0 / 30)" })
    #expect(rows.map { $0.rest[2] } == (0..<240).map { $0 % 30 < 10 ? "true" : "false" })
    for window in 0..<8 { #expect(Set(rows[window * 30..<window * 30 + 30].map { $0.rest[0] }).count == 1) }
    #expect(Set(rows.map { $0.rest[0] }).count == 2)
  }

  @Test("strata are balanced to within a block")
  func strata() throws {
    let folder = try Folder()
    try folder.write("user_id,country\n" + (0..<900).map { "u\($0),c\($0 % 9)\n" }.joined(), to: "ids.csv")
    let rows = try Self.assigned(Self.plan + ["--strata", "country"], in: folder)
    for country in 0..<9 {
      let arms = rows.enumerated().filter { $0.offset % 9 == country }.map { $0.element.rest[0] }
      #expect(arms.count { $0 == "a" } == 50)
    }
  }

  @Test("a search balances, logs every candidate, and the outcome is tested over the accepted salts")
  func balance() throws {
    let folder = try Folder()
    try folder.write(
      "user_id,spend,sales\n" + (0..<200).map { "u\($0),\($0 * 73 % 200),\($0 * 73 % 200 + $0 % 3)\n" }.joined(),
      to: "ids.csv")
    let options = Self.plan + ["--balance", "spend", "--candidates", "200", "--accept", "0.2"]
    let rows = try Self.assigned(options + ["--search-log", "log.json"], in: folder)
    let log = try JSONValue(parsing: Array(folder.text("log.json").utf8))
    #expect(log["schema"]?.string == "verdict.salt-search/1" && log["candidates"]?.array?.count == 200)
    #expect(log["accepted"]?.int == 40 && log["rejected"]?.int == 160 && log["units"]?.int == 200)
    let chosen = try #require(log["chosen"]?.string)
    let direct = try Self.assigned(["--salt", chosen, "--weights", "a=1,b=1"], in: folder)
    #expect(rows.map { $0.rest } == direct.map { $0.rest })
    let tested = try Program.run(["assign", "ids.csv", "--outcome", "sales"] + options, in: folder)
    let answer = try JSONValue(parsing: Array(tested.output.utf8))
    let p = try #require(answer["inference"]?["pValue"]?.double)
    #expect(p >= 1.0 / 40 && p <= 1 && answer["inference"]?["accepted"]?.int == 40)
    #expect(answer["chosen"]?.string == chosen)
  }
}
