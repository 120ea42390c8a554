import Statistics

/// The definitions of a cohort analysis. The defaults are calendar weeks from Monday in UTC, retention on a period, 95 %.
public struct CohortSettings: Sendable, Hashable {
  /// What counts as being retained at an age.
  public enum Retention: Sendable, Hashable {
    /// Active in the period of that age.
    case on
    /// Active in the period of that age or a later complete one.
    case onOrAfter
    /// Active in any period of the bracket; both ends included.
    case bracket([ClosedRange<Int>])
  }

  /// What an age counts.
  public enum Window: Sendable, Hashable {
    /// Calendar periods of the time zone; age 0 is the period of the start.
    case calendar
    /// Windows of so many seconds since the unit's own start.
    case rolling(seconds: Int64)
  }

  public var period: CohortPeriod
  public var retention: Retention
  public var window: Window
  /// IANA name.
  public var timeZone: String
  public var weekStart: Weekday
  /// End of observation, seconds of 1970, itself included; nil: the last event.
  public var asOf: Int64?
  /// The last age of the table; nil: every age that a cohort has completed.
  public var maximumAge: Int?
  public var level: ConfidenceLevel
  /// Days without activity after which a unit counts as churned; nil: 30 for days and weeks, 90 for longer periods.
  public var inactivityDays: Double?
  /// Nil: no lifetime value.
  public var lifetimeValue: LifetimeValueSettings?
  /// A unit joins the cohort of every period in which it starts, not only of its first.
  public var recurring = false
  /// The group that the other groups of the segment column are compared with; nil: the largest.
  public var control: String?
  /// The groups are the arms of an experiment: their sizes are checked too.
  public var groupsAreArms = false
  public var behaviour = BehaviourSettings()

  public init(
    period: CohortPeriod = .week, retention: Retention = .on, window: Window = .calendar, timeZone: String = "UTC",
    weekStart: Weekday = .monday, asOf: Int64? = nil, maximumAge: Int? = nil, level: ConfidenceLevel = .ninetyFive,
    inactivityDays: Double? = nil, lifetimeValue: LifetimeValueSettings? = nil
  ) {
    self.period = period
    self.retention = retention
    self.window = window
    self.timeZone = timeZone
    self.weekStart = weekStart
    self.asOf = asOf
    self.maximumAge = maximumAge
    self.level = level
    self.inactivityDays = inactivityDays
    self.lifetimeValue = lifetimeValue
  }

  /// - Throws: `CohortFault` if a number is outside its domain.
  public func validate() throws(CohortFault) {
    if case .bracket(let brackets) = retention {
      guard !brackets.isEmpty else { throw CohortFault(.bracketsMissing) }
      for bracket in brackets where bracket.lowerBound < 0 || bracket.upperBound > Self.ageLimit {
        throw CohortFault(.badBracket(from: bracket.lowerBound, to: bracket.upperBound))
      }
    }
    if case .rolling(let seconds) = window, seconds < 1 { throw CohortFault(.badWindow(seconds: seconds)) }
    if let maximumAge, !(0...Self.ageLimit).contains(maximumAge) { throw CohortFault(.badMaximumAge(maximumAge)) }
    if let asOf, asOf < CivilDay.earliestSecond || asOf > CivilDay.latestSecond { throw CohortFault(.timeOutOfRange) }
    if let days = inactivityDays, !(days > 0 && days.isFinite) { throw CohortFault(.badInactivity(days)) }
    try lifetimeValue?.validate()
    try behaviour.validate()
    if recurring, window != .calendar { throw CohortFault(.recurringNeeds("calendar periods")) }
  }

  static let ageLimit = 36_500

  var effectiveInactivityDays: Double { inactivityDays ?? (period == .day || period == .week ? 30 : 90) }

  var retentionName: String {
    switch retention {
    case .on: "on"
    case .onOrAfter: "on-or-after"
    case .bracket: "bracket"
    }
  }

  var windowName: String {
    switch window {
    case .calendar: "calendar"
    case .rolling(let seconds): seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
    }
  }
}

/// How lifetime value is modelled and projected.
public struct LifetimeValueSettings: Sendable, Hashable {
  public enum Model: String, Sendable, Hashable, Codable, CaseIterable {
    case bgNBD = "bg-nbd"
    case mbgNBD = "mbg-nbd"
    case paretoNBD = "pareto-nbd"
    /// Contractual: whoever stops does not come back.
    case shiftedBetaGeometric = "shifted-beta-geometric"
  }
  public var model: Model
  /// Periods (of the cohorts) to project.
  public var horizon: Int
  /// Per period.
  public var discountRate: Double
  /// Days at the end of the log that the model has to predict; nil: a third of the log.
  public var holdoutDays: Int?

  public init(model: Model = .bgNBD, horizon: Int = 12, discountRate: Double = 0) {
    self.model = model
    self.horizon = horizon
    self.discountRate = discountRate
  }

  func validate() throws(CohortFault) {
    guard (1...1200).contains(horizon) else { throw CohortFault(.badHorizon(horizon)) }
    guard discountRate > -1, discountRate.isFinite else { throw CohortFault(.badDiscount(discountRate)) }
    if let holdoutDays, holdoutDays < 1 { throw CohortFault(.badHoldout(holdoutDays)) }
  }
}
