import Allocation
import Basics
import Experiments

/// A feature-flag system's file format, and whom its evaluators will serve what.
protocol FlagTarget {
  /// The whole document that serves this one flag.
  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue
  /// The allocation that the system's own evaluators make of the document while the winner has a share of the users.
  static func split(_ state: RolloutState, winner: RolloutState.Served) throws -> AllocationPlan
  /// What the format cannot say, and what must hold where it is read, in sentences.
  static var limits: [String] { get }
}

extension ExperimentSpec.Rollout.Target {
  var format: any FlagTarget.Type {
    switch self {
    case .flagd: Flagd2.self
    case .flagd3: Flagd3.self
    case .growthbook: GrowthBook.self
    case .unleash: Unleash.self
    case .unleashExport: UnleashExport.self
    case .launchdarkly: LaunchDarkly.self
    case .eppo: Eppo.self
    }
  }
}

/// A flag as a file of the target's format.
public struct FlagFile: Sendable {
  public let document: JSONValue
  /// What the target cannot express, for the user to know.
  public let limits: [String]
  /// Whom the target's own evaluators serve what.
  public let serving: Serving

  /// - Throws: `DeploymentFault` if the target cannot express the state.
  public init(_ state: RolloutState, target: ExperimentSpec.Rollout.Target) throws(DeploymentFault) {
    document = try target.format.document(state)
    serving = try Serving(state, target: target)
    limits = target.format.limits
  }

  public var text: String { document.text(pretty: true) }

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws(WriteFault) { try AtomicFile.write(Array(text.utf8), to: path) }
}

extension RolloutState {
  /// The winner's share as an integer out of `total`.
  func weight(of total: Int, target: String) throws(DeploymentFault) -> Int {
    let exact = share * Double(total)
    guard abs(exact - exact.rounded()) < 1e-6 else { throw DeploymentFault(.tooFine(target: target, share: share)) }
    return Int(exact.rounded())
  }

  /// A plan of the winner, with `weight` of `total`, and the control. The winner stands first unless the platform answers
  /// yes or no, so that growth is a prefix.
  func plan(
    _ scheme: SchemeName, salt: String, winner: Served, weight: Int, of total: Int, winnerFirst: Bool = true
  ) throws -> AllocationPlan {
    let arms = [try Arm(winner.name, weight: weight), try Arm(control.name, weight: total - weight)]
    return try AllocationPlan(scheme: scheme, salt: salt, arms: winnerFirst ? arms : arms.reversed())
  }
}
