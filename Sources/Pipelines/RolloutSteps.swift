import Basics
import Deployment
import Engines
import Experiments
import Foundation
import Registry
import Reports
import Workflow

// MARK: - Rollout

extension ExperimentSteps {
  private func winner(_ context: StepContext) throws -> String? {
    try result("effect.compute", context)["decision"]?["variant"]?.string
  }

  /// One stage a visit: the flag file is written, then the deployment recorded under the step's key.
  func advanceRollout(_ context: StepContext) throws -> StepOutcome {
    guard let rollout = spec.rollout, let winner = try winner(context) else {
      return .completed(["share": 1, "skipped": "the spec has no rollout"])
    }
    let number = min(context.visit, rollout.stages.count)
    let stage = rollout.stages[number - 1]
    let state = try RolloutState(spec: spec, winner: winner, stage: number, decision: "ship")
    // Stages only add users; someone may have deployed by hand in between.
    let moves = try DeploymentRecord.moves(to: state, rollout.target, in: workspace.registry)
    let takesFromUsers = try (moves?.moved ?? 0) > 0 && !isDeployed(context)
    if stage.requiresApproval || (rollout.requiresApproval && context.visit == 1) || takesFromUsers {
      guard let answer = context.answer else {
        let question =
          "Serve \(winner) to \(percent(stage.share)) of users (stage \(number) of \(rollout.stages.count))?"
        let warning = takesFromUsers ? moves.map { " \($0.sentence)." } ?? "" : ""
        return .waiting(.approval(role: "release owner", question: question + warning))
      }
      if isRefusal(answer) { return .completed(["refused": true, "by": .string(answer.by)]) }
    }
    let deployed = try deploy(state, context)
    return .completed(deployed)
  }

  /// Whether this step has deployed before and is repeated after a crash.
  private func isDeployed(_ context: StepContext) throws -> Bool {
    try workspace.registry.entries(run: folder.id, kind: .deployment).contains { $0.key == context.idempotencyKey }
  }

  private func isRefusal(_ answer: Answer) -> Bool {
    ["no", "n", "reject", "refuse"].contains(answer.choice?.lowercased() ?? "")
  }

  private func deploy(_ state: RolloutState, _ context: StepContext) throws -> JSONValue {
    let target = spec.rollout?.target ?? .flagd
    let file = try FlagFile(state, target: target)
    let name = Workspace.flagFile(state.flag, target: target)
    try writeOutput(file.text, to: workspace.file(name))
    var payload = DeploymentRecord.payload(state, target, file: name, at: now)
    payload["hash"] = .string(StoredJSON.hash(Array(file.text.utf8)))
    payload["limits"] = .array(file.limits.map { .string($0) })
    // A step that is repeated after a crash finds its entry: the time is that of the first.
    let entry = try workspace.registry.record(
      .deployment, key: context.idempotencyKey, run: folder.id, at: now, payload: .object(payload)
    ).entry
    return entry.payload
  }

  /// Waits out the stage, looks at the guardrails again if there are new data, and goes on, back or to the end.
  func decideRollout(_ context: StepContext) throws -> StepOutcome {
    let deployed = try result("rollout.advance", context)
    if deployed["refused"]?.bool == true { return .completed(["healthy": false, "reason": "refused"], choice: "No") }
    let share = deployed["share"]?.double ?? 1
    if let rollout = spec.rollout, let stage = deployed["stage"]?.int, rollout.stages.indices.contains(stage - 1) {
      let until = (deployed["at"]?.int ?? now) + Int(rollout.stages[stage - 1].hold)
      if now < until { return .waiting(.time(until: Int64(until), "the stage of \(percent(share)) is held")) }
    }
    if let harm = try harmInNewData(context) {
      return .completed(["healthy": false, "reason": .string(harm)], choice: "No")
    }
    return .completed(["healthy": true], choice: share >= 1 ? "Yes - Full traffic" : "Yes - Next stage")
  }

  /// The reason why the winner does harm, if the data have changed since the look and say so.
  private func harmInNewData(_ context: StepContext) throws -> String? {
    let request = spec.measurementRequest
    guard request.files.allSatisfy({ $0 != "-" && FileManager.default.fileExists(atPath: $0) }) else { return nil }
    let measurements = try measured(request)
    let known = try result("exposures.load", context)["files"]
    guard try JSONValue.encoding(measurements.files) != known else { return nil }
    let decision = try Analysis(
      measurements, plan: spec.analysisPlan, isClustered: spec.data.clusterColumn != nil
    ).decision
    let isHarm = decision.outcome == .rollback || decision.outcome == .invalid
    return isHarm ? decision.reasons.joined(separator: " ") : nil
  }

  func revertRollout(_ context: StepContext) throws -> StepOutcome {
    guard spec.rollout != nil else { return .completed(["variant": .string(spec.control)]) }
    let state = try RolloutState(spec: spec, winner: nil, stage: 0, decision: "keep")
    return .completed(try deploy(state, context))
  }

  /// The last step of both ends: the report, and the lesson in one sentence.
  func recordLesson(_ context: StepContext) throws -> StepOutcome {
    guard let computed = context.results["effect.compute"] else {
      return .completed(["lesson": "The run was stopped before an effect was computed."])
    }
    let analysis = try StoredJSON.read(Analysis.self, computed["analysis"], hash: computed["hash"], in: folder)
    try writeOutput(Report.render(analysis, as: .html), to: folder.file(RunFolder.report))
    return .completed([
      "lesson": .string(analysis.decision.reasons.joined(separator: " ")), "report": .string(RunFolder.report),
    ])
  }
}

/// A share as people write it: `10 %`, `0.5 %`.
func percent(_ share: Double) -> String {
  let value = (share * 1e6).rounded() / 1e4
  return value == value.rounded() ? "\(Int(value)) %" : "\(value) %"
}
