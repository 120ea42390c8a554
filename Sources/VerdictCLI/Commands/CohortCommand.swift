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
    abstract: "Retention, survival and lifetime value of signup cohorts, from an event log.",
    discussion: """
      EXAMPLES
        verdict cohort events.csv --unit user_id --time occurred_at --period week
        verdict cohort orders.csv.gz --unit customer_id --time date \\
          --period month --amount amount --ltv bg-nbd -o ltv.html
        verdict cohort events.csv --period day --time-zone Europe/Berlin \\
          --format csv > retention.csv

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

  @Option(help: "Split the cohorts by this column too.")
  var by: String?

  @Option(help: "IANA time zone of the calendar, and of times that are written without one.")
  var timeZone = "UTC"

  @Option(help: "First day of the week.")
  var weekStart = Weekday.monday

  @Option(help: "End of observation, ISO 8601; by default the last event.")
  var asOf: String?

  @Option(help: "The column with events' names, for --start-event and --return-event.")
  var event: String?

  @Option(help: "The event that starts a unit's life; by default its first event.")
  var startEvent: String?

  @Option(help: "The event that counts as coming back; by default any.")
  var returnEvent: String?

  @Option(help: "The column of money, for lifetime value.")
  var amount: String?

  @Option(help: "Project lifetime value: bg-nbd, mbg-nbd or pareto-nbd.")
  var ltv: LifetimeValueSettings.Model?

  @Option(help: "Periods to project.")
  var horizon = 12

  @Option(help: "Discount a year, such as 0.1.")
  var discount = 0.0

  @Option(help: "Error probability of intervals, in (0, 1).")
  var alpha = 0.05

  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let settings = try settings()
    try settings.validate()
    var columns = EventLogReader.Columns(unit: unit, time: time)
    columns.amount = amount
    columns.segment = by
    columns.event = event
    columns.startEvent = startEvent
    columns.returnEvent = returnEvent
    let reader = EventLogReader(
      columns, timeZone: timeZone, options: try table.options(), allowedBadRows: table.allowBadRows)
    let report = try Cohorts.analyze(log: try reader.read(table.expanded(files)), settings: settings)
    try output.write(Report.render(report, as: output.chosenFormat, options: output.reportOptions))
  }

  private func settings() throws -> CohortSettings {
    var settings = CohortSettings()
    settings.period = period
    settings.timeZone = timeZone
    settings.weekStart = weekStart
    settings.level = try ConfidenceLevel(alpha: alpha)
    settings.asOf = try asOf.map { try EventTime.seconds($0, timeZone: timeZone) }
    switch retention {
    case .on: settings.retention = .on
    case .onOrAfter: settings.retention = .onOrAfter
    case .bracket: settings.retention = .bracket(try parsedBrackets())
    }
    if let ltv {
      let rate = CohortSettings.perPeriod(discount, days: period.averageDays)
      settings.lifetimeValue = LifetimeValueSettings(model: ltv, horizon: horizon, discountRate: rate)
    }
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

extension CohortPeriod: ExpressibleByArgument {}
extension Weekday: ExpressibleByArgument {}
extension LifetimeValueSettings.Model: ExpressibleByArgument {}
