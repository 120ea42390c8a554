import ArgumentParser
import Basics
import Engines
import Foundation
import Pipelines
import Processes
import Reports
import Statistics
import Workflow

/// How an event log is read, shared by the commands that measure one.
struct EventLogOptions: ParsableArguments {
  @Option(name: .customLong("case"), help: "The column of case ids.")
  var caseColumn = "case_id"

  @Option(help: "The column of events' names.")
  var event = "event"

  @Option(help: "The column of times: ISO 8601 or Unix time, to the millisecond.")
  var time = "timestamp"

  @Option(help: "The column of units; 'unit_id' if there is one, else every case is a unit.")
  var unit: String?

  @Option(help: "The column of variants; 'variant' if there is one.")
  var variant: String?

  @Option(
    help: ArgumentHelp(
      "What rows are matched by: event, node, or auto (node ids where there are some).", valueName: "how"))
  var match = MeasurePlan.Match.auto

  @Option(
    help: ArgumentHelp("Group by start.day, start.week, start.month, start.quarter, or a column.", valueName: "cohort"))
  var cohort: String?

  @Option(
    help: ArgumentHelp(
      "A case, or a unit from its exposure, must get there in this time: 7d. Later it is dropped.", valueName: "time"))
  var window: String?

  @Option(help: "End of observation, ISO 8601; by default the last event.")
  var asOf: String?

  @Option(help: "IANA time zone of cohorts, and of times that are written without one.")
  var timeZone = "UTC"

  @Option(help: "Error probability of intervals and tests, in (0, 1).")
  var alpha = 0.05

  func plan(_ model: Model, _ table: TableInputOptions) throws -> MeasurePlan {
    var plan = MeasurePlan()
    plan.columns.caseID = caseColumn
    plan.columns.event = event
    plan.columns.time = time
    plan.columns.unit = unit
    plan.columns.variant = variant
    plan.match = match
    plan.timeZone = timeZone
    plan.allowedBadRows = table.allowBadRows
    plan.threads = table.threads
    plan.level = try ConfidenceLevel(alpha: alpha)
    plan.asOf = try asOf.map { Double(try EventTime.seconds($0, timeZone: timeZone)) }
    let written = model.directives.first { $0.name == "cohort" }?.attributes.list.first
    plan.cohort = try (cohort ?? written.map { $0.name == "column" ? $0.value : "start.\($0.value)" }).map(Self.cohort)
    let window = window ?? model.directives.first { $0.name == "window" }?.attributes.list.first?.value
    plan.window = try window.map { text throws in
      guard let seconds = TimeSpan.seconds(parsing: text), seconds > 0 else {
        throw UsageFault(sentence: "--window: expected a time such as 36h or 7d, found '\(text)'.")
      }
      return seconds
    }
    return plan
  }

  private static func cohort(_ text: String) throws -> MeasurePlan.Cohort {
    guard text.hasPrefix("start.") else { return .column(text) }
    guard let period = MeasurePlan.Period(rawValue: String(text.dropFirst(6))) else {
      throw UsageFault(
        sentence: "--cohort: expected start.day, start.week, start.month, start.quarter or a column, found '\(text)'.")
    }
    return .start(period)
  }
}

extension MeasurePlan.Match: ExpressibleByArgument {}

struct MeasureFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure an event log against a model: funnel, times, rework, conformance, variants and cohorts.",
    discussion: """
      EXAMPLES
        verdict flow measure content_moderation log.csv
        verdict flow measure model.flow log.csv --cohort start.week --window 14d \\
          -o funnel.html
        verdict flow measure model.flow log.csv --min-fit 0.95
            exits with 1 if fewer cases fit

      The log has case_id,event,timestamp and perhaps unit_id, variant, node,
      lifecycle. Each case is explained by the cheapest walk through the model,
      exactly; what does not fit is counted as unknown event, skip, wrong order or
      forbidden jump, each with an example. CSV has one row an edge.
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Argument(help: ArgumentHelp("Event logs, CSV or TSV, also .gz.", valueName: "log"))
  var logs: [String]

  @Option(help: "The variant that the others are compared with.")
  var control: String?

  @Option(help: "The least share of cases that must fit the model, in [0, 1].")
  var minFit: Double?

  @OptionGroup var log: EventLogOptions
  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let source = try ModelSource(model)
    let model = try source.onlyModel()
    var plan = try log.plan(model, table)
    plan.control = control
    let paths = try table.expanded(logs)
    try output.requireUsable(apartFrom: paths)
    var found = try FlowMeasurer(model, plan).measure(paths, options: table.options())
    if found.model.isEmpty { found.model = source.name }
    try output.write(Report.render(found, on: model, as: output.chosenFormat, options: output.reportOptions))
    let fit = Double(found.conformance.fittingCases) / Double(max(found.conformance.cases, 1))
    if let minFit, fit < minFit {
      throw AnswerIsNo(
        reason: "\(found.conformance.fittingCases.grouped) of \(found.conformance.cases.grouped) cases fit the model")
    }
  }
}

struct FitFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Learn p= and duration= from an event log and write them into the model's text.",
    discussion: """
      EXAMPLES
        verdict flow fit model.flow log.csv > fitted.flow
        verdict flow fit model.flow log.csv -o model.flow --format table

      Comments, layout and all other attributes stay byte for byte. Without --format
      the text is printed; with it what was learnt.
      """)

  @Argument(help: "A .flow file or a built-in model's name.")
  var model: String

  @Argument(help: ArgumentHelp("Event logs, CSV or TSV, also .gz.", valueName: "log"))
  var logs: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the model to this file.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Print what was learnt: table, json, csv, markdown or html.", valueName: "format"))
  var format: ReportFormat?

  @OptionGroup var log: EventLogOptions
  @OptionGroup var table: TableInputOptions

  func run() throws {
    let source = try ModelSource(model)
    let plan = try log.plan(try source.onlyModel(), table)
    let fit = try FlowFit(
      text: source.bytes, file: source.name, log: table.expanded(logs), plan: plan, options: table.options())
    for notice in fit.notices { Terminal.notice(notice) }
    if let output, output != "-" {
      try AtomicFile.write(fit.text, to: output)
      Terminal.notice("wrote \(output)")
    } else if format == nil {
      try Terminal.print(bytes: fit.text)
    }
    guard let format else { return }
    let options = ReportOptions(width: Terminal.width, color: Terminal.color, unicode: true)
    try Terminal.print(Report.render(fit, as: format, options: options), terminator: "")
  }
}
