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
      Such files are known by their content, under any name, also as .gz and '-'.
      Results are written when all is computed: a command that fails writes nothing.

      Exits with 1 if a check fails or a guardrail is crossed.
      """)

  @Argument(
    help: ArgumentHelp(
      "CSV or TSV files, also .gz; Parquet through DuckDB; statistics files; '-' is standard input.", valueName: "file")
  )
  var files: [String]

  @Option(name: .long, parsing: .singleValue, help: "A metric; may be given several times.")
  var metric: [String] = []

  @Option(help: "The column that says which arm a unit is in; 'variant' by default.")
  var variant: String?

  @Option(help: "The column of unit ids; 'user_id' if there is one, else every row is a unit.")
  var unit: String?

  @Option(help: "The arm that the others are compared with.")
  var control = "control"

  @Option(
    help: ArgumentHelp("Planned shares, such as control=50,treatment=50; equal by default.", valueName: "weights"))
  var weights: String?

  @Option(
    name: .long, parsing: .singleValue,
    help:
      "Also compare within the values of this column, the 20 largest and the rest as one; may be given several times.")
  var segment: [String] = []

  @Option(
    help: "Rows are observations; the values of this column are the independent clusters, which the minimum is of.")
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

  @Option(help: "The zone of times that are written without one, an IANA name; UTC by default.")
  var timeZone: String?

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
      "Also write counts, means and cross-products to this file, which 'analyze' reads again; of all segments, so that files add up.",
      valueName: "file"))
  var statisticsFile: String?

  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let (paths, others) = (try table.expanded(files), (try table.expanded(exposures), try table.expanded(attributes)))
    let inputs = paths + others.0 + others.1
    guard inputs.count(where: { $0 == "-" }) <= 1 else {
      throw UsageFault(
        sentence: "'-' is given more than once: standard input is read once. Write one of the inputs to a file.")
    }
    try output.requireUsable(apartFrom: inputs, others: [("--statistics", statisticsFile)])
    let plan = try plan()
    var measured = try measured(files: paths, exposures: others.0, attributes: others.1)
    let stored = statisticsFile.map { ($0, Array((measured.json.text(pretty: true) + "\n").utf8)) }
    for column in measured.measurements.foldRareSegments(isClustered: measured.isClustered) {
      Terminal.notice(
        "values of '\(column)' beyond the \(Measurements.segmentLimit) largest are left out: a cluster may be in several of "
          + "them, so their statistics do not add up")
    }
    let analysis = try Analysis(
      measured.measurements, plan: plan(measured.metrics), isClustered: measured.isClustered)
    try output.write(
      Report.render(analysis, as: output.chosenFormat, options: output.reportOptions), beside: stored.map { [$0] } ?? []
    )
    let failed = analysis.checks.first { $0.outcome == .fail }
    if let failed { throw AnswerIsNo(reason: "the check \(failed.name) fails") }
    if analysis.decision.outcome == .rollback { throw AnswerIsNo(reason: "a guardrail is crossed") }
  }

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

  /// The plan for some metrics; what is wrong with its options is said before there is work.
  private func plan() throws -> ([Metric]) -> AnalysisPlan {
    var plan = AnalysisPlan(metrics: [], control: control)
    plan.weights = try weights.map { text in
      Dictionary(try OptionValue.weights(text).map { ($0.name, $0.weight) }) { first, _ in first }
    }
    try statistics.apply(to: &plan)
    return { [plan] metrics in
      var plan = plan
      plan.metrics = metrics
      return plan
    }
  }

  // MARK: - Measuring

  private func measured(
    files paths: [String], exposures: [String], attributes: [String]
  ) throws -> StatisticsFile {
    let options = try table.options()
    let inputs = try paths.map { path throws in DuckDBEngine.reads(path) ? nil : try TableFile(path, options: options) }
    let areStatistics = inputs.map { $0.map { StatisticsFile.isOne($0.text) } ?? false }
    guard areStatistics.contains(true) else {
      try requireExposures()
      return try measure(paths, inputs, exposures, attributes, options)
    }
    if let place = areStatistics.firstIndex(of: false), let first = areStatistics.firstIndex(of: true) {
      throw UsageFault(
        sentence:
          "'\(paths[first])' is a file of statistics and '\(paths[place])' is not. Write the statistics of the rows "
          + "first, with --statistics, and put the files together then.")
    }
    return try put(together: inputs.compactMap { $0 })
  }

  /// Statistics of disjoint units.
  private func put(together files: [TableFile]) throws -> StatisticsFile {
    if let option = rowOptions.first(where: { $0.isGiven })?.name {
      throw UsageFault(
        sentence: "files of statistics say themselves what was measured; \(option) is for rows. Leave it out.")
    }
    var all: StatisticsFile?
    var names: [UInt64: String] = [:]
    for file in files {
      let next = try StatisticsFile(parsing: Array(file.text), file: file.name)
      if all == nil { all = next } else { try all?.merge(next, file: file.name) }
      // A warehouse's file names no inputs that could be compared.
      var hash = XXH64()
      hash.update(file.text)
      if let twin = names.updateValue(file.name, forKey: hash.digest) {
        throw UsageFault(
          sentence:
            "'\(file.name)' and '\(twin)' are the same bytes. Files that are put together are of different units; name "
            + "each once.")
      }
    }
    guard let all else { throw UsageFault(sentence: "no file. Name at least one.") }
    return all
  }

  /// The options that say how rows are read.
  private var rowOptions: [(name: String, isGiven: Bool)] {
    [
      ("--metric", !metric.isEmpty), ("--exposures", !exposures.isEmpty), ("--segment", !segment.isEmpty),
      ("--cluster", cluster != nil), ("--variant", variant != nil), ("--unit", unit != nil), ("--time", time != nil),
      ("--exposure-time", exposureTime != nil), ("--exposure-unit", exposureUnit != nil),
      ("--attributes", !attributes.isEmpty), ("--as-of", asOf != nil), ("--event", event != nil),
      ("--time-zone", timeZone != nil),
      ("--include-immature", includeImmature), ("--delimiter", table.delimiter != nil),
      ("--null", !table.nullWords.isEmpty), ("--allow-bad-rows", table.allowBadRows != 0), ("--sha256", table.sha256),
    ]
  }

  private func measure(
    _ paths: [String], _ inputs: [TableFile?], _ exposurePaths: [String], _ attributePaths: [String],
    _ options: TableOptions
  ) throws -> StatisticsFile {
    guard !metric.isEmpty else {
      throw UsageFault(
        sentence:
          "no metric. Name at least one, for example --metric 'conversion=proportion(converted)'; 'verdict profile' "
          + "proposes some.")
    }
    let metrics = try metric.map { text throws in try Metric(parsing: text) }
    let engine = CSVEngine(options: options)
    let source = try DuckDBEngine(options: options).source(paths, opened: inputs)
    if exposurePaths.isEmpty { try requireVariant(source) }
    var request = MeasurementRequest(files: paths, variantColumn: variant ?? "variant", metrics: metrics)
    try requireGroups(arms: request.variantColumn)
    request.unitColumn = try unitColumn(source)
    request.clusterColumn = cluster
    request.segmentColumns = segment
    request.allowedBadRows = table.allowBadRows
    request.timeZone = timeZone ?? "UTC"
    request.keepsRareSegments = statisticsFile != nil
    var joined: JoinedTables?
    if exposurePaths.isEmpty {
      request.timeColumn = time
    } else {
      request.unitColumn = unit ?? "user_id"
      var wanted = ExposureSource(
        files: exposurePaths, timeColumn: time ?? "timestamp", exposureTimeColumn: exposureTime,
        eventColumn: event ?? "event", timeZone: timeZone ?? "UTC", includesImmature: includeImmature)
      wanted.asOf = asOf
      wanted.unitColumn = exposureUnit
      wanted.attributeFiles = attributePaths
      request.exposures = wanted
      let tables = try JoinedTables(wanted, options: options)
      try requireColumns(of: tables, source, metrics)
      joined = tables
    }
    var measurements = try engine.measure(request, source, joined: joined)
    if table.sha256 {
      // The bytes that were read: a pipe has no others, and a file may be another by now.
      measurements.files = zip(measurements.files, source.files + (joined?.files ?? [])).map(withSHA256)
    }
    return StatisticsFile(metrics: metrics, isClustered: cluster != nil, measurements: measurements)
  }

  /// Without the column of arms the files are rows of another kind, or the column has another name.
  private func requireVariant(_ source: TableSource) throws(TableFault) {
    let isLog = ["timestamp", "event"].contains { source.columns.contains($0) }
    try source.requireColumn(
      variant ?? "variant",
      option: isLog ? "--variant, or, of events, who was exposed with --exposures" : "--variant")
    if let cluster { try source.requireColumn(cluster, option: "--cluster") }
    if let time { try source.requireColumn(time, option: "--time") }
    for column in segment { try source.requireColumn(column, option: "--segment") }
  }

  /// A segment has units of several arms.
  private func requireGroups(arms: String) throws(UsageFault) {
    guard segment.contains(where: { $0.isExactly(arms) }) else { return }
    throw UsageFault(
      sentence:
        "--segment: '\(arms)' is the column of the arms, which are compared within each segment. Name another column, "
        + "or leave it out.")
  }

  /// What a join is made by, so that what is missing is said with the option that names it.
  private func requireColumns(
    of joined: JoinedTables, _ events: TableSource, _ metrics: [Metric]
  ) throws(TableFault) {
    let (exposed, time) = (joined.exposures, time ?? "timestamp")
    try events.requireColumn(unit ?? "user_id", option: "--unit")
    try exposed.requireColumn(
      exposureUnit ?? unit ?? "user_id", option: exposureUnit == nil ? "--unit, or --exposure-unit" : "--exposure-unit")
    try exposed.requireColumn(variant ?? "variant", option: "--variant")
    try exposed.requireColumn(exposureTime ?? time, option: "--exposure-time")
    try events.requireColumn(time, option: "--time")
    if metrics.contains(where: { $0.options.event != nil }) {
      try events.requireColumn(event ?? "event", option: "--event")
    }
    let known = joined.attributes?.columns ?? []
    if let cluster, !known.contains(cluster) { try exposed.requireColumn(cluster, option: "--cluster") }
    for column in segment where !known.contains(column) { try exposed.requireColumn(column, option: "--segment") }
  }

  /// The column named, or `user_id` where it exists; nil: each row is a unit.
  private func unitColumn(_ source: TableSource) throws -> String? {
    if let unit {
      try source.requireColumn(unit, option: "--unit")
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
    var file = file
    file.fingerprint = "sha256:" + hash.hex
    return file
  }
}
