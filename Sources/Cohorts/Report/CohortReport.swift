import Basics

/// The result of a cohort analysis: every number with its interval, of which each report is a view.
///
/// The shape is the contract `verdict.cohort/1`. Rates are fractions. A number that could not be observed yet is nil, never 0.
public struct CohortReport: Sendable, Codable, Equatable {
  public static let schemaName = "verdict.cohort/1"

  public var schema = CohortReport.schemaName
  public var input: Input
  public var settings: Settings
  /// Signup cohorts in order of their first day, all units together.
  public var retention: RetentionTable
  /// The same by value of the segment column, in order of the names; empty without one.
  public var segments: [Segment]
  /// Time from a unit's start to its last activity, inactivity being churn.
  public var survival: SurvivalCurve?
  /// The segments against one of them; nil without segments.
  public var comparison: GroupComparison?
  public var lifetimeValue: LifetimeValue?
  /// Nil if nothing of it was asked for.
  public var behaviour: BehaviourReport?
  public var patterns: [Pattern]
  /// Rules that were applied and limits of what the numbers say, each a sentence.
  public var notes: [String]
  public var provenance: Provenance

  public init(
    input: Input, settings: Settings, retention: RetentionTable, segments: [Segment] = [],
    survival: SurvivalCurve? = nil, lifetimeValue: LifetimeValue? = nil, patterns: [Pattern] = [],
    notes: [String] = [], provenance: Provenance = Provenance()
  ) {
    self.input = input
    self.settings = settings
    self.retention = retention
    self.segments = segments
    self.survival = survival
    self.lifetimeValue = lifetimeValue
    self.patterns = patterns
    self.notes = notes
    self.provenance = provenance
  }

  /// What was read, and what was left out by which rule.
  public struct Input: Sendable, Codable, Equatable {
    public var files: [InputFile]
    /// Events in the log, whether used or not.
    public var events: Int
    /// Units that have a start and are in a cohort.
    public var units: Int
    public var unreadableRows: Int
    /// Events later than the end of observation.
    public var eventsAfterAsOf: Int
    /// Activity of a unit before its own start event.
    public var eventsBeforeStart: Int
    /// Units with activity and no start event.
    public var unitsWithoutStart: Int
    public init(
      files: [InputFile] = [], events: Int, units: Int, unreadableRows: Int = 0, eventsAfterAsOf: Int = 0,
      eventsBeforeStart: Int = 0, unitsWithoutStart: Int = 0
    ) {
      self.files = files
      self.events = events
      self.units = units
      self.unreadableRows = unreadableRows
      self.eventsAfterAsOf = eventsAfterAsOf
      self.eventsBeforeStart = eventsBeforeStart
      self.unitsWithoutStart = unitsWithoutStart
    }
  }

  /// The definitions under which the numbers hold.
  public struct Settings: Sendable, Codable, Equatable {
    /// day, week, month or quarter.
    public var period: String
    /// on, on-or-after or bracket.
    public var retention: String
    /// calendar, or the length of a window since the unit's own start, for example `24h`.
    public var window: String
    public var timeZone: String
    /// monday ... sunday.
    public var weekStart: String
    /// End of observation, RFC 3339 in UTC.
    public var asOf: String
    /// Confidence level of every interval.
    public var level: Double
    public init(
      period: String, retention: String, window: String, timeZone: String, weekStart: String, asOf: String,
      level: Double
    ) {
      self.period = period
      self.retention = retention
      self.window = window
      self.timeZone = timeZone
      self.weekStart = weekStart
      self.asOf = asOf
      self.level = level
    }
  }

  public struct Provenance: Sendable, Codable, Equatable {
    public var version: String
    public init(version: String = ToolVersion.current) { self.version = version }
  }

  /// A group of units by the value of a column at their start, analysed by itself.
  public struct Segment: Sendable, Codable, Equatable {
    public var column: String
    public var value: String
    public var units: Int
    public var retention: RetentionTable
    public var survival: SurvivalCurve?
    public init(
      column: String, value: String, units: Int, retention: RetentionTable, survival: SurvivalCurve? = nil
    ) {
      self.column = column
      self.value = value
      self.units = units
      self.retention = retention
      self.survival = survival
    }
  }

  /// An association found in the data: something to test by an experiment, not a cause.
  public struct Pattern: Sendable, Codable, Equatable {
    /// age-drop, cohort-difference, segment-difference or early-behaviour.
    public var kind: String
    /// What was found, with its interval, as a sentence.
    public var sentence: String
    public var estimate: Double
    public var lower: Double
    public var upper: Double
    public var pValue: Double?
    /// Holm over all patterns looked at.
    public var adjustedPValue: Double?
    public init(
      kind: String, sentence: String, estimate: Double, lower: Double, upper: Double, pValue: Double?,
      adjustedPValue: Double?
    ) {
      self.kind = kind
      self.sentence = sentence
      self.estimate = estimate
      self.lower = lower
      self.upper = upper
      self.pValue = pValue
      self.adjustedPValue = adjustedPValue
    }
  }
}

/// An estimate with its interval; a bound that does not exist is nil.
public struct CohortEstimate: Sendable, Codable, Equatable {
  public var estimate: Double
  public var lower: Double?
  public var upper: Double?
  public init(estimate: Double, lower: Double?, upper: Double?) {
    self.estimate = estimate
    self.lower = lower
    self.upper = upper
  }
}
