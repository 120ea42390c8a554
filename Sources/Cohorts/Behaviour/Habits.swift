import Statistics

/// How regularly units come: stickiness, lifecycle, and the time until half of a cohort is gone.
public struct Habits: Sendable, Codable, Equatable {
  /// One row for each complete period, ascending.
  public var periods: [Period]
  /// One row for each cohort.
  public var halfLives: [HalfLife]

  public struct Period: Sendable, Codable, Equatable {
    /// First day, ISO date.
    public var period: String
    public var active: Int
    /// Started in this period; active in the one before; active again after a gap; active in the one before and not now.
    public var new: Int
    public var returning: Int
    public var resurrecting: Int
    public var dormant: Int
    /// Of those active in the period before; Wilson interval; nil in the first.
    public var returnRate: CohortEstimate?
    /// Mean over the active units of the share of the period's days on which they were active: mean daily active units over
    /// active units of the period. Normal interval over units.
    public var stickiness: CohortEstimate
    /// (new + resurrecting) / dormant; nil if nobody became dormant.
    public var quickRatio: Double?
  }

  public struct HalfLife: Sendable, Codable, Equatable {
    public var cohort: String
    public var units: Int
    /// Days until half has churned (Kaplan-Meier median, log-log limits); nil where the curve does not get there.
    public var days: Double?
    public var lower: Double?
    public var upper: Double?
  }

  init(log: EventLog, timelines: UnitTimelines, assignment: CohortAssignment, settings: CohortSettings) {
    var tally = PeriodTally(assignment)
    for unit in 0..<timelines.units { tally.add(log, timelines[unit], assignment, unit) }
    periods = tally.rows(assignment, settings.level)
    halfLives = Self.halfLives(log, assignment, settings)
  }

  private static func halfLives(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings
  ) -> [HalfLife] {
    let lasts = ChurnCurve.lastActivity(.log(log), assignment)
    let logStart = ChurnCurve.logStart(.log(log))
    var byCohort = [[ChurnCurve.Observation]](repeating: [], count: assignment.cohortPeriods.count)
    for unit in lasts.indices {
      let one = ChurnCurve.observation(
        unit, lasts, assignment, inactivityDays: settings.effectiveInactivityDays, logStart: logStart)
      guard let one else { continue }
      byCohort[Int(assignment.cohortOfUnit[unit])].append(one)
    }
    return zip(assignment.cohortNames, byCohort).compactMap { name, observed in
      guard let curve = ChurnCurve.kaplanMeier(observed, settings.level) else { return nil }
      return HalfLife(
        cohort: name, units: observed.count, days: curve.median, lower: curve.medianLower, upper: curve.medianUpper)
    }
  }
}

/// Counts by period, fed unit by unit.
private struct PeriodTally {
  private struct Row {
    var active = 0
    var new = 0
    var returning = 0
    var resurrecting = 0
    var dormant = 0
    /// Sums over active units of their active days, and of the square.
    var days = 0.0
    var squares = 0.0
  }
  private let first: Int
  private var table: [Row]

  init(_ assignment: CohortAssignment) {
    first = assignment.cohortPeriods.first ?? assignment.asOfPeriod
    table = [Row](repeating: Row(), count: max(0, assignment.asOfPeriod - first))
  }

  mutating func add(_ log: EventLog, _ events: ArraySlice<Int32>, _ assignment: CohortAssignment, _ unit: Int) {
    let calendar = assignment.calendar
    var (before, lastDay) = (Int.min, Int.min)
    var days = 0
    for event in events {
      if let roles = log.roles, !roles[Int(event)].contains(.activity) { continue }
      let time = log.times[Int(event)]
      let (period, day) = (calendar.periodIndex(of: time), calendar.day(of: time))
      if period != before {
        close(before, days)
        open(period, after: before, isStart: period == Int(assignment.startPeriods[unit]))
        (before, lastDay, days) = (period, Int.min, 0)
      }
      if day != lastDay { days += 1 }
      lastDay = day
    }
    close(before, days)
  }

  private mutating func open(_ period: Int, after before: Int, isStart: Bool) {
    guard table.indices.contains(period - first) else { return }
    table[period - first].active += 1
    if isStart {
      table[period - first].new += 1
    } else if before == period - 1 {
      table[period - first].returning += 1
    } else {
      table[period - first].resurrecting += 1
    }
  }

  private mutating func close(_ period: Int, _ days: Int) {
    guard period != Int.min, table.indices.contains(period - first) else { return }
    table[period - first].days += Double(days)
    table[period - first].squares += Double(days * days)
  }

  func rows(_ assignment: CohortAssignment, _ level: ConfidenceLevel) -> [Habits.Period] {
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    return table.indices.map { place in
      let row = table[place]
      let previous = place == 0 ? 0 : table[place - 1].active
      let dormant = previous - row.returning
      let n = Double(row.active)
      let length = Double(assignment.calendar.days(ofPeriod: first + place))
      let mean = n > 0 ? row.days / n : 0
      let variance = n > 1 ? max(0, (row.squares - n * mean * mean) / (n - 1)) : .nan
      let half = z * (variance / n).squareRoot() / length
      return Habits.Period(
        period: assignment.calendar.isoDate(ofPeriod: first + place), active: row.active, new: row.new,
        returning: row.returning, resurrecting: row.resurrecting, dormant: dormant,
        returnRate: CohortEstimate(share: row.returning, of: previous, level: level),
        stickiness: CohortEstimate(
          estimate: mean / length, lower: half.isFinite ? max(0, mean / length - half) : nil,
          upper: half.isFinite ? min(1, mean / length + half) : nil),
        quickRatio: dormant > 0 ? Double(row.new + row.resurrecting) / Double(dormant) : nil)
    }
  }
}

extension CohortEstimate {
  /// A share with its Wilson interval; nil of nobody.
  init?(share count: Int, of total: Int, level: ConfidenceLevel) {
    guard total > 0 else { return nil }
    let interval = SingleProportion.wilson(count, of: total, level: level)
    self.init(estimate: Double(count) / Double(total), lower: interval.lower, upper: interval.upper)
  }
}
