import Allocation
import Basics
import Deployment
import Experiments
import Registry

/// What the registry keeps of a deployment, and what the next one would do to the users of it.
enum DeploymentRecord {
  static func payload(
    _ state: RolloutState, _ target: ExperimentSpec.Rollout.Target, file: String, at: Int
  ) -> JSONObject {
    [
      "flag": .string(state.flag), "target": .string(target.rawValue), "stage": .integer(state.stage),
      "share": .number(state.share), "variant": .string((state.winner ?? state.control).name),
      "salt": .string(state.salt), "file": .string(file), "at": .integer(at),
    ]
  }

  /// Users who were exposed by the flag's last deployment and would get another variant; nil if there was none.
  static func moves(
    to state: RolloutState, _ target: ExperimentSpec.Rollout.Target, in registry: Registry, ids: UnitIDs? = nil
  ) throws -> ExposedMoves? {
    let deployments = try registry.entries(kind: .deployment).map(\.payload)
    guard let last = deployments.last(where: { $0["flag"]?.string == state.flag }) else { return nil }
    return ExposedMoves(
      from: try serving(last, like: state), to: try Serving(state, target: target), control: state.control.name,
      ids: ids)
  }

  /// What a recorded deployment serves.
  private static func serving(_ payload: JSONValue, like state: RolloutState) throws -> Serving {
    var old = state
    let variant = payload["variant"]?.string ?? state.control.name
    old.winner = variant == state.control.name ? nil : RolloutState.Served(name: variant, value: .string(variant))
    old.share = payload["share"]?.double ?? 0
    old.salt = payload["salt"]?.string ?? state.salt
    let target = payload["target"]?.string.flatMap { ExperimentSpec.Rollout.Target(rawValue: $0) } ?? .flagd
    return try Serving(old, target: target)
  }
}
