import Foundation
import Testing

/// The faults of `BadInputTests` behind 100,000 good rows, where rows are read in blocks by several threads: the sentence and
/// the line are the same.
@Suite struct LargeBadInputTests {
  private static let header = "user_id,variant,converted,revenue\n"
  private static let good =
    header
    + (0..<100_000).map { "u\($0),\($0 % 2 == 0 ? "control" : "treatment"),\($0 % 3 == 0 ? 1 : 0),\($0 % 97).25\n" }
    .joined()

  private static func errors(_ bytes: [UInt8], _ options: [String] = [], name: String = "units.csv") throws -> String {
    let folder = try Folder()
    try folder.write(bytes, to: name)
    let outcome = try Program.run(
      ["analyze", name, "--metric", "c=proportion(converted)", "--metric", "r=mean(revenue)"] + options, in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.output.isEmpty)
    return outcome.errors
  }

  @Test(
    "at line 100,002",
    arguments: [
      ("x,control,1\n", "units.csv:100002:12: the row has 3 fields, the header 4."),
      ("x,control,1,\"2\n", "units.csv:100002:13: this quoted field is never closed."),
      ("x,control,1,1e999\n", "units.csv:100002:13: column 'revenue': '1e999' is too large for a double."),
      ("x,control,1,0x1p3\n", "units.csv:100002:13: column 'revenue' expects a number, found '0x1p3'."),
      ("x,control,1,1_000\n", "units.csv:100002:13: column 'revenue' expects a number, found '1_000'."),
      ("x,control,1,\"1.234,5\"\n", "units.csv:100002:14: column 'revenue' expects a number, found '1.234,5'."),
      ("x,control,2,1\n", "units.csv:100002:11: column 'converted' expects 0 or 1, true or false, found '2'."),
      ("x,,1,1\n", "units.csv:100002:3: column 'variant' is empty here; it needs a value in every row."),
      ("x,con\u{0}trol,1,1\n", "units.csv:100002:6: a NUL byte"),
      ("x,con\"trol,1,1\n", "units.csv:100002:6: a quote stands inside a field that does not begin with one."),
      ("x,\"control\" ,1,1\n", "units.csv:100002:12: text follows the closing quote."),
      ("u7,treatment,1,1\n", "units.csv:100002:1: this user_id stands at units.csv:9 already."),
      (
        "u7,control,1,1\n",
        "units.csv:100002:1: this user_id is in the arm 'control' here and in 'treatment' at units.csv:9."
      ),
      (
        "x,control,1,1\ry,control,1\r",
        "units.csv:100003:12: a carriage return without a line feed ends a row here, so that one has 3 fields"
      ),
    ])
  func atTheEnd(_ line: String, _ sentence: String) throws {
    let found = try Self.errors(Array((Self.good + line).utf8))
    #expect(found.hasPrefix("verdict: \(sentence)"), "\(found)")
  }

  @Test func negativeZeroIsANumber() throws {
    let folder = try Folder()
    try folder.write(Self.good + "x,control,0,-0\n", to: "units.csv")
    let outcome = try Program.run(["analyze", "units.csv", "--metric", "r=mean(revenue)"], in: folder)
    #expect(outcome.exit == 0)
  }

  @Test func aDateThatIsNone() throws {
    let rows = (0..<50_000).map { "u\($0),\($0 % 2 == 0 ? "control" : "treatment"),1,1,2025-02-\(10 + $0 % 19)\n" }
      .joined()
    let found = try Self.errors(
      Array(("user_id,variant,converted,revenue,seen\n" + rows + "x,control,1,1,2025-02-30\n").utf8),
      ["--time", "seen"])
    #expect(found.hasPrefix("verdict: units.csv:50002:15: column 'seen' expects a date or time such as"))
  }

  @Test func aFieldOfEightMegabytes() throws {
    let long = String(repeating: "x, \n", count: 2 << 20)
    let open = try Self.errors(Array((Self.good + "y,\"\(long)").utf8))
    #expect(open.hasPrefix("verdict: units.csv:100002:3: this quoted field is never closed."))
    let closed = try Self.errors(Array((Self.good + "y,control,1,\"\(long)\"\n").utf8))
    #expect(closed.hasPrefix("verdict: units.csv:100002:14: column 'revenue' expects a number, found 'x,"))
  }

  @Test func fiveThousandColumns() throws {
    let more = (0..<5_000).map { "c\($0)" }.joined(separator: ",")
    let rows = (0..<50).map { "u\($0),\($0 % 2 == 0 ? "control" : "treatment"),1,1,\(more)\n" }.joined()
    let ragged = try Self.errors(Array(("user_id,variant,converted,revenue,\(more)\n" + rows + "x,control\n").utf8))
    #expect(ragged.hasPrefix("verdict: units.csv:52:10: the row has 2 fields, the header 5004."))
    let twice = try Self.errors(Array(("user_id,variant,converted,revenue,\(more),c77\n" + rows).utf8))
    let place = "user_id,variant,converted,revenue,\(more),".count + 1
    #expect(
      twice.hasPrefix(
        "verdict: units.csv:1:\(place): the column 'c77' stands twice in the header, as column 82 and 5,005."))
  }

  @Test func utf16AndDamagedGzip() throws {
    let utf16: [UInt8] = [0xFF, 0xFE] + Self.good.prefix(4000).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try Self.errors(utf16).hasPrefix("verdict: units.csv: this is UTF-16, as Excel writes"))
    let folder = try Folder()
    try folder.write(Self.good, to: "units.csv")
    let zip = Process()
    zip.executableURL = URL(filePath: "/bin/gzip")
    zip.arguments = [folder.file("units.csv")]
    try zip.run()
    zip.waitUntilExit()
    var bytes = Array(try Data(contentsOf: URL(filePath: folder.file("units.csv.gz"))))
    #expect(try Self.errors(Array(bytes.dropLast(100)), name: "units.csv.gz").contains("it ends in the middle"))
    bytes[bytes.count / 2] ^= 0xFF
    #expect(try Self.errors(bytes, name: "units.csv.gz").contains("its data are damaged"))
  }
}
