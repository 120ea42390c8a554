import Basics
import Cohorts
import Engines
import Experiments
import Foundation
import Registry
import Reports
import Statistics
import Tables
import Workflow

/// The typed steps of the cohort model. The report is a pure function of the spec and the files, so a resumed run computes it
/// again from them, after checking that the files are still those that were loaded.
struct CohortSteps: Sendable {
  let spec: CohortSpec
  let folder: RunFolder
  let workspace: Workspace
  let clock: @Sendable () -> Date
  private let cache = ReportCache()

  /// Fewest ages of the table, beside the start, for which a model is worth fitting.
  private static let enoughAges = 3

  var library: StepLibrary {
    var library = StepLibrary()
    library.register("cohort.define", define)
    library.register("retention.define", defineRetention)
    library.register("events.load", load)
    library.register("quality.decide", decideQuality)
    library.register("rows.quarantine", quarantine)
    library.register("cohorts.assign") { context in
      let retention = try report(context).retention
      return .completed([
        "cohorts": .integer(retention.cohorts.count), "units": .integer(retention.cohorts.reduce(0) { $0 + $1.size }),
      ])
    }
    library.register("retention.table") { context in
      let ages = try report(context).retention.overall.count
      return .completed(["maturedAges": .integer(ages)])
    }
    library.register("retention.curves") { context in
      .completed(["overall": try .encoding(report(context).retention.overall)])
    }
    library.register("maturity.decide", decideMaturity)
    library.register("ltv.fit") { context in
      .completed(["purchases": try .encoding(report(context).lifetimeValue?.purchases)])
    }
    library.register("holdout.decide", decideHoldout)
    library.register("ltv.project") { context in
      .completed(["overall": try .encoding(report(context).lifetimeValue?.projection?.overall)])
    }
    library.register("ltv.observed") { context in
      .completed(["reason": .string(try report(context).lifetimeValue?.withheld ?? "no projection was asked for")])
    }
    library.register("patterns.find") { context in .completed(["patterns": try .encoding(report(context).patterns)]) }
    library.register("findings.review", review)
    library.register("findings.decide", decideFindings)
    library.register("hypothesis.propose", propose)
    return library
  }

  private var now: Int { Int(clock().timeIntervalSince1970) }

  // MARK: - Definitions and data

  private func define(_ context: StepContext) throws -> StepOutcome {
    let payload: JSONValue = [
      "name": .string(spec.name), "period": .string(spec.cohorts.period.rawValue),
      "timezone": .string(spec.cohorts.timezone), "specHash": .string(spec.specHash),
    ]
    try workspace.registry.record(.experiment, key: context.idempotencyKey, run: folder.id, at: now, payload: payload)
    return .completed(payload)
  }

  private func defineRetention(_ context: StepContext) throws -> StepOutcome {
    try settings().validate()
    return .completed(["retention": .string(spec.cohorts.retention.rawValue)])
  }

  private func load(_ context: StepContext) throws -> StepOutcome {
    for path in spec.eventFiles + spec.startFiles where path != "-" && !FileManager.default.fileExists(atPath: path) {
      return .waiting(.data("\(spec.named(path)) is not there yet"))
    }
    let log = try read(allowedBadRows: 1)
    let files = try JSONValue.encoding(log.files)
    if let before = context.results["events.load"], before["files"] == files {
      return .waiting(.data("the files have not changed; repair the rows that cannot be read"))
    }
    cache.log = log
    return .completed([
      "events": .integer(log.count), "units": .integer(log.unitCount), "unreadableRows": .integer(log.unreadableRows),
      "files": files,
    ])
  }

  private func decideQuality(_ context: StepContext) throws -> StepOutcome {
    guard let loaded = context.results["events.load"] else { throw PipelineFault(.noResult(step: "events.load")) }
    let bad = loaded["unreadableRows"]?.int ?? 0
    let rows = bad + (loaded["events"]?.int ?? 0)
    let good = Double(bad) <= spec.data.allowedBadRows * Double(rows)
    return .completed(["unreadableRows": .integer(bad), "rows": .integer(rows)], choice: good ? "Yes" : "No")
  }

  private func quarantine(_ context: StepContext) throws -> StepOutcome {
    do {
      _ = try read(allowedBadRows: 0)
      return .completed(["first": .null])
    } catch let fault as TableFault {
      return .completed(["first": .string("\(fault)")])
    }
  }

  // MARK: - Decisions

