import Basics
import Experiments
import Tables

/// The table of units: one row a unit with what is known of it beside its exposures.
///
/// A unit without a row has the empty segment and no covariates; its cluster must be said. Rows of units that were never
/// exposed are left.
struct UnitAttributes {
  let source: TableSource
  /// The column of ids: named as in events, or else as in exposures.
  let unit: String

  /// - Throws: `TableFault` if the table has no column of ids.
  init(_ request: MeasurementRequest, _ exposures: ExposureSource, _ source: TableSource) throws {
    self.source = source
    let names = [request.unitColumn, exposures.unitColumn].compactMap { $0 }
    unit = names.first(where: source.columns.contains) ?? names.first ?? ""
    try source.requireColumn(unit)
  }

  /// Tells the units what the table says of them.
  ///
  /// - Returns: rows read, and those among them that could not be.
  /// - Throws: `TableFault` with the place of a cell that cannot be used or of a unit that comes twice, `ExposureFault`.
  func describe(_ units: ExposedUnits, by plan: EventPlan) throws -> (rows: Int, badRows: Int) {
    let names = Self.names(plan, unit)
    let result = try source.scan(names, allowedBadRows: plan.request.allowedBadRows) { chunk in
      AttributeConsumer(plan, units, unit: unit, reader: CellReader(names, chunk, source.options))
    }
    var places: [Int: (part: Int, offset: Int)] = [:]
    // Lines are counted for an error only.
    func position(_ place: (part: Int, offset: Int)) -> SourcePosition {
      source.parts[place.part].file.position(of: place.offset)
    }
    for (consumer, part) in zip(result.consumers, result.partOfConsumer) {
      for row in consumer.rows {
        if let first = places.updateValue((part, row.offset), forKey: row.unit) {
          throw TableFault(
            .refused(column: unit, reason: Self.twice(position(first))), at: position((part, row.offset)))
        }
        units.describe(
          row.unit, segments: row.segments, cluster: row.cluster, numbers: row.numbers, consumer.nulls)
      }
    }
    if let cluster = plan.request.clusterColumn, plan.ofUnits.contains(cluster), units.withoutCluster > 0 {
      throw ExposureFault(.noCluster(column: cluster, units: units.withoutCluster))
    }
    return (result.rows, result.badRows)
  }

  private static func twice(_ first: SourcePosition) -> String {
    "this unit stands at \(first.file):\(first.line ?? 0) already; a table of units has one row of each."
  }

  /// The columns that are read.
  private static func names(_ plan: EventPlan, _ unit: String) -> [String] {
    let wanted = [plan.request.clusterColumn].compactMap { $0 } + plan.request.segmentColumns + plan.attributes
    return CellReader.unique([unit] + wanted.filter(plan.ofUnits.contains))
  }
}

/// The rows of exposed units in one chunk.
private struct AttributeConsumer: RowConsumer, @unchecked Sendable {
  /// Fields lie in the text of the file, which is not copied.
  struct Row {
    let unit: Int
    let offset: Int
    let segments: [Field?]
    let cluster: Field?
    let numbers: [Double?]
  }
  private let units: ExposedUnits
  private let reader: CellReader
  private let slots: (unit: Int, cluster: Int?, segments: [Int?], numbers: [Int?])
  private(set) var rows: [Row] = []

  var nulls: NullWords { reader.nulls }

  init(_ plan: EventPlan, _ units: ExposedUnits, unit: String, reader: CellReader) {
    self.units = units
    self.reader = reader
    func own(_ name: String) -> Int? { plan.ofUnits.contains(name) ? reader.slot(name) : nil }
    slots = (
      reader.slot(unit), plan.request.clusterColumn.flatMap(own), plan.request.segmentColumns.map(own),
      plan.attributes.map(own)
    )
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let id = try reader.filled(fields, slots.unit)
    let place = units.index.place(of: id.bytes, hash: UnitIndex.hash(of: id.bytes))
    guard place.code >= 0 else { return }
    let cluster = try slots.cluster.map { slot throws(RowFault) in try reader.filled(fields, slot) }
    var numbers: [Double?] = []
    for slot in slots.numbers {
      numbers.append(try slot.map { slot throws(RowFault) in try reader.number(fields[slot], slot) })
    }
    rows.append(
      Row(
        unit: Int(place.code), offset: offset, segments: slots.segments.map { $0.map { fields[$0] } }, cluster: cluster,
        numbers: numbers))
  }
}
