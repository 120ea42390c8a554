import Basics
import Cohorts
import Engines
import Experiments
import Foundation
import Registry
import Tables
import Workflow

/// Begins, continues and inspects durable runs of experiment and cohort specs.
public struct PipelineRunner: Sendable {
  public let workspace: Workspace
  let clock: @Sendable () -> Date

  public init(_ workspace: Workspace, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.workspace = workspace
    self.clock = clock
  }

  /// Begins a run of a spec: the spec is copied, the model chosen, the journal begun. Nothing is executed yet.
  ///
  /// - Returns: the run's id.
  public func begin(spec path: String) throws -> String {
    guard let text = (FileManager.default.contents(atPath: path)).map({ String(decoding: $0, as: UTF8.self) }) else {
      throw PipelineFault(.unreadable(reason: "there is no such file"), file: path)
    }
    let spec = try RunSpec(yaml: text, file: path)
    let model = try modelText(spec)
    try WorkflowRun.validate(model: model, file: spec.model ?? "model.flow")
    let id = workspace.freshRunID(for: spec.name)
    let folder = workspace.folder(of: id)
    let directory = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
    try writeOutput(text, to: folder.file(RunFolder.spec))
    let inputs: JSONValue = [
      "spec": .string(path), "directory": .string(directory), "specHash": .string(spec.specHash),
    ]
    _ = try WorkflowRun.create(id: id, directory: folder.path, model: model, inputs: inputs, clock: clock)
    try list(id, spec: spec, path: path)
    return id
  }

  /// Goes on until the run ends, must wait, or a step fails.
  ///
  /// - Parameter approve: answers every question with yes, in this name; nil waits for a person.
  public func advance(
    _ id: String, approve: String? = nil, observer: ((RunEvent) -> Void)? = nil
  ) throws -> RunStatus {
    let run = try open(id)
    let library = try library(for: run)
    var status = try run.advance(library: library, observer: observer)
    while let approve, case .waiting(let node, .approval) = status {
      try run.answer(node: node.id, Answer(choice: yes(for: node, run), by: approve))
      status = try run.advance(library: library, observer: observer)
    }
    return status
  }

  /// Answers the question for which a run waits; `advance` then goes on.
  ///
  /// - Parameter node: the node that is meant; nil: the one at which the run stands.
  public func answer(_ id: String, node wanted: String? = nil, _ answer: Answer) throws {
    let run = try open(id)
    if let wanted, !run.model.nodes.contains(where: { $0.id == wanted }) {
      throw PipelineFault(.unknownNode(wanted, nearest: nearestName(to: wanted, among: run.model.nodes.map(\.id))))
    }
    guard case .waiting(let node, .approval) = run.status else {
      throw PipelineFault(.notWaiting(run: id, status: Self.describe(run.status)))
    }
    try run.answer(node: wanted ?? node.id, answer)
  }

  public func open(_ id: String) throws(RunFault) -> WorkflowRun {
    try WorkflowRun.open(directory: workspace.folder(of: id).path, clock: clock)
  }

  /// The spec of a run as it was when the run began.
  public func spec(of run: WorkflowRun) throws -> RunSpec {
    let path = workspace.folder(of: run.id).file(RunFolder.spec)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PipelineFault(.unreadable(reason: "the run's copy of the spec is missing"), file: path)
    }
    var spec = try RunSpec(yaml: String(decoding: data, as: UTF8.self), file: path)
    guard spec.specHash == run.inputs["specHash"]?.string else {
      throw PipelineFault(.damagedOutput(reason: "the spec was changed after the run began"), file: path)
    }
    let directory = run.inputs["directory"]?.string ?? ""
    switch spec {
    case .experiment(var experiment):
      experiment.directory = directory
      spec = .experiment(experiment)
    case .cohort(var cohort):
      cohort.directory = directory
      spec = .cohort(cohort)
    }
    return spec
  }

  /// One phrase for people.
  public static func describe(_ status: RunStatus) -> String {
    switch status {
    case .running(let node): "running, at \(node.label)"
    case .finished(let end): "finished: \(end.label)"
    case .failed(let node, let message): "failed at \(node.label): \(message)"
    case .waiting(let node, .data(let reason)): "waiting for data at \(node.label): \(reason)"
    case .waiting(let node, .time(let until, let reason)):
      "waiting until \(Self.instant(until)) at \(node.label): \(reason)"
    case .waiting(let node, .approval(let role, let question)): "waiting for the \(role) at \(node.label): \(question)"
    }
  }

  // MARK: - Parts

  private func modelText(_ spec: RunSpec) throws -> String {
    if let path = spec.model {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw PipelineFault(
          .unreadable(reason: "the spec names it as its model, and there is no such file"), file: path)
      }
      return String(decoding: data, as: UTF8.self)
    }
    switch spec {
    case .experiment: return BuiltInModels.text(named: "ab-test") ?? ""
    case .cohort: return BuiltInModels.text(named: "cohort") ?? ""
    }
  }

  private func library(for run: WorkflowRun) throws -> StepLibrary {
    let folder = workspace.folder(of: run.id)
    switch try spec(of: run) {
    case .experiment(let spec):
      let engine = CSVEngine(options: TableOptions(nullWords: spec.data.nullWords))
      return ExperimentSteps(spec: spec, folder: folder, workspace: workspace, engine: engine, clock: clock).library
    case .cohort(let spec):
      return CohortSteps(spec: spec, folder: folder, workspace: workspace, clock: clock).library
    }
  }

  /// The branch that says yes, where the node is a diamond that asks.
  private func yes(for node: Node, _ run: WorkflowRun) -> String? {
    guard node.shape == .diamond else { return nil }
    let edges = run.model.edges.filter { $0.source.node == node.id }
    return edges.compactMap(\.label).first { $0.lowercased().hasPrefix("yes") }
  }

  static func instant(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}

extension PipelineRunner {
  /// The analysis of a run's latest look, if it is still what the run wrote.
  ///
  /// - Throws: `PipelineFault` if the run has not come so far, or if the file is missing or was changed.
  public func storedAnalysis(of id: String) throws -> Analysis {
    let look = try recorded("effect.compute", of: id)
    return try StoredJSON.read(
      Analysis.self, look["analysis"], hash: look["hash"], in: workspace.folder(of: id))
  }

  /// The report that a cohort run wrote, if it is still what the run wrote.
  ///
  /// - Throws: `PipelineFault` if the run has not come so far, or if the file is missing or was changed.
  public func storedCohortReport(of id: String) throws -> CohortReport {
    let reviewed = try recorded("findings.review", of: id)
    return try StoredJSON.read(
      CohortReport.self, reviewed["cohorts"], hash: reviewed["hash"], in: workspace.folder(of: id))
  }

  /// The latest result of a step in a run's journal.
  private func recorded(_ step: String, of id: String) throws -> JSONValue {
    let found = try open(id).history.reversed().lazy.compactMap { record -> JSONValue? in
      guard case .completed(_, _, step, let result, _, _) = record.event else { return nil }
      return result
    }.first
    guard let found else { throw PipelineFault(.noResult(step: step)) }
    return found
  }
}
