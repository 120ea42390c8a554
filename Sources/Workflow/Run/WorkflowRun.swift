import Basics
import Foundation
import Hashing

/// One durable execution of a model, kept in a directory: `model.flow`, `journal.jsonl` and `lock`.
///
/// A recorded step is never run again; an unrecorded one may run twice; its idempotency key is the same both times.
/// That holds for `undo=` steps too.
/// A step's result is recorded, and on disk, before the token moves. So a process killed at any moment loses at most the step
/// at which it was, and that step runs again.
///
/// At each visit of a node, in this order: `wait=` waits for a time, `human=` waits for `answer`, `step=` runs a step of the
/// library. A node without any of them only passes and is recorded. A diamond without a step takes the branch whose `when=`
/// holds for the result with which the token came, and without conditions asks a person. A step that throws is recorded as a
/// failed attempt; `retry=` says how often and when it is tried again, and after that the next `advance` tries it. `timeout=` ends
/// a shell command, or the wait for a person. A run that is aborted runs the `undo=` steps of what was completed, the latest first.
public final class WorkflowRun {
  public let id: String
  public let directory: String
  /// The model that is followed now.
  public let model: Model
  public let inputs: JSONValue
  /// What was found and mended on opening, for the user.
  public var notices: [String] { journal.notices }
  public var history: [JournalRecord] { journal.records }
  public var status: RunStatus { state.status }

  package let journal: Journal
  private let lock: RunLock
  let clock: @Sendable () -> Date
  private(set) var state: RunState

  // MARK: - Begin and open

  /// Begins a run. The journal appears with its first record or not at all.
  ///
  /// - Parameters:
  ///   - id: letters, digits, `.`, `_` and `-`; part of every idempotency key.
  ///   - directory: made if it is missing; it must not hold a run yet.
  ///   - text: the model; it is copied into the directory.
  /// - Throws: `RunFault` if the model has errors, is not sound or needs what is not executed, or if nothing can be written.
  public static func create(
    id: String, directory: String, model text: String, inputs: JSONValue = .null,
    clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(RunFault) -> WorkflowRun {
    guard isID(id) else { throw .badID(String(id.prefix(128))) }
    let bytes = Array(text.utf8)
    _ = try load(bytes, file: "model.flow")
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(file: directory, reason: error.localizedDescription)
    }
    let lock = try RunLock(directory: directory)
    let paths = Paths(directory: directory)
    guard !FileManager.default.fileExists(atPath: paths.journal) else { throw .exists(directory: directory) }
    let first = JournalRecord(
      sequence: 0, time: JournalRecord.timestamp(clock()),
      event: .began(run: id, modelHash: SHA256.hex(of: bytes), inputs: inputs))
    do throws(WriteFault) {
      try AtomicFile.write(bytes, to: paths.model)
      try AtomicFile.write(Journal.begin(first), to: paths.journal)
    } catch {
      throw .unwritable(file: error.position?.file ?? directory, reason: error.reason)
    }
    return try WorkflowRun(directory: directory, lock: lock, clock: clock)
  }

  /// Says whether a model can be run, and writes nothing.
  ///
  /// - Parameter file: the name that faults are reported under.
  /// - Throws: `RunFault` if the model has errors, is not sound or needs what is not executed.
  public static func validate(model text: String, file: String) throws(RunFault) {
    _ = try load(Array(text.utf8), file: file)
  }

