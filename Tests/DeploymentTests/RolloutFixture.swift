import Basics
import Deployment
import Experiments

/// A rollout of two variants whose flag serves true or false.
enum RolloutFixture {
  static let shares = ["10%", "50%", "100%"]

  static func spec(control: String = "false", treatment: String = "true", shares: [String] = shares) throws
    -> ExperimentSpec
  {
    try ExperimentSpec(
      yaml: """
        version: 1
        name: checkout
        variants:
          control: { value: \(control) }
          treatment: { value: \(treatment) }
        control: control
        data: { files: [units.csv] }
        metrics:
          - conversion = proportion(converted)
        rollout:
          flag: one-page
          stages: [\(shares.map { "{ share: \($0) }" }.joined(separator: ", "))]
        """)
  }

  static func state(stage: Int, winner: String? = "treatment") throws -> RolloutState {
    try RolloutState(spec: spec(), winner: winner, stage: stage, decision: winner == nil ? "rollback" : "ship")
  }

  static func text(_ state: RolloutState, _ target: ExperimentSpec.Rollout.Target) throws -> String {
    try FlagFile(state, target: target).document.text()
  }
}
