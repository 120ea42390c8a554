import ArgumentParser
import Basics
import Experiments
import Foundation
import Pipelines
import Registry
import Workflow

/// Where runs are kept, shared by the commands about runs.
struct WorkspaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that keeps runs, registry and flag files.", valueName: "folder"))
  var directory = ".verdict"

  func runner() throws -> PipelineRunner { PipelineRunner(try Workspace(directory: directory)) }

  var person: String { ProcessInfo.processInfo.environment["USER"] ?? "unknown" }
}

/// Prints each step as it is done, and where the run stands in the end.
struct RunNarrator {
  func tell(_ event: RunEvent) {
    switch event {
    case .completed(let node, let visit, _, let choice):
      guard node.attributes["step"] != nil || choice != nil else { return }
      let again = visit > 1 ? " (visit \(visit))" : ""
      Terminal.notice("\(node.id)  \(node.label)\(again)" + (choice.map { " → \($0)" } ?? ""))
    case .failed(let node, let message): Terminal.notice("\(node.id)  \(node.label): \(message)")
    case .entered, .waiting, .finished: return
    }
  }

  /// The last line on standard output: run, status.
  func conclude(_ id: String, _ status: RunStatus, _ runner: PipelineRunner) throws {
    for line in try runner.latestLook(id) { Terminal.notice(line) }
    try Terminal.print("\(id): \(PipelineRunner.describe(status))")
    switch status {
    case .waiting(let node, .approval):
      Terminal.notice("answer with: verdict approve \(id) --node \(node.id) [--answer LABEL]")
    case .waiting: Terminal.notice("go on with: verdict resume \(id)")
    case .failed:
      throw UsageFault(
        sentence: "a step failed; repair its cause and go on with: verdict resume \(id). "
          + "A changed spec is a new run: verdict run SPEC")
    case .running, .finished: return
    }
  }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an experiment or cohort spec through its workflow model, durably.",
    discussion: """
      EXAMPLES
        verdict run experiment.yaml
        verdict run Examples/actg175.yaml --yes       answer every question with yes

      The run is journalled: stopped at any moment, it goes on with 'verdict resume'
      and repeats no recorded step. It stops where it must wait, for data, for a time
      or for a person ('verdict approve'). 'verdict spec example' prints a spec to
      begin with.
      """)

  @Argument(help: ArgumentHelp("The spec, YAML.", valueName: "spec"))
  var spec: String

  @Flag(help: "Answer every question of the model with yes, in your name.")
  var yes = false

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    _ = try RunSpec.load(spec)  // Before a workspace is made for it.
    let runner = try workspace.runner()
    let id = try runner.begin(spec: spec)
    let narrator = RunNarrator()
    Terminal.notice("run \(id)")
    try narrator.conclude(
      id, try runner.advance(id, approve: yes ? workspace.person : nil, observer: narrator.tell), runner)
  }
}

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that waited, failed or was killed.",
    discussion: "EXAMPLE\n  verdict resume checkout-1")

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @Flag(help: "Answer every question of the model with yes, in your name.")
  var yes = false

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let id = try runner.resolve(run: name)
    let narrator = RunNarrator()
    try narrator.conclude(
      id, try runner.advance(id, approve: yes ? workspace.person : nil, observer: narrator.tell), runner)
  }
}

struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Answer the question for which a run waits, and go on.",
    discussion: """
      EXAMPLES
        verdict approve checkout-1
        verdict approve checkout-1 --answer no --comment 'support is not ready'
      """)

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @Option(help: "The node that waits; by default the one at which the run stands.")
  var node: String?

  @Option(help: "yes, no, or the label of a branch.")
  var answer: String?

  @Option(help: "Who answers; by default the user's name.")
  var by: String?

  @Option(help: "Kept with the answer.")
  var comment: String?

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let id = try runner.resolve(run: name)
    try runner.answer(id, node: node, Answer(choice: answer, by: by ?? workspace.person, comment: comment))
    let narrator = RunNarrator()
    try narrator.conclude(id, try runner.advance(id, observer: narrator.tell), runner)
  }
}

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Where all runs stand, or one with what its latest look found.",
    discussion: "EXAMPLES\n  verdict status\n  verdict status checkout-1")

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; all runs by default.", valueName: "run"))
  var name: String?

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let ids = try name.map { [try runner.resolve(run: $0)] } ?? runner.runs()
    if ids.isEmpty { Terminal.notice("no runs yet; start one with 'verdict run SPEC.yaml'") }
    for id in ids { try Terminal.print("\(id): \(PipelineRunner.describe(try runner.open(id).status))") }
    guard name != nil, let id = ids.first else { return }
    for line in try runner.latestLook(id) { try Terminal.print(line) }
  }
}

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "What was recorded: looks, decisions and deployments, or one run's journal.",
    discussion: """
      EXAMPLES
        verdict history                 the ledger of all runs
        verdict history checkout-1      every step of one run
      """)

  @Argument(
    help: ArgumentHelp("The run, or the beginning of its name; the ledger of all runs by default.", valueName: "run"))
  var name: String?

  @Flag(help: "One JSON record a line.")
  var json = false

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    guard let name else {
      for entry in try runner.workspace.registry.entries() { try Terminal.print(line(entry)) }
      return
    }
    let opened = try runner.open(try runner.resolve(run: name))
    for record in opened.history {
      let text = JSONValue.object(record.json).text()
      try Terminal.print(json ? text : "\(record.time)  \(Self.summary(record))")
    }
  }

  static func summary(_ record: JournalRecord) -> String {
    switch record.event {
    case .began(let run, let modelHash, _): "began \(run), model sha256 \(modelHash.prefix(12))…"
    case .completed(let node, let visit, let step, let result, let choice, _):
      "\(node) visit \(visit)" + (step.map { " \($0)" } ?? "") + (choice.map { " → \($0)" } ?? "")
        + (result.isNull ? "" : "  \(String(result.text().prefix(160)))")
    case .waiting(let node, _, let wait): "\(node) waits: \(wait)"
    case .answered(let node, _, let answer): "\(node) answered by \(answer.by): \(answer.choice ?? "yes")"
    case .failed(let node, _, let attempt, let message): "\(node) failed, attempt \(attempt): \(message)"
    case .aborted(let by, let reason): "aborted by \(by): \(reason)"
    case .undone(let node, let visit, let step, _): "\(node) visit \(visit) undone by \(step)"
    case .migrated(let modelHash, let file, _): "goes on with \(file), sha256 \(modelHash.prefix(12))…"
    }
  }

  private func line(_ entry: LedgerEntry) -> String {
    let time = Date(timeIntervalSince1970: TimeInterval(entry.at)).formatted(.iso8601)
    if json {
      return JSONValue.object([
        "sequence": .integer(entry.sequence), "kind": .string(entry.kind.rawValue), "run": .string(entry.run),
        "at": .string(time), "payload": entry.payload, "hash": .string(entry.hash),
      ]).text()
    }
    return "\(entry.sequence)  \(time)  \(entry.kind.rawValue)  \(entry.run)  \(entry.payload.text())"
  }
}

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Recompute what a run recorded; exits with 1 if anything differs.",
    discussion: "EXAMPLE\n  verdict verify checkout-1")

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let verification = try Verification(run: try runner.resolve(run: name), runner)
    for item in verification.items {
      try Terminal.print("\(item.passed ? "ok    " : "FAILED") \(item.subject): \(item.detail)")
    }
    if !verification.passed { throw AnswerIsNo(reason: "the record does not verify") }
  }
}
