import Basics
import Foundation
import Testing

/// `verdict profile`: what it says, and that the command it proposes runs as it stands.
@Suite struct ProfileTests {
  /// The last line of the output, given to a shell.
  private func runsItsProposal(_ folder: Folder) throws -> String {
    let profile = try Program.run(["profile", "t.csv"], in: folder)
    #expect(profile.exit == 0)
    let line = String(profile.output.split(separator: "\n").last ?? "")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    let program = try #require(Program.path)
    shell.arguments = ["-c", line.replacing("verdict ", with: "'\(program)' ", maxReplacements: 1) + " > out.txt"]
    shell.currentDirectoryURL = URL(filePath: folder.path)
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0, "\(line)")
    return line
  }

  @Test func theProposalRuns() throws {
    let folder = try Folder()
    var units = "user_id,variant,country,revenue,pre_revenue,an outcome with a very long name indeed,it's\n"
    for row in 0..<200 {
      units +=
        "u\(row),\(row % 2 == 0 ? "control" : "new"),\(row % 3 == 0 ? "de" : "fr"),\(row % 7),\(row % 6),\(row % 11),"
      units += "\(row % 5 == 0)\n"
    }
    try folder.write(units, to: "t.csv")
    #expect(try runsItsProposal(folder).count > 100)
    try folder.write(
      "user_id,variant,revenue\n"
        + (0..<200).map { "u\($0 / 4),\($0 / 4 % 2 == 0 ? "old" : "new"),\($0 % 7)\n" }.joined(),
      to: "t.csv")
    #expect(try runsItsProposal(folder).contains("--control old --cluster user_id"))
  }

  /// A log of events gets a second command, which joins it with exposures, and runs once these are there.
  @Test func aLogIsJoined() throws {
    let folder = try Folder()
    let log = (0..<400).map { row in
      "u\(row % 100),\(1_772_323_200 + 3600 * row),\(row % 3 == 0 ? "order, paid" : "view")\n".replacing(
        "order, paid", with: "\"order, paid\"")
    }
    try folder.write("uid,occurred_at,event_name\n" + log.joined(), to: "log.csv")
    try folder.write(
      "uid,variant,occurred_at\n" + (0..<100).map { "u\($0),\($0 % 2 == 0 ? "control" : "b"),1772323200\n" }.joined(),
      to: "EXPOSURES.csv")
    // Lines are broken where there are blanks.
    let text = try Program.run(["profile", "log.csv"], in: folder).output.split { $0.isWhitespace }.joined(
      separator: " ")
    #expect(text.contains("2026-03-01 00:00Z") && text.contains("2026-03-17 15:00Z"))
    let join =
      "verdict analyze log.csv --exposures EXPOSURES.csv --unit uid --time occurred_at --event event_name --metric "
      + "'conversion=proportion(*) | event: order, paid | window: 7d'"
    #expect(text.contains(join))
    let outcome = try Program.run(
      [
        "analyze", "log.csv", "--exposures", "EXPOSURES.csv", "--unit", "uid", "--time", "occurred_at", "--event",
        "event_name", "--metric", "conversion=proportion(*) | event: order, paid | window: 7d",
      ], in: folder)
    #expect(outcome.exit == 0, "\(outcome.errors)")
  }

  @Test func misfitsAreSaid() throws {
    let folder = try Folder()
    try folder.write(
      "user_id,variant,x,price\n"
        + (0..<40).map { "u\($0),\($0 % 2),\($0 == 8 ? "0x1p3" : "\($0)"),\"1,\($0)\"\n" }.joined(),
      to: "t.csv")
    let text = try Program.run(["profile", "t.csv"], in: folder).output
    #expect(text.contains("x is widened to text: 1 of 40 values are no numbers, the first at t.csv:10: '0x1p3'."))
    #expect(text.contains("price is taken for text: its numbers have a decimal comma. Write them with a point."))
    let json = try Program.run(["profile", "t.csv", "--format", "json"], in: folder).output
    let column = try JSONValue(parsing: Array(json.utf8))["columns"]?[2]
    #expect(column?["misfits"]?.text() == #"{"of":"integer","count":1,"file":"t.csv","line":10,"found":"0x1p3"}"#)
  }
}
