import Basics
import Experiments
import Foundation
import Statistics
import Tables

/// The native engine: CSV, TSV and their gzip, one row a unit, in one parallel pass.
///
/// With a cluster column the rows are summed to cluster totals first (`ClusterTotals.moments` says in which columns).
/// Percentiles that cut values need them before, so those columns are read twice.
public struct CSVEngine: Engine {
  public var options: TableOptions

  public init(options: TableOptions = TableOptions()) { self.options = options }

  public func measure(_ request: MeasurementRequest) throws -> Measurements {
    let source = try TableSource(request.files, options: options)
    return try measure(request, source)
  }

  /// - Parameter joined: the tables of `request.exposures`; nil: they are opened here.
  package func measure(
    _ request: MeasurementRequest, _ source: TableSource, joined: JoinedTables? = nil
  ) throws -> Measurements {
    if let wanted = request.exposures {
      return try join(request, wanted, source, joined ?? JoinedTables(wanted, options: options))
    }
    try request.requireExposuresForEvents()
    try requireMemory(request, source)
    let limits = try limits(request, source)
    let clock = try ZoneClock.named(request.timeZone)
    let plan = ColumnPlan(request, limits: limits)
    let assembly = CellAssembly(plan.shape, MemoryBound(options), estimatedRows: source.estimatedRows)
    let duplicates = DuplicateUnits(request, source)
    let identity = FileIdentities(source)
    var times = TimeRange()
    let columns = Pool { BlockColumns(plan.shape) }
    let count = try source.scan(plan.names, allowedBadRows: request.allowedBadRows) { chunk in
      UnitRowConsumer(plan, chunk, nullWords: options.nullWords, clock: clock, columns: columns)
    } deliver: { batch throws(TableFault) in
      identity.take(batch)
      for index in batch.consumers.indices { times.merge(batch.consumers[index].times) }
      duplicates?.take(batch.consumers)
      return try assembly.take(batch.consumers, of: source)
    }
    assembly.finish()
    try duplicates?.check()
    try identity.requireDifferentFiles()
    var measurements = assembly.measurements(
      files: identity.files.described(by: source), count: count, limits: limits)
    measurements.observed = times.observed
    return measurements
  }

  /// Hashes of ids, held twice while they are compared; values of quantiles and of columns cut at percentiles.
  private func requireMemory(_ request: MeasurementRequest, _ source: TableSource) throws(MemoryFault) {
    let kept = request.metrics.reduce(0) { sum, metric in
      let isCut = [metric.options.cap, metric.options.floor].contains {
        if case .percentile = $0 { true } else { false }
      }
      return sum + (metric.isQuantile && request.clusterColumn != nil ? 32 : 0) + (isCut ? 16 : 0)
    }
    let keys = request.unitColumn == nil || request.clusterColumn != nil ? 0 : 16
    let rows = source.estimatedRows
    // Of quantiles a histogram is kept beyond some values in a cell.
    let values = Double(min(rows, 8 * Measurements.MetricData.exactValues) * 16)
    let quantiles = Double(request.metrics.count { $0.isQuantile }) * values
    try MemoryNeed.require(Double(rows) * Double(kept + keys) + quantiles, for: "\(rows.grouped) rows", options)
  }

  /// What each metric's outcome columns are cut to; percentiles are of all arms pooled, type 7.
  func limits(_ request: MeasurementRequest, _ source: TableSource) throws -> [[Limits]] {
    try request.metrics.map { metric in
      try metric.outcomeColumns.map { column in
        try metric.limits { try pooled(column, metric.options.missing, request, source) }
      }
    }
  }

  private func pooled(
    _ column: String, _ missing: Metric.Missing, _ request: MeasurementRequest, _ source: TableSource
  ) throws -> [Double] {
    let nulls = NullWords(options.nullWords)
    let result = try source.scan([column], allowedBadRows: request.allowedBadRows) { chunk in
      NumberConsumer(column: column, base: chunk.origin, nulls: nulls, missing: missing)
    }
    return result.consumers.flatMap(\.values)
  }
}

extension Metric {
  /// - Parameter values: of one outcome column, all arms together; asked for only if a percentile is.
  func limits(of values: () throws -> [Double]) throws -> Limits {
    var kept: [Double]?
    func limit(_ cut: Cap?) throws -> Double? {
      switch cut {
      case nil: return nil
      case .absolute(let value): return value
      case .percentile(let percentile):
        let known = try kept ?? values()
        kept = known
        guard let least = known.min(), let greatest = known.max() else { return nil }
        let value = SampleQuantile.type7(of: known, at: [percentile / 100])[0]
        if least < greatest, value == (cut == options.cap ? least : greatest) {
          throw EngineFault(kind: .cutTakesAll(metric: name, percentile: percentile, value: value), position: nil)
        }
        return value
      }
    }
    return try Limits(low: limit(options.floor), high: limit(options.cap))
  }
}

/// The numbers of one column.
struct NumberConsumer: RowConsumer, Sendable {
  let column: String
  let base: UInt
  let nulls: NullWords
  let missing: Metric.Missing
  var values: [Double] = []

  mutating func consume(_ block: FieldBlock) -> Bool {
    let before = values.count
    let words = nulls.words
    let isRead = values.grow(by: block.rows, 0) { start in
      block.decimals(0, into: start) { field in
        if field.trimmed.isMissing(words) { return .nan }
        if case .value(let value) = field.number { return value }
        return nil
      }
    }
    let gaps = values[before...].count { $0.isNaN }
    guard isRead, !nulls.haveNumber, gaps == 0 || missing != .refuse else {
      values.removeLast(values.count - before)
      return false
    }
    if gaps == 0 { return true }
    let found = values[before...].compactMap { $0.isNaN ? (missing == .zero ? 0 : nil) : $0 }
    values.removeLast(values.count - before)
    values.append(contentsOf: found)
    return true
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let field = fields[0]
    let place = Int(UInt(bitPattern: field.start) - base)
    if field.trimmed.isMissing(nulls.words) {
      switch missing {
      case .exclude: return
      case .zero: return values.append(0)
      case .refuse: throw RowFault(.emptyCell(column: column), offset: place)
      }
    }
    switch field.number {
    case .value(let value): values.append(value)
    case .notANumber:
      throw RowFault(.notANumber(column: column, found: String(field.string.prefix(40))), offset: place)
    case .tooLarge:
      throw RowFault(.numberTooLarge(column: column, found: String(field.string.prefix(40))), offset: place)
    }
  }
}
