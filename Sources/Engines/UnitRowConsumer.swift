import Basics
import Experiments
import Foundation
import Tables

/// Reads one row a unit: the arm, segments and values of a chunk's rows, as numbers.
///
/// The rows are kept, parted by arm, until their batch is put together: what is summed with what does not depend on the cuts.
///
/// A class, as its many fields would be copied whenever it is handed on; one thread at a time uses it.
final class UnitRowConsumer: RowConsumer, @unchecked Sendable {
  private let plan: ColumnPlan
  private var base: UInt
  private let nullWords: [[UInt8]]
  private let nulls: NullWords
  /// Of cells that must not be empty.
  private let keySlots: [Int]
  private let variantSlot: Int
  private let unitSlot: Int?
  private let clusterSlot: Int?
  private let timeSlot: Int?
  private var clock: ZoneClock
  private(set) var times = TimeRange()
  private let segmentSlots: [Int]
  private let valueSlots: [Int]
  /// The slots of the values in a block that has nothing else.
  private let valuePlaces: [Int]
  /// The chunk's own, as threads that count references to the same array wait for one another.
  private let readings: [ValueReading]
  private var row: [Double]
  /// Codes of the row's segments and cluster.
  private var words: [Int32]
  /// Whether ids are to be compared.
  private let unitIsKey: Bool

  private(set) var arms = Interner()
  private(set) var clusters = Interner()
  private(set) var segments: [Interner]
  /// By the codes of `arms`. Of each row the plan's values, and the codes of its segments and then of its cluster.
  private(set) var rows: PartedRows
  private(set) var units: ChunkUnits
  private let pool: Pool<BlockColumns>
  private let kernel: ScanKernel

  /// - Parameter columns: memory for blocks, for all chunks together.
  init(
    _ plan: ColumnPlan, _ chunk: TableChunk, nullWords: [String], clock: ZoneClock, columns: Pool<BlockColumns>
  ) {
    (pool, kernel) = (columns, chunk.kernel)
    self.clock = clock
    timeSlot = plan.request.timeColumn.flatMap { plan.names.firstIndex(of: $0) }
    self.plan = plan
    base = chunk.origin
    nulls = NullWords(nullWords)
    self.nullWords = nulls.words
    let names = plan.names
    func slot(_ name: String) -> Int { names.firstIndex { $0.isExactly(name) } ?? 0 }
    variantSlot = slot(plan.request.variantColumn)
    unitSlot = plan.request.unitColumn.map(slot)
    unitIsKey = plan.request.clusterColumn == nil
    units = ChunkUnits(alwaysHashes: plan.request.allowedBadRows > 0)
    clusterSlot = plan.request.clusterColumn.map(slot)
    segmentSlots = plan.request.segmentColumns.map(slot)
    valueSlots = plan.values.map { slot($0.name) }
    valuePlaces = Array(valueSlots.indices)
    readings = plan.values.map(\.reading)
    segments = segmentSlots.map { [nulls] _ in nulls.interner }
    keySlots = [variantSlot] + [unitSlot, clusterSlot, timeSlot].compactMap { $0 }
    row = [Double](repeating: 0, count: plan.values.count)
    words = [Int32](repeating: 0, count: segmentSlots.count + (clusterSlot == nil ? 0 : 1))
    rows = PartedRows(width: row.count, codes: words.count, keepsOrder: clusterSlot != nil, kernel)
  }

