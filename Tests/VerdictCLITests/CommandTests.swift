import Basics
import Foundation
import TestSupport
import Testing

/// The other commands, each by its contract.
@Suite struct CommandTests {
  /// Every command is found in the program itself, so a new one cannot be forgotten.
  @Test func helpHasExamplesThatFitATerminal() throws {
    let dump = try Program.run(["--experimental-dump-help"], in: try Folder()).output
    let commands = try paths(#require(try JSONValue(parsing: dump)["command"]))
    #expect(commands.count > 40)
    for path in commands where path != ["help"] {
      let command = path.joined(separator: " ")
      let outcome = try Program.run(path + ["--help"], in: try Folder())
      #expect(outcome.exit == 0 && outcome.errors.isEmpty, "\(command)")
      let name = (["verdict"] + path).joined(separator: " ")
      #expect(outcome.output.contains("USAGE: \(name)"), "\(command)")
      let lines = outcome.output.components(separatedBy: "\n")
      let start = try #require(lines.firstIndex { ["EXAMPLE", "EXAMPLES"].contains($0) }, "no example: \(command)")
      let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
      #expect(examples.contains { $0.contains("verdict \(command)") }, "\(command)")
      // A line that was broken at 80 columns goes on at the margin.
      for line in examples { #expect(line.hasPrefix("  "), "\(command): \(line)") }
    }
  }

  private func paths(_ command: JSONValue, below parent: [String]? = nil) -> [[String]] {
    let path = parent.map { $0 + [command["commandName"]?.string ?? ""] } ?? []
    return [path] + (command["subcommands"]?.array ?? []).flatMap { paths($0, below: path) }
  }

  @Test(arguments: ["experiment", "cohort"]) func exampleSpecsAreValid(kind: String) throws {
    let folder = try Folder()
    try folder.write(Program.run(["spec", "example", kind], in: folder).output, to: "example.yaml")
    let outcome = try Program.run(["spec", "check", "example.yaml"], in: folder)
    #expect(outcome.exit == 0 && outcome.output.hasPrefix("example.yaml: a valid spec"), "\(outcome.errors)")
  }

  @Test func assign() throws {
    let folder = try Folder()
    try folder.write("user_id\nada\ngrace\nada\n", to: "users.csv")
    let arguments = ["assign", "users.csv", "--salt", "s", "--weights", "control=1,treatment=1"]
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.exit == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "user_id,variant")
    #expect(lines.dropFirst().map { $0.split(separator: ",").first } == ["ada", "grace", "ada"])
    #expect(lines[1] == lines[3])
    #expect(try Program.run(arguments, in: folder).output == outcome.output)
    let nobody = try Program.run(arguments + ["--coverage", "0"], in: folder)
    #expect(nobody.output == "user_id,variant\nada,\ngrace,\nada,\n")
  }

  /// Two units begin in one week, one of them comes back the week after; the third cohort cell is not mature.
  @Test func cohortCSV() throws {
    let folder = try Folder()
    try folder.write(
      "user_id,occurred_at\na,2025-01-06T00:00:00Z\na,2025-01-13T00:00:00Z\nb,2025-01-06T01:00:00Z\nc,2025-01-14T00:00:00Z\n",
      to: "events.csv")
    let outcome = try Program.run(["cohort", "events.csv", "--format", "csv"], in: folder)
    #expect(outcome.exit == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "cohort,period,size,retained,rate,lower,upper")
    #expect(lines.contains { $0.hasPrefix("2025-01-06,0,2,2,1.0,") })
    let wrong = try Program.run(["cohort", "events.csv", "--time", "occured_at"], in: folder)
    #expect(wrong.exit == 2)
    #expect(wrong.errors == "verdict: events.csv:1:1: no column 'occured_at'. Did you mean 'occurred_at'?\n")
  }

  @Test func kernelsCheck() throws {
    let folder = try Folder()
    let passed = try Program.run(
      ["kernels", "check", Repository.references.appending(path: "cuped.json").path], in: folder)
    #expect(passed.exit == 0)
    let last = try #require(passed.output.split(separator: "\n").last)
    #expect(last.wholeMatch(of: /[1-9][0-9]* passed, 0 failed/) != nil)
    try folder.write(
      """
      {"schema": "verdict.reference/1", "kernel": "no-such-kernel", "title": "t",
       "source": {"program": "by hand", "version": "1", "script": "none"},
       "cases": [{"name": "one", "input": {"x": 1}, "expected": {"y": 1}, "tolerance": 1e-12}]}
      """, to: "mine.json")
    let uncovered = try Program.run(["kernels", "check", "mine.json"], in: folder)
    #expect(uncovered.exit == 1)
    #expect(uncovered.output.contains("no-such-kernel"))
    #expect(uncovered.output.hasSuffix("0 passed, 1 failed\n"))
    try folder.write("{", to: "broken.json")
    #expect(try Program.run(["kernels", "check", "broken.json"], in: folder).exit == 2)
  }

  // MARK: - Models

  @Test func checkOfOAuth() throws {
    let outcome = try Program.run(["flow", "check", "oauth"], in: try Folder())
    #expect(outcome.exit == 1)
    for finding in [
      "error: n14 \"User consents?\" has no incoming edge: a second source beside the start. [second-source]",
      "error: end n5 \"End\" is not reachable from the start. [end-unreachable]", "error: trap: n3, n12, n13 lead only",
      "repair: lead n12 -> n13 to n14 instead: n12 -> n14",
    ] { #expect(outcome.output.contains(finding)) }
    #expect(outcome.output.hasSuffix("not sound\n"))
  }

  @Test func theSeedTextIsAcceptedAsItIs() throws {
    let seed = Repository.root.appending(path: "Tests/VerdictCLITests/Fixtures/workflows.txt").path
    let outcome = try Program.run(["flow", "check", seed], in: try Folder())
    // Parsed, and judged: its one model is the OAuth flow with the trap.
    #expect(outcome.exit == 1)
    #expect(!outcome.errors.contains("error"))
    #expect(outcome.output.contains("trap: n3, n12, n13"))
  }

  @Test("Built-in models print, format and check", arguments: ["ab-test", "cohort"])
  func builtIn(name: String) throws {
    let folder = try Folder()
    let text = try Program.run(["flow", "print", name], in: folder).output
    #expect(try Program.run(["flow", "format", "-"], in: folder, input: text).output == text)
    #expect(try Program.run(["flow", "check", name], in: folder).exit == 0)
  }

  // MARK: - Runs

  @Test func aRunGoesOnFromAnotherFolder() throws {
    let folder = try Folder()
    try folder.write(AnalyzeTests.units(), to: "project/units.csv")
    try folder.write(
      """
      version: 1
      name: checkout
      variants: [control, treatment]
      control: control
      data: { files: [units.csv], unit: user_id }
      metrics: ["conversion = proportion(converted)"]
      decision: { minimum_units_per_variant: 100 }
      rollout: { flag: one-page, stages: [{ share: 10%, approval: true }, { share: 100% }] }
      """, to: "project/experiment.yaml")
    let workspace = folder.file("project/.verdict")
    let begun = try Program.run(["run", "project/experiment.yaml", "--directory", workspace], in: folder)
    #expect(begun.exit == 0)
    let elsewhere = try Folder()
    for command in [["status"], ["resume"], ["history", "checkout"], ["verify"]] {
      #expect(try Program.run(command + ["--directory", workspace], in: elsewhere).exit == 0)
    }
    #expect(elsewhere.names.isEmpty)
  }

  @Test func wholeLifeOfARun() throws {
    let folder = try Folder()
    try folder.write(ExampleTrial.spec(), to: "trial.yaml")
    let run = try Program.run(["run", "trial.yaml"], in: folder)
    #expect(run.output == "trial-1: finished: Winner deployed\n")
    #expect(try Program.run(["status"], in: folder).output == run.output)
    let file = try Program.run(["deploy", "--target", "growthbook", "--stage", "2"], in: folder)
    let feature = try JSONValue(parsing: Array(file.output.utf8))["features"]?["first-line-treatment"]
    #expect(feature?["rules"]?.array?.first?["range"]?.text() == "[0,0.5]")
    #expect(
      try Program.run(["rollback"], in: folder).output
        == ".verdict/flags/first-line-treatment.flagd.json: all users get the control\n")
    #expect(try Program.run(["verify"], in: folder).exit == 0)
    let analysis = ".verdict/runs/trial-1/analysis-1.json"
    try folder.write(folder.text(analysis) + " ", to: analysis)
    let altered = try Program.run(["verify"], in: folder)
    #expect(altered.exit == 1)
    #expect(altered.output.contains("FAILED look 1: "))
    #expect(altered.errors == "verdict: the record does not verify\n")
  }

  @Test func aMisspeltCommandIsNamed() throws {
    let folder = try Folder()
    let first = try Program.run(["analyse", "units.csv"], in: folder)
    #expect(first.errors == "verdict: 'verdict' has no command 'analyse'. Did you mean 'analyze'?\n")
    let second = try Program.run(["flow", "chekc", "oauth"], in: folder)
    #expect(second.errors == "verdict: 'verdict flow' has no command 'chekc'. Did you mean 'check'?\n")
    let third = try Program.run(["xyzzy"], in: folder)
    #expect(third.errors == "verdict: 'verdict' has no command 'xyzzy'. See 'verdict --help'.\n")
    #expect([first, second, third].map(\.exit) == [2, 2, 2])
  }

  /// A command is parsed by itself; what is wrong with its options is told with its whole name.
  @Test(arguments: ["flow check", "analyze", "spec check"]) func unknownOptionsAreToldOfTheWholeCommand(command: String)
    throws
  {
    let outcome = try Program.run(command.components(separatedBy: " ") + ["x", "--bogus"], in: try Folder())
    #expect(outcome.exit == 2 && outcome.errors.contains("verdict \(command)"), "\(outcome.errors)")
  }

  @Test func unknownRun() throws {
    let folder = try Folder()
    let none = try Program.run(["resume"], in: folder)
    #expect(none.exit == 2)
    #expect(none.errors == "verdict: .verdict/registry.sqlite: no runs yet. Start one with 'verdict run SPEC.yaml'.\n")
  }

  // MARK: - Notebooks

  @Test func aNotebookIsChecked() throws {
    let folder = try Folder()
    try folder.write("# Models\n\n```sh\nverdict flow list | head -1\n```\n```text\nab-test\n```\n", to: "good.md")
    let good = try Program.run(["notebook", "check", "good.md"], in: folder)
    #expect(good.exit == 0)
    #expect(good.output.hasSuffix("1 passed, 0 failed\n"))
    try folder.write(folder.text("good.md").replacing("\nab-test\n", with: "\nelse\n"), to: "stale.md")
    let stale = try Program.run(["notebook", "check", "stale.md"], in: folder)
    #expect(stale.exit == 1)
    #expect(stale.output.hasSuffix("0 passed, 1 failed\n"))
  }

  @Test func everyNotebookSaysWhatItPrints() throws {
    let folder = Repository.root.appending(path: "Notebooks-md")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
    #expect(!files.isEmpty)
    let outcome = try Program.run(
      ["notebook", "check"] + files.sorted().map { folder.appending(path: $0).path }, in: try Folder())
    #expect(outcome.exit == 0, Comment(rawValue: outcome.output))
  }
}
