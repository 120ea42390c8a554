import Experiments
import Foundation
import Tables

/// Reads one row a unit: the arm, segments and values of a chunk's rows, as numbers.
///
/// The rows are kept until their batch is put together, so that what is summed with what does not depend on the cuts.
struct UnitRowConsumer: RowConsumer, Sendable {
  private let plan: ColumnPlan
  private let base: UInt
  private let nullWords: [[UInt8]]
  private let variantSlot: Int
  private let unitSlot: Int?
  private let clusterSlot: Int?
  private let segmentSlots: [Int]
  private let valueSlots: [Int]
  /// A word such as -99 stands for a missing value.
  private let hasNumericNullWord: Bool
  private var row: [Double]

  private(set) var arms = Interner()
  private(set) var clusters = Interner()
  private(set) var segments: [Interner]
  /// One a row.
  private(set) var armCodes: [Int32] = []
  private(set) var clusterCodes: [Int32] = []
  private(set) var segmentCodes: [[Int32]]
  /// The plan's values, row after row; NaN where one is missing.
  private(set) var values: [Double] = []
  private(set) var units = UnitRows()

  init(_ plan: ColumnPlan, part: TablePart, nullWords: [String]) {
    self.plan = plan
    base = UInt(bitPattern: part.file.text.baseAddress)
    self.nullWords = nullWords.map { Array($0.utf8) }
    hasNumericNullWord = self.nullWords.contains { word in
      word.withUnsafeBufferPointer { if case .notANumber = FieldParsing.number($0) { false } else { true } }
    }
    let names = plan.names
    func slot(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
    variantSlot = slot(plan.request.variantColumn)
    unitSlot = plan.request.unitColumn.map(slot)
    clusterSlot = plan.request.clusterColumn.map(slot)
    segmentSlots = plan.request.segmentColumns.map(slot)
    valueSlots = plan.values.map { slot($0.name) }
    segments = segmentSlots.map { _ in Interner() }
    segmentCodes = segmentSlots.map { _ in [] }
    row = [Double](repeating: 0, count: plan.values.count)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let variant = fields[variantSlot]
    guard variant.count > 0 else { throw fault(.emptyCell(column: plan.request.variantColumn), variant) }
    try readValues(fields)
    if let clusterSlot {
      guard fields[clusterSlot].count > 0 else {
        throw fault(.emptyCell(column: plan.request.clusterColumn ?? ""), fields[clusterSlot])
      }
    }
    if let unitSlot, fields[unitSlot].count == 0 {
      throw fault(.emptyCell(column: plan.request.unitColumn ?? ""), fields[unitSlot])
    }
    let arm = arms.code(of: variant)
    armCodes.append(Int32(truncatingIfNeeded: arm))
    values.append(contentsOf: row)
    if let clusterSlot { clusterCodes.append(Int32(truncatingIfNeeded: clusters.code(of: fields[clusterSlot]))) }
    if let unitSlot { units.append(fields[unitSlot], offset: self.offset(of: fields[unitSlot]), arm: arm) }
    for (column, slot) in segmentSlots.enumerated() {
      segmentCodes[column].append(Int32(truncatingIfNeeded: segments[column].code(of: fields[slot])))
    }
  }

  /// All rows of a block, if there is nothing wrong with any.
  mutating func consume(_ block: FieldBlock) -> Bool {
    let keys = [variantSlot] + [clusterSlot, unitSlot].compactMap { $0 }
    guard keys.allSatisfy({ block.isFilled($0) }), readValues(block) else { return false }
    let first = armCodes.count
    for row in 0..<block.rows {
      armCodes.append(Int32(truncatingIfNeeded: arms.code(of: block.field(row, variantSlot))))
    }
    if let clusterSlot {
      for row in 0..<block.rows {
        clusterCodes.append(Int32(truncatingIfNeeded: clusters.code(of: block.field(row, clusterSlot))))
      }
    }
    if let unitSlot {
      units.reserve(block.rows)
      for row in 0..<block.rows {
        let field = block.field(row, unitSlot)
        units.append(field, offset: offset(of: field), arm: Int(armCodes[first &+ row]))
      }
    }
    for (column, slot) in segmentSlots.enumerated() {
      for row in 0..<block.rows {
        segmentCodes[column].append(Int32(truncatingIfNeeded: segments[column].code(of: block.field(row, slot))))
      }
    }
    return true
  }

  /// Appends a block's values; nothing if one of them is none.
  private mutating func readValues(_ block: FieldBlock) -> Bool {
    let (before, width) = (values.count, valueSlots.count)
    var all: [Double] = []
    swap(&all, &values)
    all.append(contentsOf: repeatElement(0, count: block.rows * width))
    let isRead = all.withUnsafeMutableBufferPointer { values in
      guard width > 0, let start = values.baseAddress.map({ $0 + before }) else { return true }
      for (index, column) in plan.values.enumerated() {
        let isNumeric = block.decimals(valueSlots[index], into: start + index, stride: width) { other($0, column) }
        guard isNumeric, settle(start + index, block.rows, width, column) else { return false }
      }
      return true
    }
    if !isRead { all.removeLast(block.rows * width) }
    values = all
    return isRead
  }

  /// A field that is no plain decimal.
  private func other(_ field: Field, _ column: ValueColumn) -> Double? {
    let text = field.trimmed
    if text.isMissing(nullWords) { return .nan }
    if column.isBoolean { return FieldParsing.boolean(text).map { $0 ? 1 : 0 } }
    if case .value(let value) = FieldParsing.number(text) { return value }
    return nil
  }

  /// Caps a column of a block; false if a boolean is neither 0 nor 1, or if a number may be a word for a missing value.
  private func settle(_ values: UnsafeMutablePointer<Double>, _ rows: Int, _ stride: Int, _ column: ValueColumn) -> Bool
  {
    if hasNumericNullWord { return false }
    if column.isBoolean {
      for row in 0..<rows {
        let value = values[row &* stride]
        if value != 0, value != 1, !value.isNaN { return false }
      }
    }
    if let cap = column.cap {
      for row in 0..<rows where values[row &* stride] > cap { values[row &* stride] = cap }
    }
    return true
  }

  /// Fills `row`; NaN where a value is missing.
  private mutating func readValues(_ fields: UnsafeBufferPointer<Field>) throws(RowFault) {
    for index in valueSlots.indices {
      let field = fields[valueSlots[index]]
      let text = field.trimmed
      if text.isEmpty || (!nullWords.isEmpty && text.isMissing(nullWords)) {
        row[index] = .nan
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
  }

  private func shown(_ field: Field) -> String { String(field.string.prefix(40)) }
  private func offset(of field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }
  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault { RowFault(kind, offset: offset(of: field)) }
}

/// The unit ids of rows: a hash and where the id stands. 24 bytes a row.
struct UnitRows: Sendable {
  private(set) var hashes: [UInt64] = []
  private(set) var offsets: [Int] = []
  private(set) var counts: [Int32] = []
  private(set) var arms: [Int32] = []

  mutating func reserve(_ more: Int) {
    // Reserving exactly what is needed would copy all for each block.
    guard hashes.count + more > hashes.capacity else { return }
    let capacity = max(hashes.count + more, 2 * hashes.capacity)
    hashes.reserveCapacity(capacity)
    offsets.reserveCapacity(capacity)
    counts.reserveCapacity(capacity)
    arms.reserveCapacity(capacity)
  }

  @inline(__always)
  mutating func append(_ field: Field, offset: Int, arm: Int) {
    hashes.append(ByteHash.hash(field.bytes))
    offsets.append(offset)
    counts.append(Int32(truncatingIfNeeded: field.count))
    arms.append(Int32(truncatingIfNeeded: arm))
  }
}
