import Foundation
import Testing

/// What bad input gets from the commands that allocate: exit code 2, one sentence with its place, and nothing on standard output.
@Suite struct AllocationBadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    let sentence: String
    var files: [String: [UInt8]] = [:]
    var testDescription: String { name }

    init(_ name: String, _ arguments: [String], _ sentence: String, _ files: [String: String] = [:]) {
      (self.name, self.arguments, self.sentence) = (name, arguments, sentence)
      self.files = files.mapValues { Array($0.utf8) }
    }
  }

  private static let plan = ["--salt", "s", "--weights", "a=1,b=1"]

  private static func weights(_ text: String, _ more: [String] = []) -> [String] {
    ["assign", "ids.csv", "--salt", "s", "--weights", text] + more
  }

  static let cases: [Case] = [
    // Weights
    Case(
      "negative weight", weights("a=-1,b=1"),
      "the weight of 'a' must be a number that is not negative, with at most 6 decimals; found '-1'."),
    Case(
      "NaN", weights("a=nan,b=1"),
      "the weight of 'a' must be a number that is not negative, with at most 6 decimals; found 'nan'."),
    Case(
      "infinite", weights("a=inf,b=1"),
      "the weight of 'a' must be a number that is not negative, with at most 6 decimals; found 'inf'."),
    Case("all zero", weights("a=0,b=0"), "all weights are 0; at least one arm needs a share."),
    Case("one arm", weights("a=1"), "an allocation needs at least two arms, found 1."),
    Case("an arm twice", weights("a=1,a=1"), "the arm 'a' is given twice."),
    Case("no weights", weights("a,b"), "expected weights such as control=50,treatment=50, found 'a,b'."),
    Case(
      "too large", weights("a=999999999999,b=999999999999999"),
      "the weight of 'b' must be a number that is not negative, with at most 6 decimals; found '999999999999999'."),
    Case(
      "fractions for whole weights", weights("a=0.5,b=0.5", ["--scheme", "flagd/2"]),
      "flagd/2 takes whole weights; multiply them, for example 333,333,334."),
    Case(
      "no coverage", weights("a=1,b=1", ["--scheme", "flagd/2", "--coverage", "0.5"]),
      "flagd/2 takes no coverage below 1; give those outside a variant and a weight of their own."),
    Case(
      "coverage above one", weights("a=1,b=1", ["--coverage", "1.5"]),
      "the coverage must be in [0, 1] with at most 6 decimals, found '1.5'."),
    Case(
      "empty salt", ["assign", "ids.csv", "--salt", "", "--weights", "a=1,b=1"],
      "the salt is empty; give each experiment its own, for example its name."),
    Case(
      "unknown scheme", weights("a=1,b=1", ["--scheme", "growthbok/2"]),
      "no scheme 'growthbok/2'. Did you mean 'growthbook/2'?"),
    // Ids
    Case(
      "empty id", weights("a=1,b=1"), "ids.csv:3:1: column 'user_id' is empty here; it needs a value in every row.",
      ["ids.csv": "user_id,x\na,1\n,2\n"]),
    Case(
      "ids that a scheme cannot read", weights("a=1,b=1", ["--scheme", "planout/1"]),
      "ids.csv:2:1: column 'user_id': the id is not ASCII; planout/1 takes no other, as its reference raises on them.",
      ["ids.csv": "user_id\né\n"]),
    // Structure
    Case(
      "a layer's range backwards", weights("a=1,b=1", ["--layer", "l=0.5..0.2"]),
      "expected shares in [0, 1] with at most 6 decimals, the lower first; found 0.5 to 0.2."),
    Case(
      "no range", weights("a=1,b=1", ["--layer", "l=0.5"]),
      "--layer: expected NAME=FROM..TO, such as search=0..0.5, found 'l=0.5'."),
    Case(
      "a holdout of everyone", weights("a=1,b=1", ["--holdout", "h=1"]),
      "a holdout's share must be above 0 and below 1, with at most 6 decimals; found '1'."),
    Case(
      "a unit with two overrides", weights("a=1,b=1", ["--overrides", "o.csv"]),
      "o.csv:4:1: column 'user_id': a unit id is there twice; each unit has one arm. Remove one of the rows.",
      ["o.csv": "user_id,variant\nx,a\ny,b\nx,b\n"]),
    Case(
      "an override with an unknown arm", weights("a=1,b=1", ["--overrides", "o.csv"]),
      "o.csv:2:1: column 'user_id': no arm 'aa'. Did you mean 'a'?", ["o.csv": "user_id,variant\nx,aa\n"]),
    Case(
      "a table with a repeated id", weights("a=1,b=1", ["--records", "o.csv"]),
      "o.csv:3:1: column 'user_id': a unit id is there twice; each unit has one arm. Remove one of the rows.",
      ["o.csv": "user_id,variant\nx,a\nx,a\n"]),
    Case(
      "strata with a repeated id", weights("a=1,b=1", ["--strata", "c"]),
      "a unit id is there twice; each unit has one arm. Remove one of the rows.",
      ["ids.csv": "user_id,c\nx,1\nx,2\n"]),
    Case(
      "weights without a block", weights("a=0.333,b=0.667001", ["--strata", "c"]),
      "a block that holds the weights exactly has 1000001 units, at most 1000 are possible; use rounder weights.",
      ["ids.csv": "user_id,c\nx,1\n"]),
    Case(
      "falling stages", weights("a=1,b=1", ["--stages", "0.5,0.2"]),
      "the stages' coverages must rise, above 0 and at most 1; found 0.5, 0.2."),
    Case(
      "a window shorter than its burn-in",
      weights("a=1,b=1", ["--switchback", "10m", "--time", "t", "--burn-in", "10m"]),
      "a window must be positive and longer than its burn-in; found 600 s and 600 s."),
    Case(
      "no time", weights("a=1,b=1", ["--switchback", "10m", "--time", "t"]),
      "ids.csv:2:3: column 't' expects a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found 'soon'.",
      ["ids.csv": "user_id,t\nx,soon\n"]),
    Case(
      "a constant covariate", weights("a=1,b=1", ["--balance", "x"]),
      "a search for a balanced salt needs a covariate that varies.",
      ["ids.csv": "user_id,x\na,1\nb,1\nc,1\nd,1\n"]),
    Case(
      "a covariate that is no number", weights("a=1,b=1", ["--balance", "x"]),
      "ids.csv:3:3: column 'x' expects a number, found 'many'. Correct it, or allow a share of such rows with --allow-bad-rows.",
      ["ids.csv": "user_id,x\na,1\nb,many\nc,1\nd,1\n"]),
    // A programme
    Case(
      "overlapping ranges of a layer", ["audit", "ids.csv", "--experiments", "e.yaml"],
      "e.yaml:2:30: experiments[1]: the range of 'y' overlaps with that of 'x'.",
      [
        "e.yaml": "- { name: x, layer: { name: l, from: 0, to: 60% } }\n"
          + "- { name: y, salt: y, layer: { name: l, from: 50%, to: 1 } }\n"
      ]),
    Case(
      "an unknown scheme of a programme", ["audit", "ids.csv", "--experiments", "e.yaml"],
      "e.yaml:1:22: experiments[0]: no scheme 'flagd/9'. Did you mean 'flagd/1'?",
      ["e.yaml": "- { name: x, scheme: flagd/9 }\n"]),
    // Balance
    Case(
      "an arm without a weight", ["balance", "x.csv", "--weights", "a=1,b=1"],
      "no weight is given for the arm 'c'. Give one for each arm, or none.",
      ["x.csv": "user_id,variant,timestamp\nu,a,2026-11-23\nv,c,2026-11-23\n"]),
  ]

  @Test("one sentence with its place, exit code 2, nothing written", arguments: cases)
  func sentence(_ one: Case) throws {
    let folder = try Folder()
    try folder.write("user_id\nx\ny\n", to: "ids.csv")
    for (name, bytes) in one.files { try folder.write(bytes, to: name) }
    let outcome = try Program.run(one.arguments, in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("verdict: \(one.sentence)"), Comment(rawValue: outcome.errors))
  }

  @Test("an id of a megabyte is hashed as any other; invalid UTF-8 is refused with its place")
  func oddIDs() throws {
    let folder = try Folder()
    let huge = String(repeating: "x", count: 1 << 20)
    try folder.write("user_id\n\(huge)\nafter\n", to: "ids.csv")
    for scheme in ["verdict/1", "growthbook/2-utf16", "unleash/1", "eppo/1", "launchdarkly/1"] {
      let outcome = try Program.run(["assign", "ids.csv", "--scheme", scheme] + Self.plan, in: folder)
      #expect(outcome.exit == 0 && outcome.output.count > 1 << 20)
      let alone = try Program.run(
        ["assign", "-", "--scheme", scheme] + Self.plan, in: folder, input: "user_id\nafter\n")
      #expect(outcome.output.hasSuffix(alone.output.dropFirst("user_id,variant\n".count)))
    }
    try folder.write(Array("user_id\nok\n".utf8) + [0xC3, 0x28, 0x0A], to: "ids.csv")
    let outcome = try Program.run(["assign", "ids.csv"] + Self.plan, in: folder)
    #expect(outcome.exit == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("verdict: ids.csv:3:1: not valid UTF-8."))
  }

  @Test("ids that look alike and differ in bytes are two units, and quotes before an accent stay quoted")
  func lookAlikes() throws {
    let folder = try Folder()
    // Buckets by Sources/Allocation/README.md: 80474 and 968715 of a million.
    try folder.write("user_id\n\u{e9}\ne\u{301}\n\"c\"\"\u{301},d\"\n", to: "ids.csv")
    let outcome = try Program.run(
      ["assign", "ids.csv", "--salt", "checkout", "--weights", "a=1,b=1"], in: folder)
    let rows = outcome.output.utf8.split(separator: UInt8(ascii: "\n")).map { String($0) ?? "" }
    #expect(rows[1].utf8.elementsEqual("\u{e9},a".utf8) && rows[2].utf8.elementsEqual("e\u{301},b".utf8))
    #expect(rows[3].utf8.starts(with: "\"c\"\"\u{301},d\",".utf8))
  }
}
