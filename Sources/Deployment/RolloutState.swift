import Basics
import Experiments

/// What a flag is to serve now: the winner to a share of all users, the control to the rest.
public struct RolloutState: Sendable, Hashable {
  public var flag: String
  public var experiment: String
  /// Name of the variant and what the flag serves for it.
  public var control: Served
  /// Nil: everyone gets the control.
  public var winner: Served?
  /// Share of all users that get the winner, in [0, 1].
  public var share: Double
  /// 1-based; 0 before the first stage and after a rollback.
  public var stage: Int
  /// Mixed into the hash, so that a flag's users are not always the first ones.
  public var salt: String
  public var decision: String
  public var specHash: String

  public struct Served: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The state of a rollout plan at a stage.
  ///
  /// - Parameters:
  ///   - winner: the name of the variant to roll out; nil returns everyone to the control.
  ///   - stage: 1-based place in the plan's stages; ignored without a winner.
  /// - Throws: `DeploymentFault` if there is no rollout plan, no such stage or no such variant.
  public init(spec: ExperimentSpec, winner: String?, stage: Int, decision: String) throws(DeploymentFault) {
    guard let rollout = spec.rollout else { throw DeploymentFault(.noRollout(experiment: spec.name)) }
    func served(_ name: String) throws(DeploymentFault) -> Served {
      guard let variant = spec.variants.first(where: { $0.name == name }) else {
        throw DeploymentFault(.unknownVariant(name, known: spec.variants.map(\.name)))
      }
      return Served(name: name, value: variant.value ?? .string(name))
    }
    flag = rollout.flag
    experiment = spec.name
    control = try served(spec.control)
    salt = "\(spec.allocation.salt)/rollout"
    self.decision = decision
    specHash = spec.specHash
    if let winner {
      guard rollout.stages.indices.contains(stage - 1) else {
        throw DeploymentFault(.noStage(stage, count: rollout.stages.count))
      }
      self.winner = try served(winner)
      share = rollout.stages[stage - 1].share
      self.stage = stage
    } else {
      self.winner = nil
      share = 0
      self.stage = 0
    }
  }

  var isFull: Bool { winner != nil && share >= 1 }
}
