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
  /// A word such as -99 stands for a missing value.
  private let hasNumericNullWord: Bool
  private var row: [Double]
  /// Whether ids are to be compared.
  private let unitIsKey: Bool

  private(set) var arms = Interner()
  private(set) var clusters = Interner()
  private(set) var segments: [Interner]
  /// One a row.
  private(set) var armCodes: [Int32] = []
  private(set) var clusterCodes: [Int32] = []
  private(set) var segmentCodes: [[Int32]]
  /// The plan's values, column after column, one a row; NaN where one is missing. What stands behind them counts for nothing: room
  /// that was written once is not cleared again.
  private(set) var values: [[Double]]
  private(set) var units: ChunkUnits

  init(_ plan: ColumnPlan, part: TablePart, nullWords: [String], clock: ZoneClock) {
    self.clock = clock
    timeSlot = plan.request.timeColumn.flatMap { plan.names.firstIndex(of: $0) }
    self.plan = plan
    base = UInt(bitPattern: part.file.text.baseAddress)
    nulls = NullWords(nullWords)
    self.nullWords = nulls.words
    hasNumericNullWord = self.nullWords.contains { word in
      word.withUnsafeBufferPointer { if case .notANumber = FieldParsing.number($0) { false } else { true } }
    }
    let names = plan.names
    func slot(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
    variantSlot = slot(plan.request.variantColumn)
    unitSlot = plan.request.unitColumn.map(slot)
    unitIsKey = plan.request.clusterColumn == nil
    units = ChunkUnits(alwaysHashes: plan.request.allowedBadRows > 0)
    clusterSlot = plan.request.clusterColumn.map(slot)
    segmentSlots = plan.request.segmentColumns.map(slot)
    valueSlots = plan.values.map { slot($0.name) }
    segments = segmentSlots.map { [nulls] _ in nulls.interner }
    keySlots = [variantSlot] + [unitSlot, clusterSlot, timeSlot].compactMap { $0 }
    segmentCodes = segmentSlots.map { _ in [] }
    row = [Double](repeating: 0, count: plan.values.count)
    values = plan.values.map { _ in [] }
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
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
    for index in values.indices { values[index].withRoom(1, at: armCodes.count) { $0[0] = row[index] } }
    armCodes.append(Int32(truncatingIfNeeded: arms.code(of: variant)))
    if let clusterSlot { clusterCodes.append(Int32(truncatingIfNeeded: clusters.code(of: fields[clusterSlot]))) }
    if unitIsKey, let unitSlot { units.append(fields[unitSlot]) }
    for (column, slot) in segmentSlots.enumerated() {
      segmentCodes[column].append(nulls.segment(Int32(truncatingIfNeeded: segments[column].code(of: fields[slot]))))
    }
  }

  /// All rows of a block, if there is nothing wrong with any.
  mutating func consume(_ block: FieldBlock) -> Bool {
    let before = armCodes.count
    let mark = units.mark
    guard !nulls.stand(in: block, keySlots), readKeys(block), readUnits(block), readValues(block, at: before),
      readTimes(block)
    else {
      armCodes.removeLast(armCodes.count - before)
      clusterCodes.removeLast(max(0, clusterCodes.count - before))
      units.remove(to: mark)
      return false
    }
    for (column, slot) in segmentSlots.enumerated() {
      _ = Self.read(block, slot, &segments[column], &segmentCodes[column], filled: false)
      nulls.settle(&segmentCodes[column], from: before)
    }
    return true
  }

  private mutating func readKeys(_ block: FieldBlock) -> Bool {
    guard Self.read(block, variantSlot, &arms, &armCodes, filled: true) else { return false }
    guard let clusterSlot else { return true }
    return Self.read(block, clusterSlot, &clusters, &clusterCodes, filled: true)
  }

  private static func read(
    _ block: FieldBlock, _ slot: Int, _ words: inout Interner, _ codes: inout [Int32], filled: Bool
  ) -> Bool {
    codes.grow(by: block.rows, 0) { block.codes(slot, into: $0, &words, filled: filled) }
  }

  private mutating func readUnits(_ block: FieldBlock) -> Bool {
    guard let unitSlot else { return true }
    return unitIsKey ? units.append(block, unitSlot) : block.isFilled(unitSlot)
  }

  private mutating func readTimes(_ block: FieldBlock) -> Bool {
    guard let timeSlot else { return true }
    return withUnsafeTemporaryAllocation(of: Int64.self, capacity: block.rows + 1) { seconds in
      guard let start = seconds.baseAddress,
        block.times(
          timeSlot, into: start,
          other: { field in
            field.trimmed.isMissing(nullWords)
              ? nil : FieldParsing.timestamp(field.trimmed).map { clock.seconds(of: $0) }
          })
      else { return false }
      for row in 0..<block.rows { times.insert(seconds[row]) }
      return true
    }
  }

  private mutating func readTime(_ field: Field) throws(RowFault) -> Int64 {
    let column = plan.request.timeColumn ?? ""
    if field.trimmed.isMissing(nullWords) { throw fault(.emptyCell(column: column), field) }
    if let stamp = FieldParsing.timestamp(field.trimmed) { return clock.seconds(of: stamp) }
    throw fault(.notATime(column: column, found: shown(field)), field)
  }

  private mutating func readValues(_ block: FieldBlock, at place: Int) -> Bool {
    for (index, column) in plan.values.enumerated() {
      var all: [Double] = []
      swap(&all, &values[index])
      let isNumeric = all.withRoom(block.rows, at: place) { start in
        column.isBoolean
          ? block.bits(valueSlots[index], into: start) { other($0, column) } && settle(start, block.rows, column)
          : block.decimals(valueSlots[index], into: start) { other($0, column) } && settle(start, block.rows, column)
      }
      values[index] = all
      guard isNumeric else { return false }
    }
    return true
  }

  mutating func clear() -> Bool {
    armCodes.removeAll(keepingCapacity: true)
    clusterCodes.removeAll(keepingCapacity: true)
    units.clear()
    for index in segmentCodes.indices { segmentCodes[index].removeAll(keepingCapacity: true) }
    times = TimeRange()
    // Few words are worth keeping; of many most will not come again.
    clusters = Interner()
    for index in segments.indices where segments[index].count > Self.fewWords { segments[index] = nulls.interner }
    return arms.count <= Self.fewWords
  }

  private static let fewWords = 200

  /// A field that is no plain decimal.
  private func other(_ field: Field, _ column: ValueColumn) -> Double? {
    let text = field.trimmed
    if text.isMissing(nullWords) { return .nan }
    if column.isBoolean { return FieldParsing.boolean(text).map { $0 ? 1 : 0 } }
    if case .value(let value) = FieldParsing.number(text) { return value }
    return nil
  }

  /// Cuts a column of a block and fills its gaps; false if a number may be a word for a missing value, or one must not be.
  private func settle(_ values: UnsafeMutablePointer<Double>, _ rows: Int, _ column: ValueColumn) -> Bool {
    if hasNumericNullWord { return false }
    if column.missing != .exclude {
      for row in 0..<rows where values[row].isNaN {
        if column.missing == .refuse { return false }
        values[row] = 0
      }
    }
    if column.limits != Limits() { for row in 0..<rows { values[row] = column.limits.clamped(values[row]) } }
    return true
  }

  /// Fills `row`; NaN where a value is missing.
  private mutating func readValues(_ fields: UnsafeBufferPointer<Field>) throws(RowFault) {
    for index in valueSlots.indices {
      let field = fields[valueSlots[index]]
      let text = field.trimmed
      if text.isEmpty || (!nullWords.isEmpty && text.isMissing(nullWords)) {
        row[index] = try missing(plan.values[index], field)
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
        row[index] = plan.values[index].limits.clamped(value)
      case .notANumber: throw fault(.notANumber(column: plan.values[index].name, found: shown(field)), field)
      case .tooLarge: throw fault(.numberTooLarge(column: plan.values[index].name, found: shown(field)), field)
      }
    }
  }

  private func missing(_ column: ValueColumn, _ field: Field) throws(RowFault) -> Double {
    switch column.missing {
    case .exclude: return .nan
    case .zero: return column.limits.clamped(0)
    case .refuse: throw fault(.emptyCell(column: column.name), field)
    }
  }

  private func shown(_ field: Field) -> String { String(field.string.prefix(40)) }
  private func offset(of field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }
  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault { RowFault(kind, offset: offset(of: field)) }
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

extension [Double] {
  /// Lets `fill` write elements from a place on, which there are or which come behind the last.
  @inline(__always)
  fileprivate mutating func withRoom<Result>(
    _ count: Int, at place: Int, _ fill: (UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    let missing = place + count - self.count
    if missing > 0 { append(contentsOf: repeatElement(0, count: missing)) }
    return withUnsafeMutableBufferPointer { fill($0.baseAddress! + place) }
  }
}
