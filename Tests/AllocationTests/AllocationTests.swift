import Allocation
import Basics
import Foundation
import TestSupport
import Testing

@Suite struct AllocationTests {
  struct Vector: Sendable {
    let salt, id: String
    let enrol, arm: Int
  }

  /// Python hashlib, from the published definition: Fixtures/verdict-1.json.
  static func vectors() throws -> [Vector] {
    let url = Repository.root.appending(path: "Tests/AllocationTests/Fixtures/verdict-1.json")
    let file = try JSONValue(parsing: try Data(contentsOf: url))
    return try #require(file["vectors"]?.array).map { entry in
      Vector(
        salt: try #require(entry["salt"]?.string), id: try #require(entry["id"]?.string),
        enrol: try #require(entry["enrol"]?.int), arm: try #require(entry["arm"]?.int))
    }
  }

  static func plan(
    _ weights: String = "control=50,treatment=50", coverage: String = "1", salt: String = "checkout",
    scheme: SchemeName = .verdict1
  ) throws -> AllocationPlan {
    try AllocationPlan(scheme: scheme, salt: salt, arms: try Arm.list(weights), coverage: coverage)
  }

  @Test("verdict/1 golden vectors", arguments: try vectors())
  func golden(_ vector: Vector) throws {
    let one = try Self.plan(coverage: "0.5", salt: vector.salt).assign(vector.id)
    #expect(one.bucket == vector.arm && one.enrolmentBucket == vector.enrol)
    #expect(one.arm == (vector.enrol < 500_000 ? (vector.arm < 500_000 ? 0 : 1) : nil))
  }

