import Basics

/// A cohort analysis as it is written down: the events, what a cohort is, and the projection.
///
/// The grammar (version 1) is `CohortSpec.jsonSchema`.
public struct CohortSpec: Sendable, Hashable {
  public static let kind = "cohort"

  public var name: String
  public var owner: String?
  public var data: Events
  public var cohorts: Cohorts
  public var behaviour: Behaviour
  public var ltv: LifetimeValue?
  /// A workflow model of the user's own, relative to the spec.
  public var model: String?
  /// The folder that relative paths start from; "" is the current one.
  public var directory: String

  /// An event log, one row an event.
  public struct Events: Sendable, Hashable {
    /// As written; `resolved` gives the path.
    public var files: [String]
    public var unitColumn: String
    public var timeColumn: String
    /// Money of an event.
    public var amountColumn: String?
    /// The column with an event's name.
    public var eventColumn: String?
    /// The event that starts a unit's life; nil: its first event.
    public var startEvent: String?
    /// The event that counts as activity; nil: any.
    public var returnEvent: String?
    /// The column that holds each unit's start.
    public var startColumn: String?
    /// The table that holds each unit's start.
    public var starts: StartTable?
    /// Words that stand for a missing value beside the empty cell.
    public var nullWords: [String] = []
    /// Share of rows that may be unreadable.
    public var allowedBadRows = 0.0
  }

  /// A signup or assignment table, one row a unit, its column of units named as that of the events.
  public struct StartTable: Sendable, Hashable {
    /// As written; `resolved` gives the path.
    public var files: [String]
    public var timeColumn: String
  }

  public struct Cohorts: Sendable, Hashable {
    public enum Period: String, Sendable, Hashable, CaseIterable { case day, week, month, quarter }
    public enum Retention: String, Sendable, Hashable, CaseIterable {
      case on
      case onOrAfter = "on-or-after"
      case bracket
    }
    public enum Window: String, Sendable, Hashable, CaseIterable { case calendar, rolling }
    public enum WeekStart: String, Sendable, Hashable, CaseIterable {
      case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }
    public var period = Period.week
    public var retention = Retention.on
    /// Ages of each bracket, both ends included.
    public var brackets: [ClosedRange<Int>] = []
    /// IANA name.
    public var timezone = "UTC"
    public var weekStart = WeekStart.monday
    /// Periods of the calendar, or windows of the same length since each unit's own start.
    public var window = Window.calendar
    /// A unit joins the cohort of every period in which it starts, not only of its first.
    public var isRecurring = false
    /// By what the cohorts are split further.
    public var split: Split?
    /// The group that the others are compared with; nil: the largest.
    public var control: String?
    /// Without activity for so many days a unit counts as churned; nil: 30, or 90 for months and quarters.
    public var inactivityDays: Double?
    /// End of observation, ISO 8601 as written; nil: the last event.
    public var asOf: String?
    public var maximumAge: Int?
    public var alpha = 0.05
  }

  /// What makes groups of units; a column is one of the table of starts if there is one.
  public enum Split: Sendable, Hashable {
    case column(String)
    /// A column of experiment arms: their sizes are checked too.
    case arms(column: String)
    /// Whether a unit has the event in its first days.
    case early(event: String, days: Int)
  }

  /// Views of what units do; those that are nil or false are left out.
  public struct Behaviour: Sendable, Hashable {
    /// First days whose events are held against coming back. With a column of events 7 unless written.
    public var earlyDays: Int?
    /// Stickiness, lifecycle and half-life.
    public var habits = false
    public var funnel: Funnel?
    public var rfm: RFM?
    /// Steps of the paths from a unit's start.
    public var pathLength: Int?
    /// Least share of units that a frequent sequence has.
    public var sequenceShare: Double?
    /// First days whose events make clusters.
    public var clusterDays: Int?
  }

  /// An ordered funnel of events.
  public struct Funnel: Sendable, Hashable {
    /// `name?` is optional, `!name` excluded.
    public var steps: [String]
    /// Seconds from the first step; nil: no limit.
    public var window: Double?
  }

  /// Recency, frequency and monetary value: by rank in levels, or by cuts.
  public struct RFM: Sendable, Hashable {
    public var levels = 5
    /// Days.
    public var recencyCuts: [Double]?
    public var frequencyCuts: [Double]?
    public var monetaryCuts: [Double]?
  }

  public struct LifetimeValue: Sendable, Hashable {
    public enum Model: String, Sendable, Hashable, CaseIterable {
      case bgNBD = "bg-nbd"
      case mbgNBD = "mbg-nbd"
      case paretoNBD = "pareto-nbd"
      case shiftedBetaGeometric = "shifted-beta-geometric"
    }
    public var model = Model.bgNBD
    /// Seconds at the end of the log that are held out to check the fit.
    public var holdout: Double?
    /// Seconds to project.
    public var horizon: Double
    /// A year: 0.1 is 10 %.
    public var discount = 0.0
  }
}

extension CohortSpec {
  /// A path of the spec, relative to the spec's folder; absolute paths and `-` stay.
  public func resolved(_ path: String) -> String { SpecPath.resolved(path, in: directory) }

  /// A path as the spec would write it: relative to the spec's folder if it is in there.
  public func named(_ path: String) -> String { SpecPath.named(path, in: directory) }

  /// Paths of the events' files.
  public var eventFiles: [String] { SpecPath.files(data.files, in: directory) }
  /// Paths of the table of starts; empty without one.
  public var startFiles: [String] { SpecPath.files(data.starts?.files ?? [], in: directory) }
}
