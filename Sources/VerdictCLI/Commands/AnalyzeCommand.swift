import ArgumentParser
import Basics
import Engines
import Experiments
import Foundation
import Hashing
import Reports
import Statistics
import Tables

struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Compare the arms of an experiment from CSV files: one row a unit, or exposures and events.",
    discussion: """
      EXAMPLES
        verdict analyze units.csv --metric 'conversion=proportion(converted)'
        verdict analyze 'exports/*.csv.gz' -o report.html \\
          --metric 'revenue=mean(revenue, covariates: pre_revenue) | cap: p99.9' \\
          --metric 'delay=mean(ms) | role: guardrail | direction: down | margin: 2%'
        zcat units.csv.gz | verdict analyze - --metric 'aov=ratio(revenue, orders)'
        verdict analyze events.csv --exposures exposures.csv \\
          --metric 'revenue=mean(amount) | event: purchase | window: 7d'
        verdict analyze events.csv --exposures exposures.csv --unit user_pseudo_id \\
          --exposure-unit user_id --attributes users.csv --segment country \\
          --metric 'orders=mean(*, covariates: age) | event: purchase'
        verdict analyze monday.csv --statistics monday.json \\
          --metric 'revenue=mean(revenue)'
        verdict analyze monday.json tuesday.json

      METRICS   NAME=KIND(ARGS) | option: value
        proportion(converted) · mean(revenue)
        mean(revenue, covariates: pre_revenue+pre_orders)
        ratio(revenue, orders) · quantile(latency, 0.95)
        options: cap: p99.9 | floor: p0.1 (of all arms pooled, or a value)
                 missing: exclude|zero|refuse
                 direction: down | role: guardrail | margin: 2%

      EVENTS    With --exposures the files hold one row an event. A unit counts in
      the arm of its first exposure, with its events from then on; a unit seen in
      several arms is left out. Segments, clusters and covariates are columns of the
      exposures or of --attributes; other covariates are the same sums from before
      exposure. '*' stands for the events themselves:
      proportion(*), mean(*). These options are for events alone:
        event: purchase     events of this name, in the column --event
        window: 7d          from first exposure (+ delay), its end not included:
                            [delay, delay + window); without one to the end
        delay: 1d           when the window begins; without window: from there on
        lookback: 28d       how far before exposure covariates reach
        aggregate: sum|count|distinct|max|min|last|any
                            a unit without events is 0; of max, min and last it has
                            no value, see 'missing' (zero counts it)
        threshold: 50       a proportion of units that reach it
        where: CONDITION    events for which it holds: comparisons by == != < <= >
                            >= of a column with a number, or by == != with a text
                            in quotes; a column alone (true or 1); && || ! ( );
                            `odd name` in backticks; && binds more tightly than ||.
                            An empty field, or a --null word, compares false.
                              where: sku != "a|b" && (price > 9.5 || vip)
      A unit must have been observed to the end of its window (of a delay alone, to
      its end), or it is left out of the metric and counted. Observed means until
      the latest event of anybody; at most 1 in 100 events, more than 30 days behind
      all others, are not taken for it, with a warning. --as-of states the end.

      TIMES     2026-03-05, 20260305, 2026-03-05 04:21:34.250, with Z, +01:00 or
      +0100, or without a zone by --time-zone; Unix time in seconds (from 100000000
      on), milliseconds (12 to 14 digits) or microseconds (15 to 17). Events are
      compared to the microsecond.

      SEGMENTS  The 20 largest of a column are shown, the others as '(other)'.

      STATISTICS  A file that --statistics wrote, or a warehouse, in place of rows;
      several are of different units and are put together. The metrics stand in it.

      Exits with 1 if a check fails or a guardrail is crossed.
      """)

  @Argument(
    help: ArgumentHelp(
      "CSV or TSV files, also .gz; Parquet through DuckDB; statistics files; '-' is standard input.", valueName: "file")
  )
  var files: [String]

  @Option(name: .long, parsing: .singleValue, help: "A metric; may be given several times.")
  var metric: [String] = []

  @Option(help: "The column that says which arm a unit is in.")
  var variant = "variant"

  @Option(help: "The column of unit ids; 'user_id' if there is one, else every row is a unit.")
  var unit: String?

  @Option(help: "The arm that the others are compared with.")
  var control = "control"

  @Option(
    help: ArgumentHelp("Planned shares, such as control=50,treatment=50; equal by default.", valueName: "weights"))
  var weights: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: "Also compare within the values of this column; may be given several times.")
  var segment: [String] = []

  @Option(help: "Rows are observations; the values of this column are the independent clusters.")
  var cluster: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: "A file of exposures (unit, variant, time); the other files are then events. May be given several times.")
  var exposures: [String] = []

  @Option(help: "The column of unit ids in the exposures, if it is another than in the events.")
  var exposureUnit: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "A file with a row a unit: --segment, --cluster and covariates that exposures do not have. May be given several times.",
      valueName: "file"))
  var attributes: [String] = []

  @Option(
    help: "The column of times in exposures and events ('timestamp' by default), or of units' first exposures.")
  var time: String?

  @Option(help: "The column of times in the exposures, if it is another than in the events.")
  var exposureTime: String?

  @Option(help: "The column of events' names, for the option 'event' of metrics; 'event' by default.")
  var event: String?

  @Option(help: "The zone of times that are written without one, an IANA name.")
  var timeZone = "UTC"

  @Flag(help: "Count units as they are whose window is not over yet; they are left out of the metric otherwise.")
  var includeImmature = false

  @Option(
    help: ArgumentHelp(
      "When the observation ended, a date (its last moment) or time; later exposures and events do not count. By default the latest event.",
      valueName: "time"))
  var asOf: String?

  @Option(
    name: .customLong("statistics"),
    help: ArgumentHelp(
      "Also write counts, means and cross-products to this file, which 'analyze' reads again.", valueName: "file"))
  var statisticsFile: String?

  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !metric.isEmpty || isStatistics else {
      throw ValidationError("No metric. Name at least one, for example --metric 'conversion=proportion(converted)'.")
    }
  }

  func run() throws {
    let analysis = try analyze()
    try output.write(Report.render(analysis, as: output.chosenFormat, options: output.reportOptions))
    let failed = analysis.checks.first { $0.outcome == .fail }
    if let failed { throw AnswerIsNo(reason: "the check \(failed.name) fails") }
    if analysis.decision.outcome == .rollback { throw AnswerIsNo(reason: "a guardrail is crossed") }
  }

  private var isStatistics: Bool { files.contains { $0.lowercased().hasSuffix(".json") } }

  /// - Throws: `UsageFault` for an option that is for exposures and events, if there are no exposures.
  private func requireExposures() throws {
    guard exposures.isEmpty else { return }
    let given = [
      ("event", event != nil), ("exposure-unit", exposureUnit != nil), ("attributes", !attributes.isEmpty),
      ("exposure-time", exposureTime != nil), ("include-immature", includeImmature),
      ("as-of", asOf != nil),
    ]
    guard let option = given.first(where: \.1)?.0 else { return }
    throw UsageFault(sentence: "--\(option) is for events that are joined with exposures; pass --exposures FILE too.")
  }

  private func analyze() throws -> Analysis {
    try requireExposures()
    let measured = try isStatistics ? stored() : measure()
    if let statisticsFile {
      try AtomicFile.write(Array((measured.json.text(pretty: true) + "\n").utf8), to: statisticsFile)
      Terminal.notice("wrote \(statisticsFile)")
    }
    var plan = AnalysisPlan(metrics: measured.metrics, control: control)
    plan.weights = try weights.map { text in
      Dictionary(uniqueKeysWithValues: try OptionValue.weights(text).map { ($0.name, $0.weight) })
    }
    try statistics.apply(to: &plan)
    return try Analysis(measured.measurements, plan: plan, isClustered: measured.isClustered)
  }

  /// Statistics of disjoint units, put together.
  private func stored() throws -> StatisticsFile {
    guard metric.isEmpty, exposures.isEmpty, segment.isEmpty, cluster == nil else {
      throw UsageFault(
        sentence: "files of statistics say themselves what was measured; "
          + "--metric, --segment, --cluster and --exposures are for rows.")
    }
    var all: StatisticsFile?
    for path in try table.expanded(files) {
      let file = try TableFile(path)
      let next = try StatisticsFile(parsing: Array(file.text), file: path)
      if all == nil { all = next } else { try all?.merge(next, file: path) }
    }
    guard let all else { throw UsageFault(sentence: "no file.") }
    return all
  }

  private func measure() throws -> StatisticsFile {
    let metrics = try metric.map { text throws in try Metric(parsing: text) }
    let engine = CSVEngine(options: try table.options())
    let paths = try table.expanded(files)
    let source = try DuckDBEngine(options: engine.options).source(paths)
    var request = MeasurementRequest(files: paths, variantColumn: variant, metrics: metrics)
    request.unitColumn = try unitColumn(source)
    request.clusterColumn = cluster
    request.segmentColumns = segment
    request.allowedBadRows = table.allowBadRows
    request.timeZone = timeZone
    if exposures.isEmpty {
      request.timeColumn = time
    } else {
      request.unitColumn = unit ?? "user_id"
      var source = ExposureSource(
        files: try table.expanded(exposures), timeColumn: time ?? "timestamp", exposureTimeColumn: exposureTime,
        eventColumn: event ?? "event", timeZone: timeZone, includesImmature: includeImmature)
      source.asOf = asOf
      source.unitColumn = exposureUnit
      source.attributeFiles = try table.expanded(attributes)
      request.exposures = source
    }
    var measurements = try engine.measure(request, source)
    if table.sha256 {
      let files = try source.files + table.expanded(exposures + attributes).map { path throws in try TableFile(path) }
      measurements.files = zip(measurements.files, files).map(withSHA256)
    }
    return StatisticsFile(metrics: metrics, isClustered: cluster != nil, measurements: measurements)
  }

  /// The column named, or `user_id` where it exists; nil: each row is a unit.
  private func unitColumn(_ source: TableSource) throws -> String? {
    if let unit {
      try source.requireColumn(unit)
      return unit
    }
    if source.columns.contains("user_id") { return "user_id" }
    if cluster == nil, exposures.isEmpty {
      Terminal.notice("no column 'user_id': every row counts as a unit of its own (--unit names another column)")
    }
    return nil
  }

  private func withSHA256(_ file: InputFile, _ source: TableFile) -> InputFile {
    var hash = SHA256()
    hash.update(source.original)
    return InputFile(name: file.name, bytes: file.bytes, fingerprint: "sha256:" + hash.hex)
  }
}