  @Test("the README's table is the fixture's")
  func published() throws {
    let text = try String(contentsOf: Repository.root.appending(path: "Sources/Allocation/README.md"), encoding: .utf8)
    for vector in try Self.vectors() { #expect(text.contains("| \(vector.enrol) | \(vector.arm) |")) }
  }

  @Test("GrowthBook's SDKs", arguments: ["growthbook-v1", "growthbook-v2"])
  func growthBook(_ platform: String) throws {
    let url = Repository.references.appending(path: "allocation.csv")
    let rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
      // Keys with commas are quoted in the file; the last three columns never are.
      line.hasPrefix(platform + ",") ? Self.fields(line) : []
    }.filter { !$0.isEmpty }
    #expect(rows.count == 10)
    for row in rows {
      let scheme = try SchemeName(parsing: platform == "growthbook-v1" ? "growthbook/1-utf16" : "growthbook/2-utf16")
      let parameters = Dictionary(
        uniqueKeysWithValues: row[3].split(separator: " ").map { pair in
          let parts = pair.split(separator: "=")
          return (String(parts[0]), String(parts[1]))
        })
      let weights = try #require(parameters["weights"]).split(separator: "/")
      let list = weights.enumerated().map { "a\($0.offset)=\($0.element)" }.joined(separator: ",")
      let one = try Self.plan(list, coverage: parameters["coverage"] ?? "1", salt: row[2], scheme: scheme).assign(
        row[1])
      let buckets = platform == "growthbook-v1" ? 1000.0 : 10_000
      #expect(Double(one.bucket) / buckets == Double(row[4]), "\(row)")
      #expect(one.arm ?? -1 == Int(row[5]), "\(row)")
    }
  }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var quoted = false
    for character in line {
      if character == "\"" {
        quoted.toggle()
      } else if character == ",", !quoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  @Test func schemesOfOnePlatformDifferOnlyOutsideASCII() throws {
    let utf8 = try Self.plan(scheme: .growthbook2)
    let utf16 = try Self.plan(scheme: .growthbook2UTF16)
    #expect(try utf8.assign("user-1").bucket == utf16.assign("user-1").bucket)
    #expect(try utf8.assign("Zoë").bucket != utf16.assign("Zoë").bucket)
  }

  @Test func canonicallyEqualIdsAreDifferentUnits() throws {
    let plan = try Self.plan()
    #expect("é" == "e\u{301}")
    #expect(try plan.assign("é").bucket != plan.assign("e\u{301}").bucket)
  }

  @Test("shares over 200,000 ids are within four standard errors", arguments: ["1,1", "90,10", "1,2,3", "0.2,0.8,0"])
  func shares(_ weights: String) throws {
    let parts = weights.split(separator: ",")
    let plan = try Self.plan(parts.enumerated().map { "a\($0.offset)=\($0.element)" }.joined(separator: ","))
    let numbers = parts.compactMap { Double($0) }
    let total = numbers.reduce(0, +)
    let count = 200_000
    var seen = [Int](repeating: 0, count: parts.count)
    for i in 0..<count { seen[try #require(try plan.assign("user-\(i)").arm)] += 1 }
    for (arm, weight) in numbers.enumerated() {
      let p = weight / total
      let error = (p * (1 - p) / Double(count)).squareRoot()
      #expect(abs(Double(seen[arm]) / Double(count) - p) <= 4 * error)
    }
  }

  @Test func raisingTheCoverageMovesNobody() throws {
    let stages = try ["0.01", "0.1", "0.5", "1"].map { try Self.plan(coverage: $0) }
    for i in 0..<20_000 {
      var before: Int?
      for stage in stages {
        let arm = try stage.assign("user-\(i)").arm
        if let before { #expect(arm == before) }
        before = before ?? arm
      }
      #expect(before != nil)
    }
  }

  @Test("enrolment and arm are independent: chi-squared of the 2 x 2 table is below its 99.9 % quantile, 10.83")
  func independence() throws {
    let plan = try Self.plan(coverage: "0.3")
    var table = [[0.0, 0.0], [0.0, 0.0]]
    let count = 100_000
    for i in 0..<count {
      let one = try plan.assign("id\(i)")
      table[try #require(one.enrolmentBucket) < 300_000 ? 1 : 0][one.bucket < 500_000 ? 1 : 0] += 1
    }
    var statistic = 0.0
    for row in 0...1 {
      for column in 0...1 {
        let expected = (table[row][0] + table[row][1]) * (table[0][column] + table[1][column]) / Double(count)
        statistic += (table[row][column] - expected) * (table[row][column] - expected) / expected
      }
    }
    #expect(statistic < 10.83)
  }

  @Test(
    "faults",
    arguments: [
      ("control=50", "1", "an allocation needs at least two arms, found 1."),
      ("a=1,a=2", "1", "the arm 'a' is given twice."),
      (
        "a=1,b=-2", "1",
        "the weight of 'b' must be a number that is not negative, with at most 6 decimals; found '-2'."
      ),
      (
        "a=1,b=nan", "1",
        "the weight of 'b' must be a number that is not negative, with at most 6 decimals; found 'nan'."
      ),
      ("a=0,b=0", "1", "all weights are 0; at least one arm needs a share."),
      ("a=1,b=1", "1.2", "the coverage must be in [0, 1] with at most 6 decimals, found '1.2'."),
      ("a=1,b", "1", "expected weights such as control=50,treatment=50, found 'a=1,b'."),
    ])
  func faults(_ weights: String, _ coverage: String, _ sentence: String) {
    do {
      _ = try Self.plan(weights, coverage: coverage)
      Issue.record("no fault")
    } catch { #expect("\(error)" == sentence) }
  }

  @Test(
    "weights that look like shares and do not sum to a whole",
    arguments: [
      ("a=50,b=60", "the weights sum to 110, not 100: a 45.4545 %, b 54.5455 %"),
      ("a=0.3,b=0.3", "the weights sum to 0.6, not 1: a 50 %, b 50 %"),
      ("a=33,b=33,c=33", "the weights sum to 99, not 100: a 33.3333 %, b 33.3333 %, c 33.3333 %"),
      ("a=50,b=50", nil), ("a=0.1,b=0.9", nil), ("a=1,b=2", nil), ("a=333,b=333,c=334", nil), ("a=33.3,b=66.7", nil),
    ])
  func unevenSums(_ weights: String, _ sentence: String?) throws {
    #expect(Arm.unevenSum(of: try Arm.list(weights)) == sentence)
  }

  @Test func anEmptyIdIsRefused() throws {
    #expect(throws: AllocationFault.self) { try Self.plan().assign("") }
  }

  @Test func anUnknownSchemeNamesTheNearest() {
    do {
      _ = try SchemeName(parsing: "growthbok/2")
      Issue.record("no fault")
    } catch { #expect(error.sentence.hasPrefix("no scheme 'growthbok/2'. Did you mean 'growthbook/2'?")) }
  }
}
