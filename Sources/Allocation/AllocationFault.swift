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
    case wholeWeights(SchemeName)
    case wholePercent(SchemeName)
    case equalWeights(SchemeName)
    case twoArmsOnly(SchemeName)
    case noCoverage(SchemeName, instead: String)
    case saltIsNoNumber(SchemeName)
    case notText(SchemeName)
    case notASCII(SchemeName)
    case noSQL(SchemeName, dialect: String, hash: String)
    case overSubscribed(name: String, wanted: Int, free: Int)
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
    case .weightsTooFine: "the weights are too many or too fine to be added up."
    case .wholeWeights(let scheme): "\(scheme.rawValue) takes whole weights; multiply them, for example 333,333,334."
    case .wholePercent(let scheme): "\(scheme.rawValue) takes shares in whole percent."
    case .equalWeights(let scheme): "\(scheme.rawValue) draws every arm with the same probability; give equal weights."
    case .twoArmsOnly(let scheme): "\(scheme.rawValue) answers yes or no: give two arms, the second for yes."
    case .noCoverage(let scheme, let instead): "\(scheme.rawValue) takes no coverage below 1; \(instead)."
    case .saltIsNoNumber(let scheme): "the salt of \(scheme.rawValue) is its seed, a whole number."
    case .notText(let scheme): "the id is not valid UTF-8, and \(scheme.rawValue) hashes characters."
    case .noSQL(let scheme, let dialect, let hash):
      "\(dialect) has no \(hash), which \(scheme.rawValue) needs. Assign with this program and load the result."
    case .overSubscribed(let name, let wanted, let free):
      "'\(name)' has \(free) of its segments free, \(wanted) are asked for."
    case .notASCII(let scheme):
      "the id is not ASCII; \(scheme.rawValue) takes no other, as its reference raises on them."
    }
  }
}
