import Basics

/// Why a flag file cannot be made.
public struct DeploymentFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case noRollout(experiment: String)
    case unknownVariant(String, known: [String])
    case noStage(Int, count: Int)
    case mixedValues(flag: String)
    case notAFlagFile(reason: String)
    case wholePercentOnly(target: String, share: Double)
    case tooFine(target: String, share: Double)
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, file: String? = nil) {
    self.kind = kind
    position = file.map { SourcePosition(file: $0) }
  }

  public var sentence: String {
    switch kind {
    case .noRollout(let experiment):
      "the experiment '\(experiment)' has no rollout. Add 'rollout:' with a flag and stages to its spec."
    case .unknownVariant(let name, let known):
      "no variant '\(name)'." + (nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? "")
    case .noStage(let stage, let count): "no stage \(stage); the rollout has stages 1 to \(count)."
    case .mixedValues(let flag):
      "the values of the flag '\(flag)' must be of one type, all text, all numbers or all true/false."
    case .notAFlagFile(let reason):
      "the file is there already and is no flag file of this kind (\(reason)). Choose another file."
    case .wholePercentOnly(let target, let share):
      "\(target) ramps in whole percent; the stage's share is \(share * 100) %."
    case .tooFine(let target, let share): "\(target) cannot express a share of \(share)."
    }
  }
}
