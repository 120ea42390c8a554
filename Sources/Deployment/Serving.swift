import Allocation
import Basics
import Experiments

/// Whom a flag file serves what, as the target's own evaluators decide it.
public enum Serving: Sendable {
  case everyone(String)
  case split(AllocationPlan)

  /// - Throws: `DeploymentFault` if the target cannot express the state's share.
  public init(_ state: RolloutState, target: ExperimentSpec.Rollout.Target) throws(DeploymentFault) {
    guard let winner = state.winner, state.share > 0 else {
      self = .everyone(state.control.name)
      return
    }
    guard !state.isFull else {
      self = .everyone(winner.name)
      return
    }
    do {
      self = .split(try target.format.split(state, winner: winner))
    } catch let fault as DeploymentFault {
      throw fault
    } catch {
      throw DeploymentFault(.tooFine(target: target.rawValue, share: state.share))
    }
  }

  /// The name of the variant that a user gets.
  ///
  /// - Throws: `AllocationFault` if the scheme cannot read the id.
  public func variant(of id: [UInt8]) throws(AllocationFault) -> String? {
    switch self {
    case .everyone(let name): name
    case .split(let plan): try plan.assign(bytes: id).arm.map { plan.arms[$0].name }
    }
  }

  /// The command that gives the same variants, to check the platform by; nil where everyone gets one.
  public var command: String? {
    guard case .split(let plan) = self else { return nil }
    let weights = plan.arms.map { "\($0.name)=\($0.weight / 1_000_000)" }.joined(separator: ",")
    return "verdict assign FILE --scheme \(plan.scheme.rawValue) --salt \(Self.quoted(plan.salt)) "
      + "--weights \(Self.quoted(weights))"
  }

  /// For a shell.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x2B && $0 <= 0x3A) || $0 == 0x3D || $0 == 0x5F
    }
    return isPlain ? text : "'" + text.replacing(scalar: "'", with: "'\\''") + "'"
  }
}
