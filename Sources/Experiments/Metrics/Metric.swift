/// What is measured on every unit, and how it is judged.
///
/// A metric declares the columns that it needs; an experiment takes the union, and the source is read once.
public struct Metric: Sendable, Hashable {
  public var name: String
  public var kind: Kind
  public var options: Options

  public init(_ name: String, _ kind: Kind, options: Options = Options()) {
    self.name = name
    self.kind = kind
    self.options = options
  }

  /// The estimand.
  public enum Kind: Sendable, Hashable {
    /// Share of units with a true value in a column of 0/1 or true/false.
    case proportion(String)
    /// Mean per unit, adjusted by pre-experiment covariates (CUPED) if there are any.
    case mean(String, covariates: [String])
    /// Sum of numerator over sum of denominator, adjusted by covariates if there are any.
    case ratio(numerator: String, denominator: String, covariates: [String])
    /// The quantile of a column at a probability in (0, 1).
    case quantile(String, probability: Double)
  }

  /// Why the metric is there, which decides its place in the decision and in the multiplicity family.
  public enum Role: String, Sendable, Hashable, Codable, CaseIterable { case goal, secondary, guardrail }

  /// The direction in which the metric is better.
  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable { case up, down }

  /// How far a guardrail may move in its worse direction.
  public enum Margin: Sendable, Hashable {
    /// In the metric's unit.
    case absolute(Double)
    /// As a fraction of the control's value: 0.02 is 2 %.
    case relative(Double)
  }

  /// Where extreme values of a column are pulled in (winsorised) before anything is summed.
  public enum Cap: Sendable, Hashable {
    /// At this value.
    case absolute(Double)
    /// At this percentile of all arms pooled, in (0, 100): 99.9.
    case percentile(Double)
  }

  /// What an empty value of an outcome column means.
  public enum Missing: String, Sendable, Hashable, Codable, CaseIterable {
    /// The unit is left out of the metric, and counted.
    case exclude
    /// It counts as zero.
    case zero
    /// It is an error.
    case refuse
  }

  /// How the events of a unit become its value, where an experiment is measured from events.
  public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
    case sum, count, distinct, max, min, last
    /// 1 if there is an event (with a true value), else 0.
    case any
  }

  public struct Options: Sendable, Hashable {
    public var role = Role.goal
    public var direction = Direction.up
    public var margin: Margin?
    /// Of the upper tail.
    public var cap: Cap?
    /// Of the lower tail.
    public var floor: Cap?
    public var missing = Missing.exclude
    /// Seconds after first exposure in which events count.
    public var windowSeconds: Double?
    /// Only events of this name count.
    public var event: String?
    /// Only events for which this expression holds count; `RowFilter` has the grammar.
    public var filter: String?
    /// Nil: `any` for a proportion, else the sum, and for the column `*` the number of events.
    public var aggregation: Aggregation?
    /// A proportion's value is 1 if the unit's aggregate is at least this.
    public var threshold: Double?
    /// Seconds from first exposure to the beginning of the window.
    public var delaySeconds: Double?
    /// Seconds before first exposure from which events make covariates; nil: as far back as there are events.
    public var lookbackSeconds: Double?

    public init() {}
  }
}

extension Metric {
  /// Whether a unit without an event has no value, rather than 0.
  public var valueNeedsEvents: Bool { [.max, .min, .last].contains(options.aggregation) && options.threshold == nil }

  /// Seconds from first exposure for which a unit must be observed to have a value of events: to the end of the window, or
  /// without one to its beginning after a delay. Nil: any time will do.
  public var secondsObserved: Double? {
    guard options.windowSeconds != nil || options.delaySeconds != nil else { return nil }
    return (options.windowSeconds ?? 0) + (options.delaySeconds ?? 0)
  }

  /// The columns in the order in which the metric's `Moments` hold them: the outcome (numerator, denominator), then the
  /// covariates.
  public var columns: [String] {
    switch kind {
    case .proportion(let column), .quantile(let column, _): [column]
    case .mean(let column, let covariates): [column] + covariates
    case .ratio(let numerator, let denominator, let covariates): [numerator, denominator] + covariates
    }
  }
}
