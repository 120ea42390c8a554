import Statistics

/// The survival view of retention: time from a unit's start to its last activity, where a long enough silence is churn.
public enum ChurnCurve {
  /// One unit's observation, in whole days.
  struct Observation {
    var time: Double
    var churned: Bool
  }

  /// - Returns: nil if the log is too short for anyone to have been silent for so long.
  public static func survival(
    log: EventLog, assignment: CohortAssignment, settings: CohortSettings, segment: Int? = nil
  ) -> SurvivalCurve? {
    let lasts = lastActivity(log, assignment)
    let days = settings.effectiveInactivityDays
    let observed = observations(lasts, assignment, inactivityDays: days, segment: segment)
    guard
      let data = try? SurvivalData(time: observed.map(\.time), event: observed.map(\.churned))
    else { return nil }
    let curve = KaplanMeier(data, level: settings.level)
    let horizon = data.times.last ?? 0
    let mean = horizon > 0 ? try? RestrictedMean(curve, horizon: horizon) : nil
    let interval = mean?.interval(settings.level)
    return SurvivalCurve(
      timeUnit: "day",
      definition:
        "churn is the last activity, if \(shown(days)) days without activity follow it within the observation; units active later are censored \(shown(days)) days before its end",
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
  private static func lastActivity(_ log: EventLog, _ assignment: CohortAssignment) -> [Int64] {
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
    _ lasts: [Int64], _ assignment: CohortAssignment, inactivityDays: Double, segment: Int?
  ) -> [Observation] {
    let limit = assignment.asOf - Int64(inactivityDays * Double(CivilDay.secondsPerDay))
    var found: [Observation] = []
    for unit in lasts.indices {
      let start = assignment.starts[unit]
      guard start != CohortAssignment.noStart, start <= limit else { continue }
      if let segment, Int(assignment.segmentOfUnit[unit]) != segment { continue }
      let churned = lasts[unit] <= limit
      let seconds = (churned ? lasts[unit] : limit) - start
      found.append(Observation(time: Double(seconds / CivilDay.secondsPerDay), churned: churned))
    }
    return found
  }

  static func shown(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
