import Basics

/// What is wrong with a metric written as NAME=KIND(ARGS) | option: value.
public struct MetricSpecFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case expected(String, found: String)
    case unknownKind(String, nearest: String?)
    case unknownOption(String, nearest: String?)
    case unknownValue(option: String, found: String, known: [String])
    case arguments(kind: String, expected: String, found: Int)
    case optionTwice(String)
    case badNumber(option: String, found: String, expected: String)
    case notForKind(option: String, kind: String)
    case lookbackAlone
    /// What is wrong with a condition, as its own fault says it.
    case condition(String)
    case needsExposures(option: String, metric: String)
    /// Past data of a design have a row a unit.
    case needsUnits(option: String, metric: String)
  }
  public let kind: Kind
  /// The file is the spec's own text; the column counts its bytes from 1.
  public let position: SourcePosition?

  public var sentence: String {
    switch kind {
    case .expected(let expected, let found): "expected \(expected), found \(found)."
    case .unknownKind(let name, let nearest):
      "no metric kind '\(name)'."
        + (Self.kindMeant(by: name) ?? nearest.map { " Did you mean '\($0)'?" }
          ?? " Use proportion, mean, ratio or quantile.")
    case .unknownOption(let name, let nearest):
      "no metric option '\(name)'."
        + (nearest.map { " Did you mean '\($0)'?" }
          ?? " Use role, direction, margin, cap, floor, missing, or of events: event, where, window, delay, lookback, "
          + "aggregate, threshold.")
    case .unknownValue(let option, let found, let known):
      "\(option): expected \(known.joined(separator: ", ")), found '\(found)'."
    case .arguments(let kind, let expected, let found):
      "\(kind) takes \(expected), found \(found == 0 ? "none" : "\(found)")."
    case .optionTwice(let name): "the option '\(name)' is given twice."
    case .badNumber(let option, let found, let expected): "\(option): expected \(expected), found '\(found)'."
    case .notForKind(let option, let kind): "the option '\(option)' has no meaning for a \(kind)."
    case .needsUnits(let option, let metric):
      "the option '\(option)' of the metric '\(metric)' chooses among events, and past data have a row a unit. Make that row of "
        + "the events that the option means, and leave it out here."
    case .lookbackAlone:
      "'lookback' says from when on events before exposure make covariates, and there are none. Name one, for example "
        + "mean(x, covariates: x), or leave it out."
    case .condition(let sentence): sentence
    case .needsExposures(let option, let metric):
      "the option '\(option)' of the metric '\(metric)' chooses among events, and these rows are units. Pass --exposures "
        + "(in a spec: data.exposures) to join events with exposures, or leave the option out."
    }
  }

  /// What other tools call by another name.
  private static func kindMeant(by name: String) -> String? {
    let name = name.lowercased()
    if let percent = name.wholeMatch(of: /p(\d{1,2})/).flatMap({ Int($0.1) }), percent > 0 {
      return " Write quantile(COLUMN, \(Double(percent) / 100))."
    }
    return switch name {
    case "median": " Write quantile(COLUMN, 0.5)."
    case "percentile": " Write quantile(COLUMN, 0.9), for example."
    case "sum", "total", "count", "average", "avg":
      " Write mean(COLUMN): of events, each unit's sum is averaged, and mean(*) counts them."
    case "conversion", "binary", "binomial": " Write proportion(COLUMN)."
    case "rate", "share": " Write proportion(COLUMN), or ratio(NUMERATOR, DENOMINATOR)."
    default: nil
    }
  }
}