  /// Opens a run to look at it, to answer or to advance. Only one owner at a time.
  ///
  /// - Throws: `RunFault` if another process has it, if the journal is damaged or does not fit the model, or if the model is not
  ///   byte for byte the one with which the run was begun.
  public static func open(
    directory: String, clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(RunFault) -> WorkflowRun {
    guard FileManager.default.fileExists(atPath: Paths(directory: directory).journal) else {
      throw .missing(file: Paths(directory: directory).journal)
    }
    return try WorkflowRun(directory: directory, lock: try RunLock(directory: directory), clock: clock)
  }

  private init(directory: String, lock: RunLock, clock: @escaping @Sendable () -> Date) throws(RunFault) {
    let paths = Paths(directory: directory)
    guard let bytes = FileManager.default.contents(atPath: paths.model).map({ [UInt8]($0) }) else {
      throw .missing(file: paths.model)
    }
    journal = try Journal(path: paths.journal)
    guard let first = journal.records.first else { throw .neverBegun(file: paths.journal) }
    guard case .began(let id, let recorded, let inputs) = first.event else {
      throw .diverges(file: paths.journal, line: 1, reason: "the first record does not begin a run")
    }
    let hash = SHA256.hex(of: bytes)
    guard hash == recorded else { throw .modelChanged(file: paths.model, recorded: recorded, found: hash) }
    var (model, graph, start) = try Self.load(bytes, file: paths.model)
    var state = RunState(graph: graph, start: start)
    for (index, record) in journal.records.enumerated().dropFirst() {
      if case .migrated(let hash, let file, let map) = record.event {
        (model, graph, start) = try Self.kept(file, hash: hash, in: directory)
        guard let moved = state.migrated(to: graph, map) else {
          throw .diverges(file: paths.journal, line: index + 1, reason: "the token's node is not in \(file)")
        }
        state = moved
        continue
      }
      if let misfit = state.apply(record.event) {
        throw .diverges(file: paths.journal, line: index + 1, reason: misfit)
      }
    }
    (self.id, self.directory, self.model, self.inputs) = (id, directory, model, inputs)
    (self.lock, self.clock, self.state) = (lock, clock, state)
  }

  // MARK: - Advance

  /// Goes on until the run ends, must wait, or a step fails.
  ///
  /// - Parameter stepLimit: the most nodes that a run may complete in all, against loops that are never left.
  /// - Throws: `RunFault` if a step is unknown (before anything is run), the limit is reached, or a record cannot be written.
  public func advance(
    library: StepLibrary, stepLimit: Int = 10_000, observer: ((RunEvent) -> Void)? = nil
  ) throws(RunFault) -> RunStatus {
    try requireSteps(in: library)
    while state.finishedAt == nil {
      if state.abort != nil { return try undo(library, observer) }
      guard state.steps < stepLimit else { throw .tooManySteps(limit: stepLimit) }
      let (node, visit) = (state.node, state.visit)
      observer?(.entered(node, visit: visit))
      switch try attempt(library) {
      case .completed(let result, let choice): observer?(.completed(node, visit: visit, result: result, choice: choice))
      case .waiting(let wait):
        observer?(.waiting(node, wait))
        return state.status
      case .failed(let message):
        observer?(.failed(node, message: message))
        return state.status
      case .again(let message): observer?(.failed(node, message: message))
      }
    }
    if case .finished(let end) = state.status { observer?(.finished(end: end)) }
    return state.status
  }

  /// Answers the node that waits for approval; `advance` then goes on.
  ///
  /// - Throws: `RunFault` if the node does not wait for an answer, or if a diamond has no such branch.
  public func answer(node id: String, _ answer: Answer) throws(RunFault) {
    guard case .waiting(let node, .approval) = state.status, node.id == id else { throw .notWaiting(node: id) }
    var answer = answer
    if node.shape == .diamond {
      let branching = Branching(graph: state.graph, node: state.current)
      if let choice = answer.choice, let edge = try? branching.edge(named: choice) {
        answer.choice = state.graph.edges[edge].label
      } else if answer.choice != nil || node.attributes["step"] == nil {
        throw .badChoice(node: id, found: answer.choice, labels: branching.labels)
      }
    }
    try record(.answered(node: id, visit: state.visit, answer))
  }

  private enum Attempt {
    case completed(JSONValue, String?), waiting(Wait), failed(String), again(String)
  }

  private func attempt(_ library: StepLibrary) throws(RunFault) -> Attempt {
    if let expired = try expire() { return expired }
    if let wait = due() { return try hold(wait) }
    let outcome: StepOutcome
    do {
      outcome = try perform(library)
    } catch {
      return try fail((error as? any InputFault)?.description ?? String(describing: error))
    }
    switch outcome {
    case .waiting(let wait): return try hold(wait)
    case .completed(let result, let choice): return try complete(result, choice)
    }
  }

  private var now: Int64 { Int64(clock().timeIntervalSince1970.rounded(.down)) }

  /// Nobody answered before the deadline: a decision takes the branch that `timeout=` names, anything else fails.
  private func expire() throws(RunFault) -> Attempt? {
    guard case .approval = state.wait, let until = state.deadline, now >= until, let deadline = deadline else {
      return nil
    }
    guard let branch = deadline.branch, state.node.shape == .diamond else {
      return try fail("nobody answered within \(deadline.seconds) s")
    }
    return try complete(["timedOut": true], branch)
  }

  private var deadline: Deadline? {
    state.node.attributes["timeout"].flatMap { text in try? Deadline(parsing: text) }
  }

  /// What must be waited for before the node's step is run.
  private func due() -> Wait? {
    let node = state.node
    if let text = node.attributes["wait"], let length = Duration(parsing: text) {
      let until = state.timer ?? now + length.components.seconds
      if now < until { return .time(until: until, "wait=\(text)") }
    }
    switch state.wait {
    case .time(let until, _) where now < until: return state.wait
    case .approval: return state.wait
    default: break
    }
    guard state.answer == nil else { return nil }
    let asksPerson =
      node.attributes["step"] == nil && node.shape == .diamond
      && !Branching(graph: state.graph, node: state.current).hasConditions
    guard node.attributes["human"] != nil || asksPerson else { return nil }
    return .approval(role: node.attributes["human"] ?? node.lane, question: node.label)
  }

  private func perform(_ library: StepLibrary) throws -> StepOutcome {
    let node = state.node
    guard let name = node.attributes["step"] else {
      if node.shape == .diamond, state.answer == nil { return .completed(state.latest) }
      return .completed(state.answer?.json ?? .null, choice: state.answer?.choice)
    }
    let context = StepContext(
      runID: id, inputs: inputs, node: node, visit: state.visit,
      idempotencyKey: StepContext.key(run: id, node: node.id, visit: state.visit), results: state.results,
      answer: state.answer,
      labels: node.shape == .diamond ? Branching(graph: state.graph, node: state.current).labels : [])
    return try library.run(name, context)
  }

  // MARK: - Records

  private func complete(_ result: JSONValue, _ choice: String?) throws(RunFault) -> Attempt {
    let (node, graph) = (state.node, state.graph)
    let edge: Int?
    do {
      _ = try JSONValue(parsing: result.text())
      edge = try Branching(graph: graph, node: state.current).edge(choice: choice, result: result)
    } catch let error as BranchFault {
      return try fail(error.sentence)
    } catch {
      return try fail("the step's result cannot be recorded: \(error)")
    }
    let label = node.shape == .diamond ? edge.flatMap { graph.edges[$0].label } : nil
    let recorded = try record(
      .completed(
        node: node.id, visit: state.visit, step: node.attributes["step"], result: result, choice: label,
        next: edge.map { graph.nodes[graph.targets[$0]].id }))
    guard case .completed(_, _, _, let value, _, _) = recorded.event else { return .completed(result, label) }
    return .completed(value, label)
  }

  /// A wait is recorded once, however often the run is resumed meanwhile.
  private func hold(_ wait: Wait) throws(RunFault) -> Attempt {
    if case .approval = wait, let deadline, state.deadline == nil {
      let what = RunState.deadlineMark + (state.node.attributes["timeout"] ?? "")
      try record(.waiting(node: state.node.id, visit: state.visit, .time(until: now + deadline.seconds, what)))
    }
    if state.wait != wait { try record(.waiting(node: state.node.id, visit: state.visit, wait)) }
    return .waiting(wait)
  }

  private func fail(_ message: String) throws(RunFault) -> Attempt {
    let attempt = state.attempts + 1
    try record(.failed(node: state.node.id, visit: state.visit, attempt: attempt, message: message))
    guard let text = state.node.attributes["retry"], let policy = try? RetryPolicy(parsing: text),
      let pause = policy.pause(afterAttempt: attempt)
    else { return .failed(message) }
    guard pause > 0 else { return .again(message) }
    return try hold(.time(until: now + pause, "retry \(attempt) of \(policy.retries): \(message)"))
  }

  @discardableResult
  func record(_ event: JournalRecord.Event) throws(RunFault) -> JournalRecord {
    let record = try journal.append(event, at: JournalRecord.timestamp(clock()))
    if let misfit = state.apply(record.event) {
      throw .diverges(file: Paths(directory: directory).journal, line: history.count, reason: misfit)
    }
    return record
  }

  // MARK: - Requirements

  private func requireSteps(in library: StepLibrary) throws(RunFault) {
    for node in model.nodes {
      for name in [node.attributes["step"], node.attributes["undo"]].compactMap({ $0 }) where !library.has(name) {
        throw .unknownStep(name: name, node: node.id, nearest: nearestName(to: name, among: library.names))
      }
    }
  }

  static func load(
    _ bytes: [UInt8], file: String
  ) throws(RunFault) -> (model: Model, graph: ModelGraph, start: Int) {
    let parsed = Notation.parse(bytes, file: file)
    guard let model = parsed.model else {
      let errors = parsed.diagnostics.filter { $0.severity == .error }.prefix(20)
      throw .badModel(file: file, reason: "the model has errors:\n" + trimmed(errors.text))
    }
    let report = model.check()
    let graph = ModelGraph(model)
    guard report.sound, !report.hasErrors, let start = graph.nodes.indices.first(where: graph.isStart) else {
      throw .badModel(file: file, reason: "the model cannot be run:\n" + trimmed(report.text))
    }
    for node in model.nodes {
      do throws(AttributeFault) {
        if let text = node.attributes["retry"] { _ = try RetryPolicy(parsing: text) }
      } catch { throw .badAttribute(node: node.id, attribute: "retry", reason: error.sentence) }
      do throws(AttributeFault) {
        if let text = node.attributes["timeout"] { _ = try Deadline(parsing: text) }
      } catch { throw .badAttribute(node: node.id, attribute: "timeout", reason: error.sentence) }
    }
    return (model, graph, start)
  }

  private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .newlines) }

  private static func isID(_ id: String) -> Bool {
    (1...128).contains(id.utf8.count)
      && id.utf8.allSatisfy { $0.isIdentifierTail || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }

  struct Paths {
    let model: String
    let journal: String
    init(directory: String) { (model, journal) = (directory + "/model.flow", directory + "/journal.jsonl") }
  }
}
