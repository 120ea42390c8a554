import ArgumentParser
import Basics
import Foundation
import Workflow

/// How a model's run is carried on, shared by the commands that advance one.
struct FlowRunOptions: ParsableArguments {
  @Option(
    name: .customLong("step"), parsing: .singleValue,
    help: ArgumentHelp("A command for a step that the model names: NAME='make report'.", valueName: "step"))
  var steps: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Signed answers to what the model asks persons; needs --key.", valueName: "file"))
  var answers: [String] = []

  @Option(help: ArgumentHelp("The file of the key with which answers are signed.", valueName: "file"))
  var key: String?

  @Flag(help: "Sleep through waits for a time instead of stopping there.")
  var wait = false

  @Option(help: "The most nodes that the run may complete in all.")
  var stepLimit = 10_000

  func validate() throws {
    if !answers.isEmpty, key == nil { throw ValidationError("--answers needs --key: signed answers are checked.") }
  }

  func library() throws -> StepLibrary {
    var library = StepLibrary()
    for step in steps {
      let parts = step.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw UsageFault(sentence: "--step: expected NAME=COMMAND, found '\(step)'.")
      }
      library.register(parts[0], shell: parts[1])
    }
    return library
  }

  /// Advances as far as it goes, asking the person at the terminal what the model asks a person.
  func advance(_ run: WorkflowRun) throws {
    let library = try library()
    let signed = try key.map { try SignedAnswers(files: answers, key: $0) }
    while true {
      let status = try run.advance(library: library, stepLimit: stepLimit) { Self.tell($0) }
      switch status {
      case .finished(let end):
        try Terminal.print("\(run.id): finished at \(end.label)")
        return
      case .waiting(_, .time(let until, _)) where wait:
        sleep(UInt32(clamping: max(1, until - Int64(Date().timeIntervalSince1970))))
      case .waiting(let node, .approval) where signed?.answer(to: run, at: node) != nil:
        if let signed, let answer = signed.answer(to: run, at: node) { try run.answer(answer, key: signed.key) }
      case .waiting(let node, .approval(let role, let question)) where isatty(STDIN_FILENO) == 1:
        try ask(run, node, role, question)
      case .waiting(let node, let reason):
        try Terminal.print("\(run.id): waits at \(node.label) (\(node.id)), \(Self.words(reason))")
        return
      case .failed(let node, let message):
        try Terminal.print("\(run.id): stands at \(node.label) (\(node.id)): \(message)")
        throw AnswerIsNo(reason: "go on with: verdict flow resume \(run.directory)")
      case .running: continue
      }
    }
  }

  private func ask(_ run: WorkflowRun, _ node: Node, _ role: String, _ question: String) throws {
    let labels = run.model.edges.filter { $0.source.node == node.id }.compactMap(\.label)
    let choices = node.shape == .diamond ? " [\(labels.joined(separator: " / "))]" : " [done]"
    Terminal.plain("\(role): \(question)\(choices)")
    guard let line = readLine() else {
      throw AnswerIsNo(reason: "no answer; go on with: verdict flow resume \(run.directory)")
    }
    let text = line.trimmingCharacters(in: .whitespaces)
    let person = Person.name
    do throws(RunFault) {
      try run.answer(node: node.id, Answer(choice: node.shape == .diamond ? text : nil, by: person))
    } catch { Terminal.notice(error.description) }
  }

  private static func tell(_ event: RunEvent) {
    switch event {
    case .completed(let node, let visit, _, let choice):
      let again = visit > 1 ? " (visit \(visit))" : ""
      Terminal.notice("\(node.id)  \(node.label)\(again)" + (choice.map { " → \($0)" } ?? ""))
    case .failed(let node, let message): Terminal.notice("\(node.id)  \(node.label): \(message)")
    case .entered, .waiting, .finished: return
    }
  }

  private static func words(_ wait: Wait) -> String {
    switch wait {
    case .data(let what): "for data: \(what)"
    case .time(let until, let what):
      "until \(Date(timeIntervalSince1970: TimeInterval(until)).formatted(.iso8601)): \(what)"
    case .approval(let role, let question): "for \(role): \(question)"
    }
  }
}