  private func decideMaturity(_ context: StepContext) throws -> StepOutcome {
    let report = try report(context)
    let enough = report.retention.overall.count > Self.enoughAges && report.lifetimeValue?.purchases != nil
    return .completed(["maturedAges": .integer(report.retention.overall.count)], choice: enough ? "Yes" : "No")
  }

  private func decideHoldout(_ context: StepContext) throws -> StepOutcome {
    let value = try report(context).lifetimeValue
    let passed = value?.projection != nil
    let detail = value?.holdout?.detail ?? value?.withheld ?? ""
    return .completed(["passed": .bool(passed), "detail": .string(detail)], choice: passed ? "Yes" : "No")
  }

  private func review(_ context: StepContext) throws -> StepOutcome {
    let report = try report(context)
    let hash = try StoredJSON.write(report, as: RunFolder.cohortReport, in: folder)
    try writeOutput(Report.render(report, as: .html), to: folder.file(RunFolder.report))
    return .completed([
      "report": .string(RunFolder.report), "cohorts": .string(RunFolder.cohortReport), "hash": .string(hash),
    ])
  }

  private func decideFindings(_ context: StepContext) throws -> StepOutcome {
    let patterns = try report(context).patterns
    let found = patterns.first?.sentence
    let payload: JSONValue = ["pattern": found.map { .string($0) } ?? .null, "patterns": .integer(patterns.count)]
    try workspace.registry.record(.decision, key: context.idempotencyKey, run: folder.id, at: now, payload: payload)
    return .completed(payload, choice: found == nil ? "No" : "Yes")
  }

  private func propose(_ context: StepContext) throws -> StepOutcome {
    guard let pattern = try report(context).patterns.first else { return .completed(.null) }
    try writeOutput(ProposedExperiment.yaml(for: pattern, cohort: spec), to: folder.file(RunFolder.proposal))
    return .completed(["spec": .string(RunFolder.proposal), "pattern": .string(pattern.sentence)])
  }

  // MARK: - The report

  private func settings() throws -> CohortSettings { try CohortSettings(spec) }

  /// The log, its files named as the spec names them, its units split as the spec says.
  private func read(allowedBadRows: Double) throws -> EventLog {
    let events = spec.eventFiles
    let reader = reader(allowedBadRows: allowedBadRows)
    var log = try reader.read(events)
    for (index, path) in (events + (reader.starts?.files ?? [])).enumerated() where log.files.indices.contains(index) {
      log.files[index].name = spec.named(path)
    }
    guard case .early(let event, let days) = spec.cohorts.split else { return log }
    return try log.grouped(byEarly: event, days: days, settings: settings())
  }

  private func reader(allowedBadRows: Double) -> EventLogReader {
    let segment: String? =
      switch spec.cohorts.split {
      case .column(let column), .arms(let column): column
      case .early, nil: nil
      }
    var columns = EventLogReader.Columns(unit: spec.data.unitColumn, time: spec.data.timeColumn)
    columns.amount = spec.data.amountColumn
    columns.event = spec.data.eventColumn
    columns.startEvent = spec.data.startEvent
    columns.returnEvent = spec.data.returnEvent
    columns.start = spec.data.startColumn
    if spec.data.starts == nil { columns.segment = segment }
    var reader = EventLogReader(
      columns, timeZone: spec.cohorts.timezone, options: TableOptions(nullWords: spec.data.nullWords),
      allowedBadRows: allowedBadRows)
    reader.starts = spec.data.starts.map { starts in
      EventLogReader.StartTable(
        files: spec.startFiles, unit: spec.data.unitColumn, time: starts.timeColumn, segment: segment)
    }
    return reader
  }

  private func report(_ context: StepContext) throws -> CohortReport {
    if let report = cache.report { return report }
    let log = try cache.log ?? read(allowedBadRows: 1)
    guard let loaded = context.results["events.load"], try JSONValue.encoding(log.files) == loaded["files"] else {
      throw PipelineFault(
        .damagedOutput(reason: "the events are not those that this run loaded"), file: spec.data.files.first ?? "-")
    }
    let report = try Cohorts.analyze(log: log, settings: settings())
    cache.report = report
    return report
  }
}

/// What this process has computed already.
private final class ReportCache: @unchecked Sendable {
  private let lock = NSLock()
  private var storedLog: EventLog?
  private var storedReport: CohortReport?

  var log: EventLog? {
    get { lock.withLock { storedLog } }
    set {
      lock.withLock {
        storedLog = newValue
        storedReport = nil
      }
    }
  }

  var report: CohortReport? {
    get { lock.withLock { storedReport } }
    set { lock.withLock { storedReport = newValue } }
  }
}
