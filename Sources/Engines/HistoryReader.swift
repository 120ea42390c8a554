import Basics
import Cohorts
import Experiments
import Foundation
import Statistics
import Tables

/// Reads past data of one metric, one row a unit, for a design.
public struct HistoryReader: Sendable {
  public var metric: Metric
  /// The column whose values are the clusters; measures how alike their units are.
  public var clusterColumn: String?
  /// The column of the time at which a unit was first seen; measures the traffic.
  public var timeColumn: String?
  public var options: TableOptions
  public var allowedBadRows: Double

  public init(_ metric: Metric, options: TableOptions = TableOptions(), allowedBadRows: Double = 0) {
    self.metric = metric
    self.options = options
    self.allowedBadRows = allowedBadRows
  }

  /// - Throws: `TableFault` for the files; `MetricSpecFault` if the metric chooses among events; `DomainError` if the clusters allow no estimate.
  public func read(_ paths: [String]) throws -> History {
    try metric.requireRowsOfUnits()
    let source = try TableSource(paths, options: options)
    let limits = try CSVEngine(options: options).limits(
      MeasurementRequest(files: paths, metrics: [metric], allowedBadRows: allowedBadRows), source)[0]
    let plan = HistoryPlan(metric: metric, limits: limits, clusterColumn: clusterColumn, timeColumn: timeColumn)
    let words = options.nullWords.map { Array($0.utf8) }
    let result = try source.scan(plan.names, allowedBadRows: allowedBadRows) { chunk in
      HistoryConsumer(plan, base: chunk.origin, nullWords: words)
    }
    var all = HistoryTotals(columns: plan.values.count)
    for consumer in result.consumers { all.merge(consumer.totals) }
    var history = History(
      files: FileIdentities(source).files, rows: result.rows, unreadableRows: result.badRows,
      missing: all.missing, moments: all.moments, capValue: limits.first?.high)
    if let clusterColumn {
      history.clusters = History.Clusters(column: clusterColumn, try all.intraclassCorrelation(of: metric))
    }
    if let first = all.days.keys.min(), let last = all.days.keys.max() {
      // A table of a thousand years is a table of wrong dates.
      guard last - first < 366_000 else {
        throw DomainError("days between the first and the last unit", Double(last - first), "must be below 366000")
      }
      history.newUnits = (first...last).map { Double(all.days[$0] ?? 0) }
      history.firstDay = CivilDay.iso(first)
    }
    return history
  }
}

/// Which columns are read, and how.
private struct HistoryPlan: Sendable {
  let values: [ValueColumn]
  let clusterColumn: String?
  let timeColumn: String?
  let names: [String]
  let slots: [Int]

  init(metric: Metric, limits: [Limits], clusterColumn: String?, timeColumn: String?) {
    values = metric.valueColumns(limits)
    self.clusterColumn = clusterColumn
    self.timeColumn = timeColumn
    var names: [String] = []
    for name in values.map(\.name) + [clusterColumn, timeColumn].compactMap({ $0 }) where !names.contains(name) {
      names.append(name)
    }
    self.names = names
    slots = values.map { value in names.firstIndex(of: value.name) ?? 0 }
  }
  func slot(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
}

/// What a chunk's rows add up to.
private struct HistoryTotals: Sendable {
  private var blocks: BlockedMoments
  var missing = 0
  /// Units by day since 1970.
  var days: [Int: Int] = [:]
  var clusters = Interner()
  /// By cluster: units, then the sum of each column.
  var sums: [[Double]] = []

  init(columns: Int) { blocks = BlockedMoments(columns: columns, blockRows: 256) }

  mutating func add(_ row: [Double], cluster: Field?) {
    blocks.add(row)
    guard let cluster else { return }
    add([1] + row, at: clusters.code(of: cluster))
  }

  private mutating func add(_ more: [Double], at place: Int) {
    while sums.count <= place { sums.append([Double](repeating: 0, count: more.count)) }
    for column in more.indices { sums[place][column] += more[column] }
  }

  mutating func merge(_ other: HistoryTotals) {
    var theirs = other
    blocks.merge(&theirs.blocks)
    missing += other.missing
    days.merge(other.days, uniquingKeysWith: +)
    for (code, more) in other.sums.enumerated() {
      add(more, at: Array(other.clusters.bytes(of: code)).withUnsafeBufferPointer { clusters.code(of: $0) })
    }
  }

