import Statistics

/// The survival view of retention: time from a unit's start to its last activity, where a long enough silence is churn.
public enum ChurnCurve {
  /// One unit's observation, in whole days.
  struct Observation {
    var time: Double
    var churned: Bool
    /// Whole days after its start at which the log begins to see the unit: left truncation. -1: it was seen from its start.
    var entry = -1.0
  }

  static func kaplanMeier(_ observed: [Observation], _ level: ConfidenceLevel) -> KaplanMeier? {
    let hasEntries = observed.contains { $0.entry > 0 }
    let data = try? SurvivalData(
      time: observed.map(\.time), event: observed.map(\.churned), entry: hasEntries ? observed.map(\.entry) : nil)
    return data.map { KaplanMeier($0, level: level) }
  }

  /// - Returns: nil if the log is too short for anyone to have been silent for so long.
  public static func survival(
    _ data: CohortData, assignment: CohortAssignment, settings: CohortSettings, segment: Int? = nil
  ) -> SurvivalCurve? {
    curve(
      observations(data, assignment: assignment, settings: settings, segment: segment), settings)
  }

  /// Each unit's time to churn or censoring, of one segment or all.
  static func observations(
    _ data: CohortData, assignment: CohortAssignment, settings: CohortSettings, segment: Int? = nil
  ) -> [Observation] {
    let lasts = lastActivity(data, assignment)
    return observations(
      lasts, assignment, inactivityDays: settings.effectiveInactivityDays, segment: segment, logStart: logStart(data))
  }

  /// When the log begins, if units may have started before; nil otherwise.
  static func logStart(_ data: CohortData) -> Int64? {
    guard case .log(let log) = data, log.declaredStarts != nil else { return nil }
    return log.times.min()
  }

  static func curve(_ observed: [Observation], _ settings: CohortSettings) -> SurvivalCurve? {
    let days = settings.effectiveInactivityDays
    guard let curve = kaplanMeier(observed, settings.level) else { return nil }
    let data = curve.data
    let late = observed.count { $0.entry > 0 }
    let horizon = data.times.last ?? 0
    let mean = horizon > 0 ? try? RestrictedMean(curve, horizon: horizon) : nil
    let interval = mean?.interval(settings.level)
    return SurvivalCurve(
      timeUnit: "day",
      definition:
        "churn is the last activity, if \(shown(days)) days without activity follow it within the observation; units active later are censored \(shown(days)) days before its end"
        + (late == 0
          ? ""
          : "; \(late) \(late == 1 ? "unit" : "units") of a start before the log from when it begins (left truncation)"),
      units: observed.count, events: observed.count { $0.churned },
      points: data.times.indices.map { k in
        SurvivalCurve.Point(
          time: data.times[k], survival: curve.survival[k], lower: curve.lower[k], upper: curve.upper[k],
          atRisk: Int(data.atRisk[k]), events: Int(data.events[k]))
      },
      median: curve.median, medianLower: curve.medianLower, medianUpper: curve.medianUpper,
      restrictedMean: mean.map {
        CohortEstimate(estimate: $0.estimate, lower: interval?.lower, upper: interval?.upper)
      },
      restrictedTo: mean?.horizon)
  }

  /// By unit, seconds; `Int64.min` without a start.
  static func lastActivity(_ data: CohortData, _ assignment: CohortAssignment) -> [Int64] {
    switch data {
    case .log(let log): lastActivity(of: log, assignment)
    case .activity(let index): index.lasts
    }
  }

  private static func lastActivity(of log: EventLog, _ assignment: CohortAssignment) -> [Int64] {
    var last = assignment.starts.map { $0 == CohortAssignment.noStart ? Int64.min : $0 }
    for event in 0..<log.count {
      let (unit, time) = (Int(log.units[event]), log.times[event])
      guard time <= assignment.asOf, time >= assignment.starts[unit] else { continue }
      if let roles = log.roles, !roles[event].contains(.activity) { continue }
      last[unit] = max(last[unit], time)
    }
    return last
  }

  /// A unit whose last activity is at or before the limit churned then; one that was active later is known to have lived to the
  /// limit. The limit does not depend on the unit's behaviour, so the censoring says nothing about it.
  static func observations(
    _ lasts: [Int64], _ assignment: CohortAssignment, inactivityDays: Double, segment: Int?,
    logStart: Int64? = nil
  ) -> [Observation] {
    lasts.indices.compactMap { unit in
      if let segment, Int(assignment.segmentOfUnit[unit]) != segment { return nil }
      return observation(unit, lasts, assignment, inactivityDays: inactivityDays, logStart: logStart)
    }
  }

  /// Nil without a start, with a start too late to tell, or gone before the log begins.
  static func observation(
    _ unit: Int, _ lasts: [Int64], _ assignment: CohortAssignment, inactivityDays: Double, logStart: Int64? = nil
  ) -> Observation? {
    let limit = assignment.asOf - Int64(min(inactivityDays, 1e6) * Double(CivilDay.secondsPerDay))
    let start = assignment.starts[unit]
    guard start != CohortAssignment.noStart, start <= limit else { return nil }
    let churned = lasts[unit] <= limit
    let seconds = (churned ? lasts[unit] : limit) - start
    let time = Double(seconds / CivilDay.secondsPerDay)
    let late = Double(((logStart ?? start) - start) / CivilDay.secondsPerDay)
    let entry = late > 0 ? late : -1
    // Gone before the log could see it, or gone without a trace: the log says nothing about such a unit.
    guard entry < time else { return nil }
    return Observation(time: time, churned: churned, entry: entry)
  }

  static func shown(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
