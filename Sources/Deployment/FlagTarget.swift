import Basics
import Experiments

/// A feature-flag system's file format.
protocol FlagTarget {
  /// The whole document that serves this one flag.
  static func document(_ state: RolloutState) throws(DeploymentFault) -> JSONValue
  /// What the format cannot say, in sentences.
  static var limits: [String] { get }
}

/// A flag as a file of the target's format.
public struct FlagFile: Sendable, Hashable {
  public let document: JSONValue
  /// What the target cannot express, for the user to know.
  public let limits: [String]

  /// - Throws: `DeploymentFault` if the target cannot express the state.
  public init(_ state: RolloutState, target: ExperimentSpec.Rollout.Target) throws(DeploymentFault) {
    switch target {
    case .flagd: (document, limits) = (try Flagd.document(state), Flagd.limits)
    case .growthbook: (document, limits) = (try GrowthBook.document(state), GrowthBook.limits)
    case .unleash: (document, limits) = (try Unleash.document(state), Unleash.limits)
    case .launchdarkly: (document, limits) = (try LaunchDarkly.document(state), LaunchDarkly.limits)
    }
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
}
