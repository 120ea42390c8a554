import Experiments
import Foundation
import Tables

/// Reads one row a unit: arm, segments and values, straight into cells.
struct UnitRowConsumer: RowConsumer, @unchecked Sendable {
  private let plan: ColumnPlan
  private let base: UInt
  private let nullWords: [[UInt8]]
  private let variantSlot: Int
  private let unitSlot: Int?
  private let clusterSlot: Int?
  private let segmentSlots: [Int]
  private let valueSlots: [Int]
  private let layout: ClusterLayout?

  private(set) var arms = Interner()
  private(set) var clusters = Interner()
  private(set) var segments: [Interner]
  private(set) var cells: [CellKey: Cell] = [:]
  private(set) var units = UnitRows()
  /// Cells of all units together, by arm: the common case without a look-up.
  private var wholeCells: [Cell] = []
  private var row: [Double]

  struct CellKey: Hashable {
    var arm: Int
    /// Place among the segment columns; -1 for all units together.
    var column: Int
    var value: Int
  }

  init(_ plan: ColumnPlan, part: TablePart, nullWords: [String]) {
    self.plan = plan
    base = UInt(bitPattern: part.file.text.baseAddress)
    self.nullWords = nullWords.map { Array($0.utf8) }
    let names = plan.names
    func slot(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
    variantSlot = slot(plan.request.variantColumn)
    unitSlot = plan.request.unitColumn.map(slot)
    clusterSlot = plan.request.clusterColumn.map(slot)
    segmentSlots = plan.request.segmentColumns.map(slot)
    valueSlots = plan.values.map { slot($0.name) }
    segments = segmentSlots.map { _ in Interner() }
    row = [Double](repeating: 0, count: plan.values.count)
    layout =
      clusterSlot == nil
      ? nil
      : ClusterLayout(
        places: plan.places, isRatio: plan.request.metrics.map { if case .ratio = $0.kind { true } else { false } })
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let variant = fields[variantSlot]
    guard variant.count > 0 else { throw fault(.emptyCell(column: plan.request.variantColumn), variant) }
    let complete = try readValues(fields)
    var cluster = -1
    if let clusterSlot {
      guard fields[clusterSlot].count > 0 else {
        throw fault(.emptyCell(column: plan.request.clusterColumn ?? ""), fields[clusterSlot])
      }
      cluster = clusters.code(of: fields[clusterSlot])
    }
    let arm = arms.code(of: variant)
    if let unitSlot {
      let unit = fields[unitSlot]
      guard unit.count > 0 else { throw fault(.emptyCell(column: plan.request.unitColumn ?? ""), unit) }
      units.append(unit, offset: self.offset(of: unit), arm: arm)
    }
    while wholeCells.count <= arm {
      wholeCells.append(makeCell(CellKey(arm: wholeCells.count, column: -1, value: 0), 512))
    }
    row.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      wholeCells[arm].add(start, complete: complete, cluster: cluster)
    }
    if !segmentSlots.isEmpty { addToSegments(fields, arm, complete, cluster) }
  }

  private mutating func addToSegments(
    _ fields: UnsafeBufferPointer<Field>, _ arm: Int, _ complete: Bool, _ cluster: Int
  ) {
    for (column, slot) in segmentSlots.enumerated() {
      let key = CellKey(arm: arm, column: column, value: segments[column].code(of: fields[slot]))
      let cell = cells[key] ?? makeCell(key, 32)
      row.withUnsafeBufferPointer { values in
        if let start = values.baseAddress { cell.add(start, complete: complete, cluster: cluster) }
      }
    }
  }

  private mutating func makeCell(_ key: CellKey, _ blockRows: Int) -> Cell {
    let cell = Cell(
      width: plan.values.count, places: plan.places, quantiles: plan.request.metrics.map(\.isQuantile),
      blockRows: blockRows, clustered: layout)
    cells[key] = cell
    return cell
  }

  /// Fills `row`; NaN where a value is missing. - Returns: whether none is.
  private mutating func readValues(_ fields: UnsafeBufferPointer<Field>) throws(RowFault) -> Bool {
    var complete = true
    for index in valueSlots.indices {
      let field = fields[valueSlots[index]]
      let text = field.trimmed
      if text.isEmpty || (!nullWords.isEmpty && text.isMissing(nullWords)) {
        row[index] = .nan
        complete = false
        continue
      }
      if plan.values[index].isBoolean {
        guard let boolean = FieldParsing.boolean(text) else {
          throw fault(.notABoolean(column: plan.values[index].name, found: shown(field)), field)
        }
        row[index] = boolean ? 1 : 0
        continue
      }
      switch FieldParsing.number(text) {
      case .value(let value):
        if let cap = plan.values[index].cap, value > cap { row[index] = cap } else { row[index] = value }
      case .notANumber: throw fault(.notANumber(column: plan.values[index].name, found: shown(field)), field)
      case .tooLarge: throw fault(.numberTooLarge(column: plan.values[index].name, found: shown(field)), field)
      }
    }
    return complete
  }

  private func shown(_ field: Field) -> String { String(field.string.prefix(40)) }
  private func offset(of field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }
  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault { RowFault(kind, offset: offset(of: field)) }
}

/// The unit ids of rows: a hash and where the id stands. 24 bytes a row.
struct UnitRows {
  private(set) var hashes: [UInt64] = []
  private(set) var offsets: [Int] = []
  private(set) var counts: [Int32] = []
  private(set) var arms: [Int32] = []

  @inline(__always)
  mutating func append(_ field: Field, offset: Int, arm: Int) {
    hashes.append(ByteHash.hash(field.bytes))
    offsets.append(offset)
    counts.append(Int32(truncatingIfNeeded: field.count))
    arms.append(Int32(truncatingIfNeeded: arm))
  }
}
