import Basics
import Foundation
import TestSupport
import Testing

@Suite struct AssignTests {
  private static let plan = ["--salt", "checkout", "--weights", "control=50,treatment=50"]

  @Test("--explain shows the bytes, the hash, the draw and the range; Sources/Allocation/README.md has the bucket")
  func explain() throws {
    let outcome = try Program.run(["assign", "--explain", "user-1"] + Self.plan, in: try Folder())
    #expect(outcome.exit == 0)
    #expect(
      outcome.output == """
        scheme   verdict/1: (first 40 bits of SHA-256) · 1,000,000 >> 40; separate messages for enrolment and arm
        salt     checkout
        arm:
          bytes  verdict/1|arm|8|checkout|user-1
          hex    766572646963742f317c61726d7c387c636865636b6f75747c757365722d31
          hash   SHA-256, first 40 bits = 45310444859
          draw   41209 of 0..<1000000
          control: 0..<500000  <- holds the draw
          treatment: 500000..<1000000
        variant  control
        source   Sources/Allocation/README.md; vectors by Python hashlib

        """)
  }

  @Test("--sql prints one expression")
  func sql() throws {
    let outcome = try Program.run(["assign", "--sql", "postgres"] + Self.plan, in: try Folder())
    #expect(outcome.exit == 0)
    #expect(outcome.output.hasPrefix("CASE WHEN \"user_id\" IS NULL OR CAST(\"user_id\" AS TEXT) = '' THEN NULL\n"))
    let missing = try Program.run(
      ["assign", "--sql", "duckdb", "--scheme", "growthbook/2"] + Self.plan, in: try Folder())
    #expect(missing.exit == 2)
    #expect(
      missing.errors == "verdict: duckdb has no FNV-1a of the decimal FNV-1a, which growthbook/2 needs. "
        + "Assign with this program and load the result.\n")
  }

  @Test func schemes() throws {
    let outcome = try Program.run(["assign", "--list-schemes"], in: try Folder())
    #expect(outcome.exit == 0)
    #expect(outcome.output.hasPrefix("verdict/1\n  draw    "))
    let wrong = try Program.run(["assign", "--explain", "x", "--scheme", "flagd/4"] + Self.plan, in: try Folder())
    #expect(wrong.exit == 2)
    #expect(wrong.errors.hasPrefix("verdict: no scheme 'flagd/4'. Did you mean 'flagd/1'?"))
  }

  @Test("a bad table writes nothing", arguments: ["user_id,x\n,1\n", "user_id,x\n\u{e9},1\na\n"])
  func badTable(_ table: String) throws {
    let folder = try Folder()
    try folder.write(table, to: "ids.csv")
    let outcome = try Program.run(["assign", "ids.csv"] + Self.plan, in: folder)
    #expect(outcome.exit == 2 && outcome.output.isEmpty && outcome.errors.hasPrefix("verdict: ids.csv:"))
  }
}