  var moments: Moments {
    var copy = blocks
    return copy.moments()
  }

  /// Of the outcome; for a ratio of the influence value of a unit, (num - R den) / mean(den).
  func intraclassCorrelation(of metric: Metric) throws -> IntraclassCorrelation {
    let all = moments
    let sizes = sums.map { $0[0] }
    guard case .ratio = metric.kind else {
      return try IntraclassCorrelation(
        sizes: sizes, sums: sums.map { $0[1] - $0[0] * all.mean[0] }, totalSquares: all.crossProduct(0, 0))
    }
    let (numerator, denominator) = (all.mean[0], all.mean[1])
    guard denominator != 0 else { throw DomainError("mean of the denominator", denominator, "must not be 0") }
    let ratio = numerator / denominator
    let squares = all.crossProduct(0, 0) - 2 * ratio * all.crossProduct(0, 1) + ratio * ratio * all.crossProduct(1, 1)
    return try IntraclassCorrelation(
      sizes: sizes, sums: sums.map { ($0[1] - ratio * $0[2]) / denominator },
      totalSquares: squares / (denominator * denominator))
  }
}

private struct HistoryConsumer: RowConsumer, Sendable {
  private let plan: HistoryPlan
  private let base: UInt
  private let nullWords: [[UInt8]]
  private let clusterSlot: Int?
  private let timeSlot: Int?
  private(set) var totals: HistoryTotals
  private var row: [Double]

  init(_ plan: HistoryPlan, base: UInt, nullWords: [[UInt8]]) {
    self.plan = plan
    self.base = base
    self.nullWords = nullWords
    clusterSlot = plan.clusterColumn.map(plan.slot)
    timeSlot = plan.timeColumn.map(plan.slot)
    totals = HistoryTotals(columns: plan.values.count)
    row = [Double](repeating: 0, count: plan.values.count)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    var complete = true
    for (place, column) in plan.values.enumerated() {
      guard let value = try number(fields[plan.slots[place]], column) else {
        complete = false
        continue
      }
      row[place] = value
    }
    let cluster = clusterSlot.map { fields[$0] }
    if let cluster, cluster.bytes.isMissing(nullWords) {
      throw fault(.emptyCell(column: plan.clusterColumn ?? ""), cluster)
    }
    if let timeSlot { totals.days[try day(fields[timeSlot]), default: 0] += 1 }
    if complete { totals.add(row, cluster: cluster) } else { totals.missing += 1 }
  }

  /// Nil where the value is missing.
  private func number(_ field: Field, _ column: ValueColumn) throws(RowFault) -> Double? {
    if field.trimmed.isMissing(nullWords) {
      switch column.reading.missing {
      case .exclude: return nil
      case .zero: return column.reading.limits.clamped(0)
      case .refuse: throw fault(.emptyCell(column: column.name), field)
      }
    }
    let shown = { String(field.string.prefix(40)) }
    if column.reading.isBoolean {
      guard let boolean = FieldParsing.boolean(field.trimmed) else {
        throw fault(.notABoolean(column: column.name, found: shown()), field)
      }
      return boolean ? 1 : 0
    }
    switch field.number {
    case .value(let value): return column.reading.limits.clamped(value)
    case .notANumber: throw fault(.notANumber(column: column.name, found: shown()), field)
    case .tooLarge: throw fault(.numberTooLarge(column: column.name, found: shown()), field)
    }
  }

  /// On the clock that the time is written in.
  private func day(_ field: Field) throws(RowFault) -> Int {
    let name = plan.timeColumn ?? ""
    if field.trimmed.isMissing(nullWords) { throw fault(.emptyCell(column: name), field) }
    guard let stamp = FieldParsing.timestamp(field.trimmed) else {
      throw fault(.notATime(column: name, found: String(field.string.prefix(40))), field)
    }
    return Int((Double(stamp.localSeconds) / 86_400).rounded(.down))
  }

  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault {
    RowFault(kind, offset: Int(UInt(bitPattern: field.start) - base))
  }
}
