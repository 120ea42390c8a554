/// The sentences under a report: rules that were applied, and what the numbers do not say.
enum Notes {
  static func sentences(
    _ report: CohortReport, settings: CohortSettings, patternsTested: Int, startsWithActivity: Bool
  ) -> [String] {
    var notes: [String] = []
    let input = report.input
    if input.eventsAfterAsOf > 0 {
      notes.append("\(count(input.eventsAfterAsOf, "event")) after the end of observation left out.")
    }
    if input.eventsBeforeStart > 0 {
      notes.append("\(count(input.eventsBeforeStart, "event")) before the unit's start left out.")
    }
    if input.unitsWithoutStart > 0 {
      notes.append("\(count(input.unitsWithoutStart, "unit")) without a start event left out.")
    }
    if startsWithActivity, settings.retention == .on, settings.window == .calendar {
      notes.append("Age 0 is 100 % by definition: the first event is both the start and activity.")
    }
    if settings.retention == .onOrAfter {
      notes.append(
        "Older cohorts had more time to come back: on-or-after rates of cohorts of different age are not comparable.")
    }
    if settings.recurring {
      notes.append(
        "A unit is in the cohort of every period in which it starts; intervals over cohorts allow for its repeated presence."
      )
    }
    if report.comparison != nil {
      notes.append(
        "Differences between groups have intervals of their own; their p-values are adjusted by Holm's method over all of them."
      )
    }
    notes.append("Cells are blank until their whole period lies before the end of observation.")
    if patternsTested > 0 {
      notes.append("\(count(patternsTested, "difference")) looked at for patterns, p-values adjusted by Holm's method.")
    }
    if let correlation = report.lifetimeValue?.spend?.frequencyCorrelation, let lower = correlation.lower,
      let upper = correlation.upper, lower > 0 || upper < 0, abs(correlation.estimate) > 0.1
    {
      notes.append("Spend and frequency are correlated, which the Gamma-Gamma model excludes: read values with care.")
    }
    return notes
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
