import ArgumentParser
import Basics
import Cohorts
import Engines
import Experiments
import Foundation
import Pipelines
import Reports
import Statistics

struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Retention, survival, lifetime value and behaviour of signup cohorts, from an event log.",
    discussion: """
      EXAMPLES
        verdict cohort events.csv --unit user_id --time occurred_at --period week
        verdict cohort orders.csv.gz --unit customer_id --time date \\
          --period month --amount amount --ltv bg-nbd -o ltv.html
        verdict cohort events.csv --period day --time-zone Europe/Berlin \\
          --format csv > retention.csv
        verdict cohort events.csv --arm variant --control control \\
          --event name --funnel 'signup,cart?,buy' --paths 4

      A unit's cohort is the period of its first event. Immature cells are blank,
      never 0. Every rate has its interval. CSV is the long form
      cohort,period,size,retained,rate,lower,upper.
      """)

  enum RetentionMode: String, ExpressibleByArgument, CaseIterable {
    case on
    case onOrAfter = "on-or-after"
    case bracket
  }

  @Argument(help: ArgumentHelp("Event logs, CSV or TSV, also .gz; '-' is standard input.", valueName: "file"))
  var files: [String]

  @Option(help: "The column of unit ids.")
  var unit = "user_id"

  @Option(help: "The column of times: ISO 8601 or Unix time.")
  var time = "occurred_at"

  @Option(help: "day, week, month or quarter.")
  var period = CohortPeriod.week

  @Option(help: "on (active in the period), on-or-after, or bracket.")
  var retention = RetentionMode.on

  @Option(help: ArgumentHelp("Ages of brackets, both ends included, such as 0,1-2,3-6.", valueName: "ages"))
  var brackets: String?

  @Option(help: "calendar, or rolling: windows of 1, 7, 30 or 90 days since each unit's start.")
  var window = CohortWindow.calendar

  @Option(help: "IANA time zone of the calendar, and of times that are written without one.")
  var timeZone = "UTC"

  @Option(help: "First day of the week.")
  var weekStart = Weekday.monday

  @Option(help: "End of observation, ISO 8601; by default the last event.")
  var asOf: String?

  @Option(help: "The last age of the table; by default every age that a cohort has completed.")
  var maximumAge: Int?

  @Option(help: "Days without activity that count as churn; by default 30, or 90 with months and quarters.")
  var inactivity: Double?

  @Option(help: "The column of money, for lifetime value and RFM.")
  var amount: String?

  @Option(help: "Project lifetime value: bg-nbd, mbg-nbd, pareto-nbd or shifted-beta-geometric.")
  var ltv: LifetimeValueSettings.Model?

  @Option(help: "Periods to project.")
  var horizon = 12

  @Option(help: ArgumentHelp("Days at the end of the log that the model must predict; a third.", valueName: "days"))
  var holdout: Int?

  @Option(help: "Discount a year, such as 0.1.")
  var discount = 0.0

  @Option(help: ArgumentHelp("Write what each customer is worth to this CSV file; needs --ltv.", valueName: "file"))
  var customers: String?

  @Option(help: "Error probability of intervals, in (0, 1).")
  var alpha = 0.05

  @OptionGroup(title: "Who starts when, and groups") var starts: CohortStartOptions
  @OptionGroup(title: "Behaviour") var behaviour: CohortBehaviourOptions
  @OptionGroup(title: "Input") var table: TableInputOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let paths = try table.expanded(files)
    try output.requireUsable(apartFrom: paths, others: [("--customers", customers)])
    let settings = try settings()
    var columns = EventLogReader.Columns(unit: unit, time: time)
    columns.amount = amount
    columns.event = behaviour.event
    columns.keepsNames = customers != nil
    starts.fill(&columns)
    var reader = EventLogReader(
      columns, timeZone: timeZone, options: try table.options(), allowedBadRows: table.allowBadRows)
    reader.starts = starts.table(unit: unit)
    var data = try reader.read(paths, for: settings)
    if let step = starts.byEarly, case .log(let log) = data {
      data = .log(try log.grouped(byEarly: step, days: starts.earlyDays, settings: settings))
    }
    let report = try Cohorts.analyze(data, settings: settings)
    warn(report)
    var tables: [(path: String, bytes: [UInt8])] = []
    if let customers, case .log(let log) = data {
      let values = try CustomerValue.all(log: log, settings: settings)
      tables.append((customers, Array(Report.csv(values, names: log.unitNames).utf8)))
    }
    try output.write(
      Report.render(report, as: output.chosenFormat, options: output.reportOptions), beside: tables)
  }

  /// What is not wrong, and yet rarely meant.
  private func warn(_ report: CohortReport) {
    let end = report.settings.asOf
    if asOf == nil, end > Date().ISO8601Format() {
      Terminal.notice("the last event is in the future, \(end); if that is wrong, end the observation with --as-of")
    }
    if customers != nil, let reason = report.lifetimeValue?.withheld {
      Terminal.notice("the customers' values are not to be trusted: \(reason)")
    }
  }

  private func settings() throws -> CohortSettings {
    var settings = CohortSettings()
    settings.period = period
    settings.timeZone = timeZone
    settings.weekStart = weekStart
    settings.level = try ConfidenceLevel(alpha: alpha)
    settings.asOf = try asOf.map { try EventTime.seconds($0, timeZone: timeZone) }
    settings.maximumAge = maximumAge
    settings.inactivityDays = inactivity
    if window == .rolling { settings.window = .rolling(seconds: period.rollingSeconds) }
    switch retention {
    case .on: settings.retention = .on
    case .onOrAfter: settings.retention = .onOrAfter
    case .bracket: settings.retention = .bracket(try parsedBrackets())
    }
    if retention != .bracket, brackets != nil {
      throw UsageFault(sentence: "--brackets: only used with --retention bracket.")
    }
    if let ltv {
      let rate = CohortSettings.perPeriod(discount, days: period.averageDays)
      settings.lifetimeValue = LifetimeValueSettings(model: ltv, horizon: horizon, discountRate: rate)
      settings.lifetimeValue?.holdoutDays = holdout
    }
    if customers != nil, ltv == nil || ltv == .shiftedBetaGeometric {
      throw UsageFault(sentence: "--customers: needs --ltv bg-nbd, mbg-nbd or pareto-nbd.")
    }
    settings.recurring = starts.recurring
    settings.control = starts.control
    settings.groupsAreArms = starts.arm != nil
    settings.behaviour = try behaviour.settings(hasEarlyGroups: starts.byEarly != nil)
    return settings
  }

  private func parsedBrackets() throws -> [ClosedRange<Int>] {
    let wrong = UsageFault(sentence: "--brackets: expected ages such as 0,1-2,3-6, found '\(brackets ?? "nothing")'.")
    return try (brackets ?? "").split(separator: ",").map { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let from = ends.first, let to = ends.last, ends.count <= 2, from <= to else { throw wrong }
      return from...to
    }
  }
}

enum CohortWindow: String, ExpressibleByArgument, CaseIterable { case calendar, rolling }

extension CohortPeriod: ExpressibleByArgument {}
extension Weekday: ExpressibleByArgument {}
extension LifetimeValueSettings.Model: ExpressibleByArgument {}
