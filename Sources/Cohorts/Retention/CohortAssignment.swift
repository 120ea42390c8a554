/// Each unit's start, cohort and segment, and what was left out by which rule.
///
/// - Complexity: two passes over the events, memory per unit.
public struct CohortAssignment: Sendable {
  /// End of observation, itself included.
  public let asOf: Int64
  /// Units that have a cohort.
  public let units: Int
  public let eventsAfterAsOf: Int
  public let eventsBeforeStart: Int
  public let unitsWithoutStart: Int

  package let calendar: CivilCalendar
  /// By unit: the time of the start; `noStart` if there is none.
  package let starts: [Int64]
  /// By unit: the period of the start, and its place in `cohortPeriods`; -1 without a start.
  package let startPeriods: [Int32]
  package let cohortOfUnit: [Int32]
  /// By unit: segment of the start event; empty without segments.
  package let segmentOfUnit: [Int32]
  /// Periods that have units, ascending.
  package let cohortPeriods: [Int]
  package let asOfPeriod: Int

  package static let noStart = Int64.max

  /// First days of the cohorts, ISO dates, in order.
  public var cohortNames: [String] { cohortPeriods.map { calendar.isoDate(ofPeriod: $0) } }

  /// - Throws: `CohortFault` if the log is empty or inconsistent, nothing happened before `asOf`, or no event starts a unit.
  public init(log: EventLog, settings: CohortSettings) throws(CohortFault) {
    try log.validate()
    try settings.validate()
    let declared = log.declaredStarts?.times.lazy.filter { $0 != Self.noStart }.min() ?? .max
    let (first, greatest) = log.times.reduce((Int64.max, Int64.min)) { (min($0.0, $1), max($0.1, $1)) }
    let least = min(first, declared)
    let asOf = settings.asOf ?? greatest
    guard first <= asOf else { throw CohortFault(.nothingBeforeAsOf) }
    let calendar = try CivilCalendar(
      timeZone: settings.timeZone, period: settings.period, weekStart: settings.weekStart, span: least...asOf)

    let found = Self.findStarts(log, asOf: asOf)
    let left = Self.countLeftOut(log, starts: found.starts, asOf: asOf)
    try self.init(
      calendar: calendar, asOf: asOf, starts: found.starts, segments: found.segments, leftOut: left)
  }

  /// - Throws: `CohortFault` if the settings are outside their domain.
  public init(activity: ActivityIndex, settings: CohortSettings) throws(CohortFault) {
    try settings.validate()
    try self.init(
      calendar: activity.calendar, asOf: activity.asOf, starts: activity.starts, segments: activity.segments,
      leftOut: (activity.eventsAfterAsOf, 0, 0))
  }

  private typealias LeftOut = (afterAsOf: Int, beforeStart: Int, unitsWithoutStart: Int)

  private init(
    calendar: CivilCalendar, asOf: Int64, starts: [Int64], segments: [Int32], leftOut: LeftOut
  ) throws(CohortFault) {
    units = starts.count { $0 != Self.noStart }
    guard units > 0 else { throw CohortFault(.noStart) }
    self.asOf = asOf
    self.calendar = calendar
    self.starts = starts
    segmentOfUnit = segments
    startPeriods = starts.map { start in
      start == Self.noStart ? Int32(-1) : Int32(clamping: calendar.periodIndex(of: start))
    }
    eventsAfterAsOf = leftOut.afterAsOf
    eventsBeforeStart = leftOut.beforeStart
    unitsWithoutStart = leftOut.unitsWithoutStart
    asOfPeriod = calendar.periodIndex(of: asOf)
    (cohortPeriods, cohortOfUnit) = Self.cohorts(startPeriods, starts: starts)
  }

  /// The earliest start event of each unit; of equal times the first in the log decides the segment.
  private static func findStarts(_ log: EventLog, asOf: Int64) -> (starts: [Int64], segments: [Int32]) {
    if let declared = log.declaredStarts {
      return (declared.times.map { $0 > asOf ? noStart : $0 }, declared.segments ?? segmentsOfFirstEvents(log))
    }
    var starts = [Int64](repeating: noStart, count: log.unitCount)
    var segments = [Int32](repeating: -1, count: log.segments == nil ? 0 : log.unitCount)
    for event in 0..<log.count {
      let time = log.times[event]
      if time > asOf { continue }
      if let roles = log.roles, !roles[event].contains(.start) { continue }
      let unit = Int(log.units[event])
      if time < starts[unit] {
        starts[unit] = time
        if let column = log.segments { segments[unit] = column[event] }
      }
    }
    return (starts, segments)
  }

  /// Where starts are declared without a segment: that of the unit's earliest event.
  private static func segmentsOfFirstEvents(_ log: EventLog) -> [Int32] {
    guard let column = log.segments else { return [] }
    var first = [Int64](repeating: noStart, count: log.unitCount)
    var segments = [Int32](repeating: -1, count: log.unitCount)
    for event in 0..<log.count where log.times[event] < first[Int(log.units[event])] {
      first[Int(log.units[event])] = log.times[event]
      segments[Int(log.units[event])] = column[event]
    }
    // A unit that declares a start and has no event is in no segment of the events: the first, so that none is lost.
    return segments.map { max($0, 0) }
  }

  private static func countLeftOut(_ log: EventLog, starts: [Int64], asOf: Int64) -> LeftOut {
    var (afterAsOf, beforeStart, unitsWithoutStart) = (0, 0, 0)
    let everyUnitStarts = log.roles == nil && log.declaredStarts == nil
    var seenWithoutStart = [Bool](repeating: false, count: everyUnitStarts ? 0 : log.unitCount)
    for event in 0..<log.count {
      let (time, unit) = (log.times[event], Int(log.units[event]))
      if time > asOf {
        afterAsOf += 1
      } else if time < starts[unit] {
        if starts[unit] != noStart {
          beforeStart += 1
        } else if !seenWithoutStart[unit] {
          seenWithoutStart[unit] = true
          unitsWithoutStart += 1
        }
      }
    }
    return (afterAsOf, beforeStart, unitsWithoutStart)
  }

  private static func cohorts(_ startPeriods: [Int32], starts: [Int64]) -> ([Int], [Int32]) {
    var present: Set<Int32> = []
    for (unit, period) in startPeriods.enumerated() where starts[unit] != noStart { present.insert(period) }
    let ordered = present.sorted()
    guard let first = ordered.first, let last = ordered.last else { return ([], []) }
    // Periods are dense enough for a table: at most one per day of the span.
    var place = [Int32](repeating: -1, count: Int(last) - Int(first) + 1)
    for (position, period) in ordered.enumerated() { place[Int(period - first)] = Int32(position) }
    let cohortOfUnit = startPeriods.enumerated().map { unit, period in
      starts[unit] == noStart ? Int32(-1) : place[Int(period - first)]
    }
    return (ordered.map(Int.init), cohortOfUnit)
  }

  /// By unit: the number of whole ages that it could be observed for; 0 without a start.
  func completeAges(window: CohortSettings.Window) -> [Int32] {
    switch window {
    case .calendar:
      zip(starts, startPeriods).map { start, period in
        start == Self.noStart ? 0 : Int32(clamping: asOfPeriod - Int(period))
      }
    case .rolling(let seconds):
      starts.map { start in start == Self.noStart ? 0 : Int32(clamping: (asOf - start) / seconds) }
    }
  }
}
