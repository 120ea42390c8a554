import Statistics

/// Cohort analysis of an event log: the steps in order, each of which can also be called by itself.
public enum Cohorts {
  /// Assigns units to cohorts, builds the retention table and the survival curve, fits and checks the lifetime value model,
  /// projects it if it holds, and looks for patterns.
  ///
  /// - Throws: `CohortFault` on a log or settings that cannot be analysed. A model that cannot be fitted does not throw: the
  ///   report then holds observed values and says why.
  public static func analyze(log: EventLog, settings: CohortSettings) throws(CohortFault) -> CohortReport {
    let assignment = try CohortAssignment(log: log, settings: settings)
    let tables = try Retention.tables(log: log, assignment: assignment, settings: settings)
    let segments = segments(log, assignment, settings, tables.segments)
    let survival = ChurnCurve.survival(log: log, assignment: assignment, settings: settings)
    let patterns = Patterns.find(all: tables.all, segments: segments, level: settings.level)
    var lifetimeValue: LifetimeValue?
    if let wanted = settings.lifetimeValue {
      lifetimeValue = lifetime(log, assignment, settings, wanted, maximumAge: tables.all.ages.last?.to ?? 0)
    }
    var report = CohortReport(
      input: input(log, assignment), settings: described(settings, assignment), retention: tables.all,
      segments: segments, survival: survival, lifetimeValue: lifetimeValue, patterns: patterns.found)
    report.notes = Notes.sentences(
      report, settings: settings, patternsTested: patterns.tested, hasRoles: log.roles != nil)
    return report
  }

  /// What was read and left out.
  public static func input(_ log: EventLog, _ assignment: CohortAssignment) -> CohortReport.Input {
    CohortReport.Input(
      files: log.files, events: log.count, units: assignment.units, unreadableRows: log.unreadableRows,
      eventsAfterAsOf: assignment.eventsAfterAsOf, eventsBeforeStart: assignment.eventsBeforeStart,
      unitsWithoutStart: assignment.unitsWithoutStart)
  }

  /// The settings with their defaults resolved.
  public static func described(_ settings: CohortSettings, _ assignment: CohortAssignment) -> CohortReport.Settings {
    CohortReport.Settings(
      period: settings.period.rawValue, retention: settings.retentionName, window: settings.windowName,
      timeZone: settings.timeZone, weekStart: settings.weekStart.rawValue,
      asOf: CivilDay.isoInstant(assignment.asOf), level: settings.level.level)
  }

  private static func segments(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings, _ tables: [RetentionTable]
  ) -> [CohortReport.Segment] {
    guard let column = log.segmentColumn else { return [] }
    return tables.indices.map { index in
      CohortReport.Segment(
        column: column, value: log.segmentNames[index], units: tables[index].cohorts.reduce(0) { $0 + $1.size },
        retention: tables[index],
        survival: ChurnCurve.survival(log: log, assignment: assignment, settings: settings, segment: index))
    }.filter { $0.units > 0 }.sorted { $0.value < $1.value }
  }

  /// Observed values always; a projection only of a model that could be fitted and passed its check on held-out data.
  public static func lifetime(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings, _ wanted: LifetimeValueSettings,
    maximumAge: Int
  ) -> LifetimeValue {
    let observed = ObservedValue.cohorts(
      log: log, assignment: assignment, settings: settings, maximumAge: maximumAge)
    let purchases = PurchaseLog(log: log, assignment: assignment)
    if let missing = LifetimeAnalysis.missingForModel(purchases, assignment) {
      return LifetimeValue(model: nil, withheld: missing, observed: observed)
    }
    do {
      let fitted = try LifetimeAnalysis.fit(purchases, model: wanted.model, level: settings.level)
      var result = fitted.summary
      result.observed = observed
      let holdout = try LifetimeAnalysis.holdout(purchases, model: wanted.model, level: settings.level)
      result.holdout = holdout
      if !fitted.purchases.isConverged {
        result.withheld = "the fit did not converge; try another model."
      } else if !holdout.passed {
        result.withheld = "the model fails on held-out data: \(holdout.detail)"
      } else {
        result.projection = try LifetimeAnalysis.project(
          fitted, purchases, assignment, settings: settings, lifetimeValue: wanted)
      }
      return result
    } catch {
      return LifetimeValue(
        model: wanted.model.rawValue, withheld: "the model cannot be fitted: \(error.sentence)", observed: observed)
    }
  }
}
