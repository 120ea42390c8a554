import Basics

/// Why an analysis cannot be made at all.
public struct AnalysisFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case oneArm(String)
    case noArms
    case noMetrics
    case unknownControl(String, arms: [String])
    case unknownWeight(String, arms: [String])
    case missingWeight(String)
    case badWeight(String, Double)
    case nothingToCompute(reasons: [String])
    case metricTwice(String)
    case gatekeepingBy(String)
    case noPlannedUnits
    case unitsShrank(from: Int, to: Int)
    case alphaSpent(look: Int, units: Int)
  }
  public let kind: Kind
  init(_ kind: Kind) { self.kind = kind }

  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .noArms: "there are no units. Is the right column named with --variant?"
    case .oneArm(let arm): "all units are in the arm '\(arm)'; a comparison needs at least two arms."
    case .gatekeepingBy(let correction):
      "gatekeeping has its own adjustment, by Holm's procedure within each family; '\(correction)' does not go with it. Leave the correction out."
    case .noMetrics:
      "no metric. Name at least one with --metric, for example --metric 'conversion=proportion(converted)'."
    case .unknownControl(let name, let arms):
      "no arm '\(name)' to compare with. The arms are \(arms.joined(separator: ", ")); name one with --control."
    case .unknownWeight(let name, let arms):
      "a weight is given for '\(name)', which is no arm."
        + (nearestName(to: name, among: arms).map { " Did you mean '\($0)'?" } ?? "")
    case .missingWeight(let arm): "no weight is given for the arm '\(arm)'. Give one for each arm, or none."
    case .badWeight(let arm, let weight):
      "the weight of '\(arm)' is \(weight); it must be a finite number, not negative."
    case .nothingToCompute(let reasons): "no effect can be computed: " + reasons.joined(separator: " ")
    case .noPlannedUnits:
      "a group-sequential test needs the number of units, all arms together, that it was planned for: method.planned_units, or --planned-units."
    case .unitsShrank(let from, let to):
      "this look has \(to) units and an earlier one had \(from); looks are taken at growing numbers of units."
    case .alphaSpent(let look, let units):
      "look \(look) had \(units) units, the whole plan: it has spent all of alpha, and nothing can be tested after it."
    case .metricTwice(let name): "two metrics are named '\(name)'. Give each its own name."
    }
  }
}
