import Statistics

/// How an event log is read and what is asked of it.
public struct MeasurePlan: Sendable {
  /// The columns of the log; nil: used if the log has a column of the usual name.
  public struct Columns: Sendable, Hashable {
    public var caseID = "case_id"
    public var event = "event"
    public var time = "timestamp"
    /// `unit_id`; without one every case is a unit.
    public var unit: String?
    /// `variant`
    public var variant: String?
    /// `lifecycle`: `start` rows begin work at a node, `complete` rows end it; others are counted and passed over.
    public var lifecycle: String?
    /// `node`: ids of nodes, which are matched instead of the event's name.
    public var node: String?
    public init() {}
  }
  /// What cases are grouped by beside the variant.
  public enum Cohort: Sendable, Hashable {
    /// A column; the first value of the case counts.
    case column(String)
    /// The period in which the case began.
    case start(Period)
  }
  public enum Period: String, Sendable, Hashable, CaseIterable { case day, week, month, quarter }
  /// What events are matched by.
  public enum Match: String, Sendable, Hashable, CaseIterable {
    /// The node column if there is one.
    case auto
    case event, node
  }

  public var columns = Columns()
  public var match = Match.auto
  public var cohort: Cohort?
  /// Seconds in which a case, or a unit from its exposure, must get somewhere; later it is dropped. Nil: it stays open.
  public var window: Double?
  /// Seconds since 1970 at which observation ends; nil: at the last event.
  public var asOf: Double?
  public var control: String?
  /// The id of the experiment whose `split=` exposes units; nil: the model's first.
  public var experiment: String?
  public var level = ConfidenceLevel.ninetyFive
  /// IANA zone of times written without one, and of cohorts.
  public var timeZone = "UTC"
  public var allowedBadRows = 0.0
  public var threads: Int?

  public init() {}
}