  func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let variant = fields[variantSlot]
    guard !nulls.contains(variant) else { throw fault(.emptyCell(column: plan.request.variantColumn), variant) }
    try readValues(fields)
    if let clusterSlot {
      guard !nulls.contains(fields[clusterSlot]) else {
        throw fault(.emptyCell(column: plan.request.clusterColumn ?? ""), fields[clusterSlot])
      }
    }
    if let unitSlot, nulls.contains(fields[unitSlot]) {
      throw fault(.emptyCell(column: plan.request.unitColumn ?? ""), fields[unitSlot])
    }
    if let timeSlot { times.insert(try readTime(fields[timeSlot])) }
    if unitIsKey, let unitSlot { units.append(fields[unitSlot]) }
    for (column, slot) in segmentSlots.enumerated() {
      words[column] = nulls.segment(Int32(truncatingIfNeeded: segments[column].code(of: fields[slot])))
    }
    if let clusterSlot {
      words[segmentSlots.count] = Int32(truncatingIfNeeded: clusters.code(of: fields[clusterSlot]))
    }
    rows.append(row, words, arm: arms.code(of: variant))
  }

  /// All rows of a block, if there is nothing wrong with any.
  func consume(_ block: FieldBlock) -> Bool {
    let columns = pool.take()
    defer { pool.giveBack(columns) }
    columns.arms.reserve(block.rows, behind: 0)
    columns.words.reserve(block.rows, behind: 0)
    let (mark, timesBefore) = (units.mark, times)
    guard !nulls.stand(in: block, keySlots), readKeys(block, columns), readUnits(block), readTimes(block),
      readRows(block, columns)
    else {
      units.remove(to: mark)
      times = timesBefore
      return false
    }
    return true
  }

  /// Appends the rows, whose arms are known.
  private func readRows(_ block: FieldBlock, _ columns: BlockColumns) -> Bool {
    if readParted(block, columns) {
      readSegments(block, columns)
      return rows.eachPair(of: arms.count) { [kernel] first, second in
        first.stack.appendPending(of: block.rows, columns.arms[0], first.code, columns.words, kernel)
        second.stack.appendPending(of: block.rows, columns.arms[0], second.code, columns.words, kernel)
        return true
      }
    }
    columns.values.reserve(block.rows, behind: 0)
    guard readValues(block, valueSlots, into: { columns.values[$0] }) else { return false }
    readSegments(block, columns)
    rows.append(block.rows, columns.arms[0], of: arms.count, columns.values, columns.words)
    return true
  }

  /// Reads the numbers of each arm's rows to where they are kept, which costs less than to part what was read. The rows are pending
  /// then; false, with some written that count for nothing, if one of the numbers is missing.
  private func readParted(_ block: FieldBlock, _ columns: BlockColumns) -> Bool {
    guard !valueSlots.isEmpty, nullWords.isEmpty else { return false }
    columns.spans.reserve(valueSlots.count * block.spansToPart, behind: 0)
    return rows.eachPair(of: arms.count) { first, second in
      guard let parts = block.parted(valueSlots, by: columns.arms[0], first.code, second.code, into: columns.spans[0])
      else { return false }
      return readNumbers(of: parts.first, behind: first.stack) && readNumbers(of: parts.second, behind: second.stack)
    }
  }

  private func readNumbers(of block: FieldBlock, behind stack: RowStack) -> Bool {
    stack.write(block.rows) { readValues(block, valuePlaces, isFilled: true, into: $0) }
  }

  private func readSegments(_ block: FieldBlock, _ columns: BlockColumns) {
    for (column, slot) in segmentSlots.enumerated() {
      _ = block.codes(slot, into: columns.words[column], &segments[column])
      nulls.settle(columns.words[column], block.rows)
    }
  }

  private func readKeys(_ block: FieldBlock, _ columns: BlockColumns) -> Bool {
    guard block.codes(variantSlot, into: columns.arms[0], &arms, filled: true) else { return false }
    guard let clusterSlot else { return true }
    return block.codes(clusterSlot, into: columns.words[segmentSlots.count], &clusters, filled: true)
  }

  private func readUnits(_ block: FieldBlock) -> Bool {
    guard let unitSlot else { return true }
    return unitIsKey ? units.append(block, unitSlot) : block.isFilled(unitSlot)
  }

  private func readTimes(_ block: FieldBlock) -> Bool {
    guard let timeSlot else { return true }
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: block.rows + 1) { seconds in
      guard let start = seconds.baseAddress,
        block.times(timeSlot, into: start, &clock, nullWords: nullWords)
      else { return false }
      for row in 0..<block.rows { times.insert(seconds[row]) }
      return true
    }
  }

  private func readTime(_ field: Field) throws(RowFault) -> Int64 {
    let column = plan.request.timeColumn ?? ""
    if field.trimmed.isMissing(nullWords) { throw fault(.emptyCell(column: column), field) }
    if let stamp = FieldParsing.timestamp(field.trimmed) { return clock.seconds(of: stamp) }
    throw fault(.notATime(column: column, found: shown(field)), field)
  }

  /// - Parameters:
  ///   - slots: of the values, in their order.
  ///   - isFilled: no value may be missing, as one is of which the field holds blanks.
  private func readValues(
    _ block: FieldBlock, _ slots: [Int], isFilled: Bool = false, into place: (Int) -> UnsafeMutablePointer<Double>
  ) -> Bool {
    func other(_ field: Field, _ reading: ValueReading) -> Double? {
      let value = self.other(field, reading)
      return isFilled && value?.isNaN == true ? nil : value
    }
    for index in readings.indices {
      let (values, reading) = (place(index), readings[index])
      let isNumeric =
        reading.isBoolean
        ? block.bits(slots[index], into: values) { other($0, reading) }
        : block.decimals(slots[index], into: values) { other($0, reading) }
      guard isNumeric, settle(values, block.rows, reading) else { return false }
    }
    return true
  }

  func clear(for chunk: TableChunk) -> Bool {
    base = chunk.origin
    rows.removeAll()
    units.clear()
    times = TimeRange()
    // Few words are worth keeping; of many most will not come again.
    if clusters.count > 0 { clusters = Interner(expected: clusters.count) }
    for index in segments.indices where segments[index].count > Self.fewWords { segments[index] = nulls.interner }
    return arms.count <= Self.fewWords
  }

  private static let fewWords = 200

  /// A field that is no plain decimal.
  private func other(_ field: Field, _ reading: ValueReading) -> Double? {
    let text = field.trimmed
    if text.isMissing(nullWords) { return .nan }
    if reading.isBoolean { return FieldParsing.boolean(text).map { $0 ? 1 : 0 } }
    if case .value(let value) = FieldParsing.number(text) { return value }
    return nil
  }

  /// Cuts a column of a block and fills its gaps; false if a value may be a word for a missing one, or must not be missing.
  private func settle(_ values: UnsafeMutablePointer<Double>, _ rows: Int, _ reading: ValueReading) -> Bool {
    if reading.isBoolean ? nulls.haveTruth : nulls.haveNumber { return false }
    if reading.missing != .exclude {
      for row in 0..<rows where values[row].isNaN {
        if reading.missing == .refuse { return false }
        values[row] = 0
      }
    }
    if reading.limits != Limits() { for row in 0..<rows { values[row] = reading.limits.clamped(values[row]) } }
    return true
  }

  /// Fills `row`; NaN where a value is missing.
  private func readValues(_ fields: UnsafeBufferPointer<Field>) throws(RowFault) {
    for index in valueSlots.indices {
      let field = fields[valueSlots[index]]
      let text = field.trimmed
      if text.isEmpty || (!nullWords.isEmpty && text.isMissing(nullWords)) {
        row[index] = try missing(plan.values[index], field)
        continue
      }
      if readings[index].isBoolean {
        guard let boolean = FieldParsing.boolean(text) else {
          throw fault(.notABoolean(column: plan.values[index].name, found: shown(field)), field)
        }
        row[index] = boolean ? 1 : 0
        continue
      }
      switch FieldParsing.number(text) {
      case .value(let value):
        row[index] = readings[index].limits.clamped(value)
      case .notANumber: throw fault(.notANumber(column: plan.values[index].name, found: shown(field)), field)
      case .tooLarge: throw fault(.numberTooLarge(column: plan.values[index].name, found: shown(field)), field)
      }
    }
  }

  private func missing(_ column: ValueColumn, _ field: Field) throws(RowFault) -> Double {
    switch column.reading.missing {
    case .exclude: return .nan
    case .zero: return column.reading.limits.clamped(0)
    case .refuse: throw fault(.emptyCell(column: column.name), field)
    }
  }

  private func shown(_ field: Field) -> String { String(field.string.prefix(40)) }
  private func offset(of field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }
  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault { RowFault(kind, offset: offset(of: field)) }
}

/// The columns of a block while it is read. Threads use the same ones from chunk to chunk: a chunk's own would have left the cache
/// when its turn comes again.
final class BlockColumns: Sendable {
  let arms = GrowingColumns<Int32>(width: 1)
  /// Codes of segments and clusters.
  let words: GrowingColumns<Int32>
  let values: GrowingColumns<Double>
  /// Where the fields of each arm are.
  let spans = GrowingColumns<UInt32>(width: 1)

  init(_ shape: CellShape) {
    values = GrowingColumns(width: shape.width)
    words = GrowingColumns(width: shape.request.segmentColumns.count + (shape.request.clusterColumn == nil ? 0 : 1))
  }
}

extension Array {
  /// Appends `count` elements that `fill` writes.
  @inline(__always)
  mutating func grow<Result>(
    by count: Int, _ placeholder: Element, _ fill: (UnsafeMutablePointer<Element>) -> Result
  ) -> Result {
    let before = self.count
    append(contentsOf: repeatElement(placeholder, count: count))
    return withUnsafeMutableBufferPointer { fill($0.baseAddress! + before) }
  }
}
