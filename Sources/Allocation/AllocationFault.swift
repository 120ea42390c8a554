import Basics

/// Why units cannot be allocated.
public struct AllocationFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case emptyID
    case tooFewArms(Int)
    case armTwice(String)
    case badWeight(arm: String, found: String)
    case noWeight
    case badCoverage(String)
    case unknownScheme(String, nearest: String?)
    case badWeights(String)
    case emptySalt
    case weightsTooFine
  }
  public let kind: Kind
  public var position: SourcePosition?

  public init(_ kind: Kind, at position: SourcePosition? = nil) {
    self.kind = kind
    self.position = position
  }

  public var sentence: String {
    switch kind {
    case .emptyID: "the unit id is empty. Everyone without an id would get the same arm; leave such rows out."
    case .tooFewArms(let count): "an allocation needs at least two arms, found \(count)."
    case .armTwice(let name): "the arm '\(name)' is given twice."
    case .badWeight(let arm, let found):
      "the weight of '\(arm)' must be a number that is not negative, with at most 6 decimals; found '\(found)'."
    case .noWeight: "all weights are 0; at least one arm needs a share."
    case .badCoverage(let found): "the coverage must be in [0, 1] with at most 6 decimals, found '\(found)'."
    case .unknownScheme(let name, let nearest):
      "no scheme '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
        + " Schemes: \(SchemeName.allCases.map(\.rawValue).joined(separator: ", "))."
    case .badWeights(let found): "expected weights such as control=50,treatment=50, found '\(found)'."
    case .emptySalt: "the salt is empty; give each experiment its own, for example its name."
    case .weightsTooFine: "the weights are too many or too fine to be added up in 53 bits."
    }
  }
}
