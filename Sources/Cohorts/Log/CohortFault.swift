import Basics

/// Why a cohort analysis cannot be made of a log or of settings.
public struct CohortFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case emptyLog
    case noStart
    case nothingBeforeAsOf
    case columnLength(column: String, found: Int, expected: Int)
    case badIndex(column: String)
    case timeOutOfRange
    case unknownTimeZone(String, nearest: String?)
    case badBracket(from: Int, to: Int)
    case bracketsMissing
    case unexpectedBrackets
    case badMaximumAge(Int)
    case badWindow(seconds: Int64)
    case badHorizon(Int)
    case badDiscount(Double)
    case badHoldout(Int)
    case badInactivity(Double)
    case noAmounts
    case noSteps
    case unknownStep(String, nearest: String?)
    case badLevels(Int)
    case badCuts
    case badFunnel
    case badPathLength(Int)
    case badEarlyDays(Int)
    case badSupport(Double)
    case badSequenceLength(Int)
    case unknownControl(String, groups: [String])
    case recurringNeeds(String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, at position: SourcePosition? = nil) {
    self.kind = kind
    self.position = position
  }

  public var sentence: String {
    switch kind {
    case .emptyLog: "the event log is empty; a cohort needs at least one event."
    case .noStart: "no event starts a unit; name the start event, or leave it out to start at each unit's first event."
    case .nothingBeforeAsOf: "every event is later than the end of observation; choose a later one."
    case .columnLength(let column, let found, let expected):
      "the column of \(column) has \(found) entries, the log has \(expected) events."
    case .badIndex(let column): "the column of \(column) holds an index outside its table."
    case .timeOutOfRange: "a time lies outside the years 1 to 9999; are the times in seconds?"
    case .unknownTimeZone(let name, let nearest):
      "no time zone '\(name)'; give an IANA name such as 'Europe/Berlin'." + Self.suggestion(nearest)
    case .badBracket(let from, let to):
      "the bracket \(from)-\(to) must start at 0 or later and not end before its start."
    case .bracketsMissing: "bracket retention needs brackets, for example 1-2,3-6."
    case .unexpectedBrackets: "brackets are given, but the retention is not by bracket; choose bracket retention."
    case .badMaximumAge(let age): "the largest age = \(age), must be in 0...36500."
    case .badWindow(let seconds): "a window of \(seconds) seconds, must be at least 1 second."
    case .badHorizon(let periods): "a horizon of \(periods) periods, must be in 1...1200."
    case .badDiscount(let rate): "the discount rate = \(rate) per period, must be greater than -1 and finite."
    case .badHoldout(let days): "a check on the last \(days) days, must be at least 1."
    case .badInactivity(let days): "inactivity of \(days) days, must be positive and finite."
    case .noAmounts: "the log has no amounts; name the column that holds them."
    case .noSteps: "the log has no step names; name the column that holds them."
    case .unknownStep(let name, let nearest): "no event is a '\(name)'." + Self.suggestion(nearest)
    case .badLevels(let levels): "\(levels) score levels, must be in 2...100."
    case .badCuts: "the cuts of scores must be numbers in ascending order, for example 1,3,10."
    case .badFunnel:
      "a funnel needs at least two steps, the first and the last of them required, for example view,cart?,!refund,buy."
    case .badPathLength(let length): "paths of \(length) steps, must be in 1...20."
    case .badEarlyDays(let days): "\(days) days of early behaviour, must be in 1...3650."
    case .badSupport(let share): "a least support of \(share), must be above 0 and at most 1."
    case .badSequenceLength(let length): "sequences of at most \(length) steps, must be in 2...10."
    case .unknownControl(let name, let groups):
      "no group '\(name)' to compare with. The groups are \(groups.joined(separator: ", "))."
        + Self.suggestion(nearestName(to: name, among: groups))
    case .recurringNeeds(let what): "recurring starts need \(what)."
    }
  }

  private static func suggestion(_ nearest: String?) -> String { nearest.map { " Did you mean '\($0)'?" } ?? "" }
}
