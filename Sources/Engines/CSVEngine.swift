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
    let caps = try thresholds(request, source)
    let plan = ColumnPlan(request, caps: caps)
    let identities = Slots<InputFile?>(source.files.count, nil)
    let result = try source.scan(plan.names, allowedBadRows: request.allowedBadRows) { part in
      UnitRowConsumer(plan, part: part, nullWords: options.nullWords)
    }
    DispatchQueue.concurrentPerform(iterations: source.files.count) { index in
      identities[index] = Self.identity(source.files[index])
    }
    if let column = request.unitColumn, request.clusterColumn == nil {
      try DuplicateUnits(
        chunks: zip(result.consumers, result.partOfConsumer).map { consumer, part in
          DuplicateUnits.Chunk(rows: consumer.units, file: source.files[part], arms: consumer.arms.strings)
        }, column: column
      ).check()
    }
    var assembly = Assembly(plan)
    for consumer in result.consumers { assembly.merge(consumer) }
    return assembly.measurements(
      files: (0..<identities.count).compactMap { identities[$0] }, rows: result.rows, unreadable: result.badRows,
      caps: caps)
  }

  static func identity(_ file: TableFile) -> InputFile {
    InputFile(
      name: file.name, bytes: file.original.count, fingerprint: XXH64.fingerprint(XXH64.hash(file.original)))
  }

  /// The cap of each metric's outcome columns; percentiles are of all arms pooled, type 7.
  private func thresholds(_ request: MeasurementRequest, _ source: TableSource) throws -> [[Double]?] {
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

/// Puts the chunks' cells together, by name and in file order.
private struct Assembly {
  let plan: ColumnPlan
  private var cells: [Key: Cell] = [:]
  private var clusters = Interner()

  private struct Key: Hashable {
    var arm: String
    var segment: Segment?
  }

  init(_ plan: ColumnPlan) { self.plan = plan }

  mutating func merge(_ consumer: UnitRowConsumer) {
    let arms = consumer.arms.strings
    let codes = (0..<consumer.clusters.count).map { code in
      Array(consumer.clusters.bytes(of: code)).withUnsafeBufferPointer { clusters.code(of: $0) }
    }
    for (local, cell) in consumer.cells {
      let segment =
        local.column < 0
        ? nil
        : Segment(
          column: plan.request.segmentColumns[local.column],
          value: consumer.segments[local.column].string(of: local.value))
      take(cell, Key(arm: arms[local.arm], segment: segment), codes)
    }
  }

  private mutating func take(_ cell: Cell, _ key: Key, _ codes: [Int]) {
    if let known = cells[key] {
      known.merge(cell, codes: codes)
    } else {
      let fresh = emptyCell()
      fresh.merge(cell, codes: codes)
      cells[key] = fresh
    }
  }

  private func emptyCell() -> Cell {
    let layout =
      plan.request.clusterColumn == nil
      ? nil
      : ClusterLayout(
        places: plan.places, isRatio: plan.request.metrics.map { if case .ratio = $0.kind { true } else { false } })
    return Cell(
      width: plan.values.count, places: plan.places, quantiles: plan.request.metrics.map(\.isQuantile), blockRows: 1,
      clustered: layout)
  }

  func measurements(files: [InputFile], rows: Int, unreadable: Int, caps: [[Double]?]) -> Measurements {
    var folded = self
    folded.foldRareSegments()
    let keys = folded.cells.keys.sorted { a, b in folded.order(a, b) }
    let found = keys.compactMap { key in
      folded.cells[key].map { cell in
        Measurements.Cell(
          arm: key.arm, segment: key.segment, units: cell.units,
          metrics: plan.request.metrics.indices.map { metric in
            let data = cell.data(metric: metric)
            return Measurements.MetricData(
              moments: data.moments, missing: data.missing, sortedValues: data.sorted, capValue: caps[metric]?.first)
          })
      }
    }
    return Measurements(
      files: files, rows: rows, unreadableRows: unreadable,
      arms: found.filter { $0.segment == nil }.map { Measurements.Arm(name: $0.arm, units: $0.units) }, cells: found)
  }

  /// All units first; then by segment column, the larger segments first, `(other)` last, arms by name.
  private func order(_ a: Key, _ b: Key) -> Bool {
    switch (a.segment, b.segment) {
    case (nil, nil): return a.arm < b.arm
    case (nil, _): return true
    case (_, nil): return false
    case (let x?, let y?):
      if x == y { return a.arm < b.arm }
      if x.column != y.column {
        let columns = plan.request.segmentColumns
        return (columns.firstIndex(of: x.column) ?? 0) < (columns.firstIndex(of: y.column) ?? 0)
      }
      let (isOtherX, isOtherY) = (x.value == CSVEngine.otherSegment, y.value == CSVEngine.otherSegment)
      if isOtherX != isOtherY { return isOtherY }
      let (unitsX, unitsY) = (units(x), units(y))
      return unitsX != unitsY ? unitsX > unitsY : x.value < y.value
    }
  }

  private func units(_ segment: Segment) -> Int {
    cells.reduce(0) { $0 + ($1.key.segment == segment ? $1.value.units : 0) }
  }

  private mutating func foldRareSegments() {
    for column in plan.request.segmentColumns {
      var sizes: [String: Int] = [:]
      for (key, cell) in cells where key.segment?.column == column {
        sizes[key.segment?.value ?? "", default: 0] += cell.units
      }
      guard sizes.count > CSVEngine.segmentLimit else { continue }
      let kept = Set(sizes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(CSVEngine.segmentLimit).map(\.key))
      let rare = cells.keys.filter { key in
        key.segment.map { $0.column == column && !kept.contains($0.value) } ?? false
      }
      let codes = Array(0..<clusters.count)
      for key in rare.sorted(by: { ($0.segment?.value ?? "", $0.arm) < ($1.segment?.value ?? "", $1.arm) }) {
        guard let cell = cells.removeValue(forKey: key) else { continue }
        take(cell, Key(arm: key.arm, segment: Segment(column: column, value: CSVEngine.otherSegment)), codes)
      }
    }
  }
}
