import Allocation
import Basics
import Deployment
import Experiments
import Foundation
import Registry
import Workflow

/// Deploying and rolling back by hand, outside the run's own ramp.
public struct ManualDeployment: Sendable {
  private let runner: PipelineRunner
  private let clock: @Sendable () -> Date

  public init(_ runner: PipelineRunner, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.runner = runner
    self.clock = clock
  }

  /// The flag file of a run's decision at a stage; the last deployed stage if none is named, else the first.
  ///
  /// - Throws: `PipelineFault` if the run has not decided.
  public func file(
    run id: String, target: ExperimentSpec.Rollout.Target?, stage: Int?
  ) throws -> (state: RolloutState, file: FlagFile, target: ExperimentSpec.Rollout.Target) {
    let spec = try experiment(id)
    guard let decision = try runner.workspace.registry.entries(run: id, kind: .decision).last?.payload else {
      throw PipelineFault(.noDecision(run: id))
    }
    let outcome = decision["outcome"]?.string ?? ""
    let winner = outcome == "ship" ? decision["variant"]?.string : nil
    let deployed = try runner.workspace.registry.entries(run: id, kind: .deployment).last?.payload["stage"]?.int
    let state = try RolloutState(
      spec: spec, winner: winner, stage: stage ?? max(1, deployed ?? 1), decision: outcome)
    let target = target ?? spec.rollout?.target ?? .flagd
    return (state, try FlagFile(state, target: target), target)
  }

  /// Writes the flag file that serves the control to everyone, and records it.
  ///
  /// - Returns: the file's path.
  public func rollback(run id: String, by person: String) throws -> String {
    let spec = try experiment(id)
    let state = try RolloutState(spec: spec, winner: nil, stage: 0, decision: "rollback")
    let target = spec.rollout?.target ?? .flagd
    let name = Workspace.flagFile(state.flag, target: target)
    let path = runner.workspace.file(name)
    try writeOutput(FlagFile(state, target: target).text, to: path)
    try record(state, target, name, run: id, by: person)
    return path
  }

  /// Records a deployment that was made by hand.
  public func record(
    _ state: RolloutState, _ target: ExperimentSpec.Rollout.Target, _ path: String, run id: String, by person: String
  ) throws {
    let now = Int(clock().timeIntervalSince1970)
    let count = try runner.workspace.registry.entries(run: id, kind: .deployment).count
    var payload = DeploymentRecord.payload(state, target, file: path, at: now)
    payload["by"] = .string(person)
    try runner.workspace.registry.record(
      .deployment, key: "\(id)/by-hand/\(count + 1)", run: id, at: now, payload: .object(payload))
  }

  /// Users who were exposed by the flag's last deployment and would get another variant by this one; nil if there was none.
  ///
  /// - Parameter ids: the users; nil: a sample of made-up ids.
  public func moves(
    to state: RolloutState, _ target: ExperimentSpec.Rollout.Target, ids: UnitIDs? = nil
  ) throws -> ExposedMoves? {
    try DeploymentRecord.moves(to: state, target, in: runner.workspace.registry, ids: ids)
  }

  private func experiment(_ id: String) throws -> ExperimentSpec {
    guard case .experiment(let spec) = try runner.spec(of: try runner.open(id)) else {
      throw PipelineFault(.notAnExperiment(run: id))
    }
    return spec
  }
}
