import Basics
import Experiments
import Foundation
import Statistics
import Tables

/// The native engine: CSV, TSV and their gzip, one row a unit, in one parallel pass.
///
/// With a cluster column the rows are summed to cluster totals first (`ClusterTotals.moments` says in which columns).
/// Percentile caps need the values before they can be cut, so those columns are read twice.
public struct CSVEngine: Engine {
  public var options: TableOptions

  /// Segments of a column beyond this many, by units, are put together as `(other)`.
  public static let segmentLimit = 20
  public static let otherSegment = "(other)"

  public init(options: TableOptions = TableOptions()) { self.options = options }

  public func measure(_ request: MeasurementRequest) throws -> Measurements {
    let source = try TableSource(request.files, options: options)
    return try measure(request, source)
  }

  package func measure(_ request: MeasurementRequest, _ source: TableSource) throws -> Measurements {
    if let exposures = request.exposures { return try join(request, exposures, source) }
    let caps = try thresholds(request, source)
    let plan = ColumnPlan(request, caps: caps)
    let assembly = CellAssembly(plan.shape)
    let duplicates = DuplicateUnits(request, source)
    let identity = FileIdentities(source)
    let count = try source.scan(plan.names, allowedBadRows: request.allowedBadRows) { part in
      UnitRowConsumer(plan, part: part, nullWords: options.nullWords)
    } beside: {
      identity.take($0, of: $1)
    } deliver: { consumers, _ in
      assembly.take(consumers, on: source)
      duplicates?.take(consumers)
    }
    try duplicates?.check()
    return assembly.measurements(files: identity.files, count: count, caps: caps)
  }

  /// The cap of each metric's outcome columns; percentiles are of all arms pooled, type 7.
  func thresholds(_ request: MeasurementRequest, _ source: TableSource) throws -> [[Double]?] {
    try request.metrics.map { metric in
      switch metric.options.cap {
      case nil: return nil
      case .absolute(let value): return metric.outcomeColumns.map { _ in value }
      case .percentile(let percentile):
        return try metric.outcomeColumns.map { column in
          let values = try pooled(column, request, source)
          return SampleQuantile.type7(of: values, at: [percentile / 100])[0]
        }
      }
    }
  }

  private func pooled(_ column: String, _ request: MeasurementRequest, _ source: TableSource) throws -> [Double] {
    let words = options.nullWords.map { Array($0.utf8) }
    let result = try source.scan([column], allowedBadRows: request.allowedBadRows) { part in
      NumberConsumer(column: column, base: UInt(bitPattern: part.file.text.baseAddress), nullWords: words)
    }
    return result.consumers.flatMap(\.values)
  }
}

/// The numbers of one column.
struct NumberConsumer: RowConsumer, Sendable {
  let column: String
  let base: UInt
  let nullWords: [[UInt8]]
  var values: [Double] = []

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let field = fields[0]
    if field.trimmed.isMissing(nullWords) { return }
    let place = Int(UInt(bitPattern: field.start) - base)
    switch field.number {
    case .value(let value): values.append(value)
    case .notANumber:
      throw RowFault(.notANumber(column: column, found: String(field.string.prefix(40))), offset: place)
    case .tooLarge:
      throw RowFault(.numberTooLarge(column: column, found: String(field.string.prefix(40))), offset: place)
    }
  }
}
