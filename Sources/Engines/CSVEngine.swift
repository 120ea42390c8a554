import Basics
import Experiments
import Foundation
import Hashing
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
    var chunks: [DuplicateUnits.Chunk] = []
    let isUnitRow = request.unitColumn != nil && request.clusterColumn == nil
    let count = try source.scan(plan.names, allowedBadRows: request.allowedBadRows) { part in
      UnitRowConsumer(plan, part: part, nullWords: options.nullWords)
    } deliver: { consumers, part in
      assembly.take(consumers, on: source)
      guard isUnitRow else { return }
      chunks += consumers.map {
        DuplicateUnits.Chunk(rows: $0.units, file: source.files[part], arms: $0.arms.strings)
      }
    }
    let duplicates = DuplicateUnits(chunks: chunks, column: request.unitColumn ?? "", source: source)
    try duplicates.check()
    return assembly.measurements(files: Self.identities(source), count: count, caps: caps)
  }

  static func identities(_ source: TableSource) -> [InputFile] {
    let found = Slots<InputFile?>(source.files.count, nil)
    source.parallel(source.files.count) { found[$0] = identity(source.files[$0]) }
    return (0..<found.count).compactMap { found[$0] }
  }

  /// Read in pieces that are let go: a file larger than the memory has a fingerprint too.
  private static func identity(_ file: TableFile) -> InputFile {
    let bytes = file.original
    var hash = XXH64()
    for start in stride(from: 0, to: bytes.count, by: identityPiece) {
      let range = start..<min(start + identityPiece, bytes.count)
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
      file.forget(range)
    }
    return InputFile(name: file.name, bytes: bytes.count, fingerprint: XXH64.fingerprint(hash.digest))
  }

  private static let identityPiece = 16 << 20

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
