import Foundation
import Testing

/// No input is written over, and a command that fails writes nothing.
@Suite struct OutputSafetyTests {
  private static let metric = ["--metric", "revenue=mean(revenue)"]

  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "units.csv")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.csv"), withDestinationPath: "units.csv")
    return folder
  }

  @Test(
    "An output that is an input, or that no format makes, is refused before work",
    arguments: [
      (
        ["analyze", "units.csv", "--statistics", "units.csv"] + metric,
        "--statistics: 'units.csv' is read by this command and would be lost. Name another file."
      ),
      (
        ["analyze", "units.csv", "-o", "link.csv"] + metric,
        "-o: 'link.csv', the same file as 'units.csv', is read by this command and would be lost. Name another file."
      ),
      (
        ["analyze", "events.csv", "--exposures", "link.csv", "-o", "units.csv"] + metric,
        "-o: 'units.csv', the same file as 'link.csv', is read by this command and would be lost. Name another file."
      ),
      (
        ["analyze", "u*.csv", "-o", "./units.csv"] + metric,
        "-o: './units.csv', the same file as 'units.csv', is read by this command and would be lost. Name another file."
      ),
      (
        ["analyze", "units.csv", "-o", "report.PDF"] + metric,
        "-o: no format is written as .pdf. Use .html (a browser prints it as PDF), .md, .csv, .json, or .txt for the table; "
          + "--format names one whatever the ending."
      ),
      (
        ["profile", "units.csv", "-o", "units.csv"],
        "-o: 'units.csv' is read by this command and would be lost. Name another file."
      ),
      (
        ["assign", "units.csv", "--salt", "s", "--weights", "control=1,treatment=1", "-o", "link.csv"],
        "-o: 'link.csv', the same file as 'units.csv', is read by this command and would be lost. Name another file."
      ),
      (
        ["cohort", "units.csv", "--customers", "units.csv"],
        "--customers: 'units.csv' is read by this command and would be lost. Name another file."
      ),
      (
        ["balance", "units.csv", "-o", "units.csv"],
        "-o: 'units.csv' is read by this command and would be lost. Name another file."
      ),
      (
        ["analyze", "units.csv", "-o", "new.json", "--statistics", "new.json"] + metric,
        "--statistics and -o both name 'new.json'. Name two files."
      ),
    ])
  func refused(_ arguments: [String], _ sentence: String) throws {
    let folder = try Self.folder()
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors == "verdict: \(sentence)\n")
    #expect(try folder.text("units.csv") == AnalyzeTests.units())
    #expect(folder.names == ["link.csv", "units.csv"])
  }

  @Test(
    "Nothing is written by a command that fails",
    arguments: [
      ["--control", "nosuch"], ["-o", "none/out.html"], ["-o", "/dev/full"], ["--alpha", "2"],
      ["--weights", "control=1,other=1"],
    ])
  func nothingWritten(_ options: [String]) throws {
    let folder = try Self.folder()
    let outcome = try Program.run(
      ["analyze", "units.csv", "--statistics", "s.json"] + Self.metric + options, in: folder)
    #expect(outcome.exit == 2)
    #expect(folder.names == ["link.csv", "units.csv"])
  }

  /// An answer that is no is an answer: it is written.
  @Test func aFailedCheckIsWritten() throws {
    let folder = try Self.folder()
    let outcome = try Program.run(
      ["analyze", "units.csv", "--statistics", "s.json", "-o", "r.json", "--weights", "control=9,treatment=1"]
        + Self.metric, in: folder)
    #expect(outcome.exit == 1)
    #expect(folder.names == ["link.csv", "r.json", "s.json", "units.csv"])
  }

  @Test(
    "Options out of their range",
    arguments: [
      (["--threads", "0"], "--threads: expected a whole number from 1 to 1,024, found 0."),
      (["--threads", "-3"], "--threads: expected a whole number from 1 to 1,024, found -3."),
      (
        ["--threads=9223372036854775807"],
        "--threads: expected a whole number from 1 to 1,024, found 9223372036854775807."
      ),
      (["--memory", "-5"], "--memory: expected a size above 0, such as 500MB or 4GB, found '-5'."),
      (["--memory", "0x10GB"], "--memory: expected a size above 0, such as 500MB or 4GB, found '0x10GB'."),
      (["--memory", "0"], "--memory: expected a size above 0, such as 500MB or 4GB, found '0'."),
      (["--allow-bad-rows", "-1"], "--allow-bad-rows: expected a share in [0, 1], found -1.0."),
    ])
  func ranges(_ options: [String], _ sentence: String) throws {
    let folder = try Self.folder()
    for command in [["analyze", "units.csv"] + Self.metric, ["profile", "units.csv"]] {
      let outcome = try Program.run(command + options, in: folder)
      #expect(outcome.exit == 2)
      #expect(outcome.errors == "verdict: \(sentence)\n")
    }
    let assign = try Program.run(
      ["assign", "units.csv", "--salt", "s", "--weights", "control=1,treatment=1"] + options, in: folder)
    #expect(assign.exit == 2 && assign.errors == "verdict: \(sentence)\n")
  }
}
