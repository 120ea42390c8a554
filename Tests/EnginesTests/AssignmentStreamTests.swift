import Allocation
import Basics
import Engines
import Foundation
import Tables
import Testing

@Suite struct AssignmentStreamTests {
  private static func assigned(
    _ table: String, chunkBytes: Int = 4 << 20, threads: Int? = nil, provenance: Bool = false, coverage: String = "1"
  ) throws -> (csv: String, totals: AssignmentStream.Totals) {
    var options = TableOptions(threads: threads)
    options.chunkBytes = chunkBytes
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(table.utf8))], options: options)
    let plan = try AllocationPlan(salt: "s", arms: Arm.list("a=1,b=1"), coverage: coverage)
    let path = FileManager.default.temporaryDirectory.appending(path: "assign-\(UUID()).csv").path
    defer { unlink(path) }
    let totals = try AtomicFile.write(to: path) { sink in
      try AssignmentStream(plan, column: "user_id", provenance: provenance).write(source, to: sink)
    }
    return (try String(contentsOfFile: path, encoding: .utf8), totals)
  }

  @Test("rows keep their order, however the table is cut", arguments: [64, 100, 1000, 4 << 20], [1, 2, 3])
  func order(_ chunkBytes: Int, _ threads: Int) throws {
    let ids = (0..<500).map { $0 % 7 == 0 ? "\"id,\($0)\"\"\n\"" : "id\($0)" }
    let table = "n,user_id\n" + ids.enumerated().map { "\($0),\($1)\n" }.joined()
    let plan = try AllocationPlan(salt: "s", arms: Arm.list("a=1,b=1"))
    let expected = try ids.map { id in
      let plain = id.hasPrefix("\"") ? String(id.dropFirst().dropLast()).replacing("\"\"", with: "\"") : id
      return "\(id),\(try plan.assign(plain).arm == 0 ? "a" : "b")\n"
    }
    let found = try Self.assigned(table, chunkBytes: chunkBytes, threads: threads)
    #expect(found.csv == "user_id,variant\n" + expected.joined())
    #expect(found.totals.counts.reduce(0, +) == 500 && found.totals.outside == 0)
  }

  @Test func provenance() throws {
    // Buckets by Python hashlib from the definition in Sources/Allocation/README.md.
    let found = try Self.assigned("user_id\nplain\n", provenance: true, coverage: "0.9")
    #expect(
      found.csv == "user_id,variant,scheme,salt,bucket,enrolment_bucket\nplain,a,verdict/1,s,62480,505882\n")
  }

  @Test("a bad row stops the stream, and the file does not appear")
  func badRows() throws {
    #expect {
      try Self.assigned("user_id,x\na,1\n,2\n")
    } throws: {
      "\($0)" == "t.csv:3:1: column 'user_id' is empty here; it needs a value in every row."
    }
    #expect {
      try Self.assigned("user_id,x\n")
    } throws: {
      "\($0)" == "t.csv:1:1: there is a header but no row. Is the export whole?"
    }
  }
}
