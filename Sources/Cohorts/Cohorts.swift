import Statistics

/// Cohort analysis of an event log: the steps in order, each of which can also be called by itself.
public enum Cohorts {
  /// Assigns units to cohorts, builds the retention table and the survival curve, fits and checks the lifetime value model,
  /// projects it if it holds, and looks for patterns.
  ///
  /// - Throws: `CohortFault` on a log or settings that cannot be analysed. A model that cannot be fitted does not throw: the
  ///   report then holds observed values and says why.
  public static func analyze(log: EventLog, settings: CohortSettings) throws(CohortFault) -> CohortReport {
    try analyze(.log(log), settings: settings)
  }

  /// The same of a log in either form. What is kept of each unit has no amounts and no steps, so lifetime value and behaviour
  /// are left out there.
  public static func analyze(_ data: CohortData, settings: CohortSettings) throws(CohortFault) -> CohortReport {
    let assignment = try data.assignment(settings)
    let tables = try tables(data, assignment, settings)
    let segments = segments(data, assignment, settings, tables.segments)
    var report = CohortReport(
      input: input(data, assignment), settings: described(settings, assignment), retention: tables.all,
      segments: segments,
      survival: ChurnCurve.survival(data, assignment: assignment, settings: settings))
    if let column = data.segmentColumn {
      let comparer = GroupComparer(data: data, assignment: assignment, settings: settings, column: column)
      report.comparison = try comparer.compare(segments)
    }
    if case .log(let log) = data {
      if let wanted = settings.lifetimeValue {
        report.lifetimeValue = lifetime(
          log, assignment, settings, wanted, maximumAge: tables.all.ages.last?.to ?? 0)
      }
      report.behaviour = try behaviour(log, assignment, settings)
    }
    let patterns = Patterns.find(
      all: tables.all, segments: segments, early: report.behaviour?.early, level: settings.level)
    report.patterns = patterns.found
    report.notes = Notes.sentences(
      report, settings: settings, patternsTested: patterns.tested, startsWithActivity: data.startsWithActivity)
    return report
  }

  private static func tables(
    _ data: CohortData, _ assignment: CohortAssignment, _ settings: CohortSettings
  ) throws(CohortFault) -> (all: RetentionTable, segments: [RetentionTable]) {
    guard settings.recurring else { return try Retention.tables(data, assignment: assignment, settings: settings) }
    guard case .log(let log) = data else { throw CohortFault(.recurringNeeds("the events one by one")) }
    return (RecurringRetention(log, assignment, settings).table(settings.level), [])
  }

  /// The views of behaviour that the settings ask for; nil if none.
  ///
  /// - Throws: `CohortFault` if a view needs steps or amounts that the log does not have, or names a step that it does not have.
  public static func behaviour(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings
  ) throws(CohortFault) -> BehaviourReport? {
    let wanted = settings.behaviour
    guard wanted != BehaviourSettings() else { return nil }
    if wanted.needsSteps, log.steps == nil { throw CohortFault(.noSteps) }
    let timelines = UnitTimelines(log, assignment)
    let level = settings.level
    var report = BehaviourReport()
    if wanted.habits {
      report.habits = Habits(log: log, timelines: timelines, assignment: assignment, settings: settings)
    }
    if let funnel = wanted.funnel { report.funnels = try FunnelReport.all(log, assignment, funnel, level) }
    if let scale = wanted.rfm {
      report.rfm = RFMReport(try RFM(log: log, assignment: assignment, scale: scale), scale: scale)
    }
    if let length = wanted.pathLength {
      report.paths = PathReport(log: log, timelines: timelines, length: length, level: level)
    }
    if let days = wanted.earlyDays {
      report.early = EarlyBehaviourReport(
        log: log, timelines: timelines, assignment: assignment, days: days, level: level)
    }
    if let sequences = wanted.sequences {
      report.sequences = SequenceReport(log: log, timelines: timelines, settings: sequences, level: level)
    }
    if let days = wanted.clusterDays {
      report.clusters = ClusterReport(
        log: log, timelines: timelines, assignment: assignment, days: days, level: level)
    }
    return report
  }

  /// What was read and left out.
  public static func input(_ data: CohortData, _ assignment: CohortAssignment) -> CohortReport.Input {
    CohortReport.Input(
      files: data.files, events: data.events, units: assignment.units, unreadableRows: data.unreadableRows,
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
    _ data: CohortData, _ assignment: CohortAssignment, _ settings: CohortSettings, _ tables: [RetentionTable]
  ) -> [CohortReport.Segment] {
    guard let column = data.segmentColumn else { return [] }
    return tables.indices.map { index in
      CohortReport.Segment(
        column: column, value: data.segmentNames[index], units: tables[index].cohorts.reduce(0) { $0 + $1.size },
        retention: tables[index],
        survival: ChurnCurve.survival(data, assignment: assignment, settings: settings, segment: index))
    }.filter { $0.units > 0 }.sorted { $0.value < $1.value }
  }

  /// Observed values always; a projection only of a model that could be fitted and passed its check on held-out data.
  public static func lifetime(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings, _ wanted: LifetimeValueSettings,
    maximumAge: Int
  ) -> LifetimeValue {
    let observed = ObservedValue.cohorts(
      log: log, assignment: assignment, settings: settings, maximumAge: maximumAge)
    if wanted.model == .shiftedBetaGeometric {
      var result = LifetimeValue(model: wanted.model.rawValue, observed: observed)
      do {
        result.contractual = try ContractualValue(log, assignment, settings, wanted)
      } catch {
        result.withheld = "the model cannot be fitted: \(error.sentence)"
      }
      return result
    }
    let purchases = PurchaseLog(log: log, assignment: assignment)
    if let missing = LifetimeAnalysis.missingForModel(purchases, assignment) {
      return LifetimeValue(model: nil, withheld: missing, observed: observed)
    }
    do {
      let fitted = try LifetimeAnalysis.fit(purchases, model: wanted.model, level: settings.level)
      var result = fitted.summary
      result.observed = observed
      let holdout = try LifetimeAnalysis.holdout(
        purchases, model: wanted.model, level: settings.level, days: wanted.holdoutDays)
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
