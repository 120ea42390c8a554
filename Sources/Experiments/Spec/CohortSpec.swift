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
  /// First days whose events are held against coming back; nil: none. With a column of events 7 unless written.
  public var earlyDays: Int?
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
    public var allowedBadRows = 0.0
  }

  public struct Cohorts: Sendable, Hashable {
    public enum Period: String, Sendable, Hashable, CaseIterable { case day, week, month, quarter }
    public enum Retention: String, Sendable, Hashable, CaseIterable {
      case on
      case onOrAfter = "on-or-after"
      case bracket
    }
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
    /// The column by which the cohorts are split further.
    public var segmentColumn: String?
    /// End of observation, ISO 8601 as written; nil: the last event.
    public var asOf: String?
    public var maximumAge: Int?
    public var alpha = 0.05
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
}
