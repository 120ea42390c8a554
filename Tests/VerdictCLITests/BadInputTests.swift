import Foundation
import Testing

/// What bad input gets: exit code 2, one clear sentence with its place, and nothing written.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let sentence: String
    var options: [String] = []
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ sentence: String, options: [String] = []) {
      self.init(name, bytes: Array(text.utf8), sentence, options: options)
    }

    init(_ name: String, bytes: [UInt8], _ sentence: String, options: [String] = []) {
      (self.name, self.bytes, self.sentence, self.options) = (name, bytes, sentence, options)
    }
  }

  static let good =
    "user_id,variant,converted,revenue\na,control,1,2\nb,treatment,0,3\nc,control,0,1\nd,treatment,1,5\n"
  private static let head = "user_id,variant,converted,revenue\na,control,1,2\n"

  static let tables: [Case] = [
    Case("empty file", "", "units.csv: the file is empty; a header line and rows are expected. Is the export whole?"),
    Case(
      "header only", "user_id,variant,converted,revenue\n",
      "units.csv:1:1: there is a header but no row. Is the export whole?"),
    Case(
      "no number", head + "b,treatment,0,12x\n",
      "units.csv:3:15: column 'revenue' expects a number, found '12x'. Correct it, or allow a share of such rows with "
        + "--allow-bad-rows."),
    Case(
      "ragged row", head + "b,treatment,0\n",
      "units.csv:3:14: the row has 3 fields, the header 4. Is a line break or a separator lost?"),
    Case(
      "unclosed quote", head + "b,\"treatment,0,3\n",
      "units.csv:3:3: this quoted field is never closed. Close it; a quote inside a quoted field is written twice."),
    Case(
      "NUL byte", head + "b,tr\u{0}eat,0,3\n",
      "units.csv:3:5: a NUL byte: this is no text file, or it is UTF-16. Convert it to UTF-8."),
    Case(
      "invalid UTF-8", bytes: Array((head + "b,tr").utf8) + [0xFF, 0xFE] + Array(",0,3\n".utf8),
      "units.csv:3:5: not valid UTF-8. Convert the file, for example with iconv -f latin1 -t utf8."),
    Case(
      "one arm", head + "b,control,0,3\n", "all units are in the arm 'control'; a comparison needs at least two arms."),
    Case(
      "a unit in two arms", head + "a,treatment,0,3\nc,control,1,1\nd,treatment,1,1\n",
      "units.csv:3:1: this user_id is in the arm 'treatment' here and in 'control' at units.csv:2. "
        + "A unit belongs to one arm; find out why, and leave such units out."),
    Case(
      "missing column", good, "units.csv:1:1: no column 'revenu'. Did you mean 'revenue'?",
      options: ["--metric", "x=mean(revenu)"]),
    Case(
      "missing variant column", good,
      "units.csv:1:1: no column 'varient'. Did you mean 'variant'? Name it with --variant.",
      options: ["--variant", "varient"]),
    Case(
      "unknown control", good,
      "no arm 'contrl' to compare with. The arms are control, treatment; name one with --control.",
      options: ["--control", "contrl"]),
    Case(
      "unknown arm in weights", good, "a weight is given for 'treatmnt', which is no arm. Did you mean 'treatment'?",
      options: ["--weights", "control=50,treatmnt=50"]),
    Case(
      "unknown metric kind", good, "x=proportin(converted):1:3: no metric kind 'proportin'. Did you mean 'proportion'?",
      options: ["--metric", "x=proportin(converted)"]),
    Case(
      "an option of events without exposures", good,
      "the option 'where' of the metric 'x' chooses among events, and these rows are units. Pass --exposures (in a spec: "
        + "data.exposures) to join events with exposures, or leave the option out.",
      options: ["--metric", "x=mean(revenue) | where: converted == 1"]),
    Case(
      "--include-immature without exposures", good,
      "--include-immature is for events that are joined with exposures; pass --exposures FILE too.",
      options: ["--include-immature"]),
    Case(
      "--as-of without exposures", good,
      "--as-of is for events that are joined with exposures; pass --exposures FILE too.",
      options: ["--as-of", "2026-01-01"]),
    Case(
      "a wrong condition", good,
      "x=mean(revenue) | where: revenue >> 3:1:35: expected a number, or text in quotes in the condition, found '> 3'. "
        + "Example: event == \"purchase\" && value > 0", options: ["--metric", "x=mean(revenue) | where: revenue >> 3"]),
    Case(
      "hexadecimal memory", good, "--memory: expected a size above 0, such as 500MB or 4GB, found '0x10GB'.",
      options: ["--memory", "0x10GB"]),
    Case("level", good, "alpha = 2, must be in (0, 1).", options: ["--alpha", "2"]),
    Case("weights", good, "--weights: the arm 'a' is given twice.", options: ["--weights", "a=1,a=2"]),
    Case(
      "separator", good, "--delimiter: expected comma, semicolon, tab, bar or one character, found '::'.",
      options: ["--delimiter", "::"]),
  ]

  @Test("analyze", arguments: tables)
  func table(_ bad: Case) throws {
    let folder = try Folder()
    try folder.write(bad.bytes, to: "units.csv")
    let outcome = try Program.run(
      ["analyze", "units.csv", "--metric", "r=mean(revenue)", "-o", "out.json"] + bad.options, in: folder)
    #expect(outcome.exit == 2)
    #expect(outcome.errors == "verdict: \(bad.sentence)\n")
    #expect(outcome.output.isEmpty)
    #expect(folder.names == ["units.csv"])
  }

  @Test func badRowsMayBeAllowed() throws {
    let folder = try Folder()
    try folder.write(Self.good + "e,control,1,x\n", to: "units.csv")
    let arguments = ["analyze", "units.csv", "--metric", "r=mean(revenue)"]
    #expect(try Program.run(arguments, in: folder).exit == 2)
    #expect(try Program.run(arguments + ["--allow-bad-rows", "0.5"], in: folder).exit == 0)
    let share = try Program.run(arguments + ["--allow-bad-rows", "2"], in: folder)
    #expect(share.errors == "verdict: --allow-bad-rows: expected a share in [0, 1], found 2.0.\n")
  }

  @Test func noSuchFileFolderOrMatch() throws {
    let folder = try Folder()
    func errors(_ path: String) throws -> String {
      let outcome = try Program.run(["analyze", path, "--metric", "r=mean(revenue)"], in: folder)
      #expect(outcome.exit == 2)
      return outcome.errors
    }
    #expect(
      try errors("none.csv")
        == "verdict: none.csv: cannot be read: No such file or directory. Check its name, its folder and its "
        + "permissions.\n")
    #expect(try errors("none*.csv") == "verdict: no file matches 'none*.csv'. Check the folder and the pattern.\n")
    #expect(
      try errors(".") == "verdict: .: is a folder; a table is expected. "
        + "Name its files, for example with a pattern: FOLDER/*.csv\n")
  }

  @Test(
    "Usage errors exit with 2",
    arguments: [["analyze"], ["analyze", "--metrik", "x"], ["assign", "x.csv"]])
  func usage(arguments: [String]) throws {
    let outcome = try Program.run(arguments, in: try Folder())
    #expect(outcome.exit == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("Error: "))
  }

  // MARK: - Specs and models

  @Test func misspeltKeyInASpec() throws {
    let folder = try Folder()
    try folder.write(
      """
      version: 1
      name: checkout
      variants: [control, treatment]
      control: control
      data: { files: [units.csv] }
      metrics: ["r = mean(revenue)"]
      alocation: { salt: x }
      """, to: "spec.yaml")
    for command in [["spec", "check", "spec.yaml"], ["run", "spec.yaml"]] {
      let outcome = try Program.run(command, in: folder)
      #expect(outcome.exit == 2)
      #expect(outcome.errors == "verdict: spec.yaml:7:1: no key 'alocation' in the spec. Did you mean 'allocation'?\n")
      #expect(folder.names == ["spec.yaml"])
    }
  }

  private func specWithModel(_ model: String, in folder: Folder) throws {
    try folder.write(model, to: "mine.flow")
    try folder.write(
      """
      version: 1
      name: checkout
      variants: [control, treatment]
      control: control
      data: { files: [units.csv] }
      metrics: ["r = mean(revenue)"]
      model: mine.flow
      """, to: "spec.yaml")
  }

  @Test func aModelThatDoesNotParse() throws {
    let folder = try Folder()
    try specWithModel("A { # A\nn1: circle label:\"Start\"\nn1.handle(right) -> n9.handle(left)\n}\n", in: folder)
    let check = try Program.run(["flow", "check", "mine.flow"], in: folder)
    #expect(check.exit == 2)
    #expect(check.errors == "verdict: mine.flow:3:21: no node 'n9' is declared. Did you mean 'n1'?\n")
    let run = try Program.run(["run", "spec.yaml"], in: folder)
    #expect(run.exit == 2)
    #expect(run.errors.contains("mine.flow:3:21: error: no node 'n9' is declared."))
    #expect(!FileManager.default.fileExists(atPath: folder.file(".verdict/runs")))
  }

  @Test func aModelThatIsNotSound() throws {
    let folder = try Folder()
    let oauth = try Program.run(["flow", "print", "oauth"], in: folder).output
    try specWithModel(oauth, in: folder)
    #expect(try Program.run(["flow", "check", "mine.flow"], in: folder).exit == 1)
    let run = try Program.run(["run", "spec.yaml"], in: folder)
    #expect(run.exit == 2)
    #expect(run.errors.contains("mine.flow: the model cannot be run:"))
    #expect(!FileManager.default.fileExists(atPath: folder.file(".verdict/runs")))
  }

  // MARK: - Records and outputs

  @Test func aDatabaseThatIsNone() throws {
    let folder = try Folder()
    try folder.write("no database", to: ".verdict/registry.sqlite")
    let outcome = try Program.run(["status"], in: folder)
    #expect(outcome.exit == 2)
    #expect(
      outcome.errors == "verdict: .verdict/registry.sqlite: expected an SQLite database, found something else. "
        + "Move the file away; runs can be read from their journals.\n")
    #expect(try folder.text(".verdict/registry.sqlite") == "no database")
  }

  @Test func aCorruptJournal() throws {
    let folder = try Folder()
    try folder.write(ExampleTrial.spec(), to: "trial.yaml")
    let id = "trial-1"
    #expect(try Program.run(["run", "trial.yaml"], in: folder).exit == 0)
    let journal = ".verdict/runs/\(id)/journal.jsonl"
    let damaged = try folder.text(journal).replacing("\"specHash\"", with: "\"specHush\"")
    try folder.write(damaged, to: journal)
    for command in [["status", id], ["resume", id], ["history", id], ["verify", id]] {
      let outcome = try Program.run(command, in: folder)
      #expect(outcome.exit == 2)
      #expect(
        outcome.errors.hasPrefix("verdict: .verdict/runs/\(id)/journal.jsonl:1: the journal is damaged at byte 0: "))
      #expect(try folder.text(journal) == damaged)
    }
  }

  @Test(
    "A full disk is said, and a device is never replaced",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
    arguments: [
      ["analyze", "units.csv", "--metric", "r=mean(revenue)"], ["flow", "list"], ["--help"], ["spec", "example"],
      ["assign", "units.csv", "--salt", "s", "--weights", "control=1,treatment=1"],
    ])
  func fullDisk(arguments: [String]) throws {
    let folder = try Folder()
    try folder.write(Self.good, to: "units.csv")
    let outcome = try Program.run(arguments, in: folder, output: "/dev/full")
    #expect(outcome.exit == 2)
    #expect(
      outcome.errors == "verdict: standard output: cannot be written: No space left on device. "
        + "Nothing was changed; free space or choose another place.\n")
  }

  @Test func outputsThatCannotBeWritten() throws {
    let folder = try Folder()
    try folder.write(Self.good, to: "units.csv")
    func errors(_ path: String) throws -> String {
      let outcome = try Program.run(
        ["analyze", "units.csv", "--metric", "r=mean(revenue)", "-o", path], in: folder)
      #expect(outcome.exit == 2)
      return outcome.errors
    }
    #expect(
      try errors("none/out.json") == "verdict: none/out.json: cannot be written: No such file or directory. "
        + "Nothing was changed; free space or choose another place.\n")
    #expect(try errors("/dev/full").hasPrefix("verdict: /dev/full: cannot be written: No space left on device."))
    let blocked = try Program.run(["status", "--directory", "units.csv/x"], in: folder)
    #expect(blocked.exit == 2)
    #expect(
      blocked.errors == "verdict: units.csv/x/registry.sqlite: the registry cannot be created: "
        + "'units.csv/x' is not a writable directory. Choose another place with --directory.\n")
  }
}