struct RunFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run any model, durably: stopped at any moment, it goes on where it was.",
    discussion: """
      EXAMPLES
        verdict flow run deploy.flow --into runs/42 --step build='make all' \\
          --step ship=./ship.sh
        verdict flow resume runs/42

      Steps are commands, written in the model as step="sh: make all" or given by
      --step. A recorded step is never run again; an unrecorded one may run twice,
      and its VERDICT_KEY is the same both times.
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Option(help: ArgumentHelp("The run's new folder.", valueName: "folder"))
  var into: String

  @Option(help: ArgumentHelp("What the steps are given, JSON.", valueName: "file"))
  var inputs: String?

  @OptionGroup var options: FlowRunOptions

  func run() throws {
    let source = try ModelSource(model)
    var value = JSONValue.null
    if let inputs {
      guard let data = FileManager.default.contents(atPath: inputs) else {
        throw UsageFault(sentence: "no file '\(inputs)' of inputs.")
      }
      value = try JSONValue(parsing: data, file: inputs)
    }
    let text = String(decoding: source.bytes, as: UTF8.self)
    try WorkflowRun.validate(model: text, file: source.name)
    let run = try WorkflowRun.create(
      id: (into as NSString).lastPathComponent, directory: into, model: text, inputs: value)
    try options.advance(run)
  }
}

struct ResumeFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that waited, failed or was killed.",
    discussion: "EXAMPLE\n  verdict flow resume runs/42 --step build='make all'")

  @Argument(help: "The run's folder.")
  var folder: String

  @OptionGroup var options: FlowRunOptions

  func run() throws {
    let run = try WorkflowRun.open(directory: folder)
    for notice in run.notices { Terminal.notice(notice) }
    try options.advance(run)
  }
}

struct AbortFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abort", abstract: "Give a run up and run the undo= steps of what it has done, the latest first.",
    discussion: "EXAMPLE\n  verdict flow abort runs/42 --reason 'wrong branch' --step unship=./unship.sh")

  @Argument(help: "The run's folder.")
  var folder: String

  @Option(help: "Why, for the record.")
  var reason: String

  @OptionGroup var options: FlowRunOptions

  func run() throws {
    let library = try options.library()
    let run = try WorkflowRun.open(directory: folder)
    try run.abort(by: Person.name, reason: reason)
    let status = try run.advance(library: library) { event in
      if case .completed(let node, _, _, _) = event { Terminal.notice("\(node.id)  \(node.label): undone") }
    }
    guard case .failed(let node, let message) = status else { return }
    try Terminal.print("\(run.id): \(node.label): \(message)")
  }
}

struct ExplainFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why a run took each branch.",
    discussion: "EXAMPLE\n  verdict flow explain runs/42")

  @Argument(help: "The run's folder.")
  var folder: String

  @Flag(help: "JSON instead of text.")
  var json = false

  func run() throws {
    let run = try WorkflowRun.open(directory: folder)
    let reasons = run.explanation()
    guard !json else {
      let value: JSONValue = [
        "schema": "verdict.flow-explain/1", "run": .string(run.id),
        "branches": .array(
          reasons.map {
            [
              "node": .string($0.node), "label": .string($0.label), "visit": .integer($0.visit),
              "branch": .string($0.branch), "why": .string($0.why),
            ]
          }),
      ]
      try Terminal.print(value.text(pretty: true), terminator: "")
      return
    }
    for reason in reasons { try Terminal.print(reason.sentence) }
    if reasons.isEmpty { Terminal.notice("the run has taken no branch yet") }
  }
}

struct MigrateFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Let a run go on with a changed model from where it stands.",
    discussion: """
      EXAMPLE
        verdict flow migrate runs/42 new.flow --map n7=n9

      Nodes keep their ids unless --map says otherwise. The old model stays beside
      the new one, and the journal says from where on which is followed.
      """)

  @Argument(help: "The run's folder.")
  var folder: String

  @Argument(help: "The new model: a .flow file or a built-in model's name.")
  var model: String

  @Option(parsing: .singleValue, help: ArgumentHelp("A node's new id: OLD=NEW.", valueName: "map"))
  var map: [String] = []

  func run() throws {
    var ids: [String: String] = [:]
    for pair in map {
      let parts = pair.split(separator: "=").map(String.init)
      guard parts.count == 2 else { throw UsageFault(sentence: "--map: expected OLD=NEW, found '\(pair)'.") }
      ids[parts[0]] = parts[1]
    }
    let text = String(decoding: try ModelSource(model).bytes, as: UTF8.self)
    let run = try WorkflowRun.migrate(directory: folder, to: text, map: ids)
    try Terminal.print("\(run.id): goes on with \(model)")
  }
}

struct ReplayFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run a recorded run's steps again and compare; exits with 1 if one comes to something else.",
    discussion: """
      EXAMPLE
        verdict flow replay runs/42 --step build='make all'

      Nothing is recorded, but the commands are really run: use it where they may run
      again.
      """)

  @Argument(help: "The run's folder.")
  var folder: String

  @OptionGroup var options: FlowRunOptions

  func run() throws {
    let check = try ReplayCheck(try WorkflowRun.open(directory: folder), library: try options.library())
    for divergence in check.divergences { try Terminal.print(divergence.sentence) }
    Terminal.notice("\(check.steps) steps, \(check.divergences.count) diverge")
    if !check.divergences.isEmpty { throw AnswerIsNo(reason: "the history does not replay") }
  }
}
