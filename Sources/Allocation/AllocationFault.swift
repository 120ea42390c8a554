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
    case badRange(String)
    case badHoldout(String)
    case twiceInLayer(String, layer: String)
    case overlap(first: String, second: String)
    case layerFull(layer: String, wanted: String, free: String)
    case unknownArm(String, known: [String])
    case duplicateID
    case notRising(String)
    case badWindow(Int64, burnIn: Int64)
    case beyondCalendar
    case blockTooLong(Int)
    case badSearch(String)
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
    case .badRange(let found): "expected shares in [0, 1] with at most 6 decimals, the lower first; found \(found)."
    case .badHoldout(let found):
      "a holdout's share must be above 0 and below 1, with at most 6 decimals; found '\(found)'."
    case .twiceInLayer(let name, let layer): "'\(name)' is in the layer '\(layer)' already."
    case .overlap(let first, let second): "the range of '\(second)' overlaps with that of '\(first)'."
    case .layerFull(let layer, let wanted, let free):
      "no gap of the layer '\(layer)' holds \(wanted); \(free) of it are free, perhaps in pieces."
    case .unknownArm(let name, let known):
      "no arm '\(name)'."
        + (nearestName(to: name, among: known).map { " Did you mean '\($0)'?" }
          ?? " The arms are \(known.joined(separator: ", ")).")
    case .duplicateID: "a unit id is there twice; each unit has one arm. Remove one of the rows."
    case .notRising(let found): "the stages' coverages must rise, above 0 and at most 1; found \(found)."
    case .badWindow(let window, let burnIn):
      "a window must be positive and longer than its burn-in; found \(window) s and \(burnIn) s."
    case .beyondCalendar: "the time lies too far from the first window's to be counted."
    case .blockTooLong(let length):
      "a block that holds the weights exactly has \(length) units, at most 1000 are possible; use rounder weights."
    case .badSearch(let reason): "a search for a balanced salt needs \(reason)."
    case .overSubscribed(let name, let wanted, let free):
      "'\(name)' has \(free) of its segments free, \(wanted) are asked for."
    case .notASCII(let scheme):
      "the id is not ASCII; \(scheme.rawValue) takes no other, as its reference raises on them."
    }
  }
}
