import Experiments
import Tables

/// The exposed units: each with its first exposure and what stands beside it. One thread fills it, row by row.
final class ExposedUnits: @unchecked Sendable {
  /// With the first exposures as values.
  let index: UnitIndex
  /// Later exposures do not count.
  private let asOf: Int64
  /// First exposures in microseconds since 1970 (UTC).
  @exclusivity(unchecked) private(set) var times: [Int64] = []
  @exclusivity(unchecked) private(set) var arms = Interner()
  @exclusivity(unchecked) private(set) var armCodes: [Int32] = []
  /// Seen in several arms.
  @exclusivity(unchecked) private(set) var isSeveral: [Bool] = []
  @exclusivity(unchecked) private(set) var segments: [Interner]
  @exclusivity(unchecked) private(set) var segmentCodes: [[Int32]]
  @exclusivity(unchecked) private(set) var clusters = Interner(expected: 64)
  @exclusivity(unchecked) private(set) var clusterCodes: [Int32] = []
  /// `width` numbers a unit, NaN where one is missing.
  @exclusivity(unchecked) private(set) var attributes: [Double] = []
  let width: Int
  @exclusivity(unchecked) private(set) var earliest = Int64.max

  /// - Parameter expected: units, more or less.
  init(_ plan: EventPlan, expected: Int) {
    index = UnitIndex(expected: expected)
    asOf = plan.asOf
    segments = plan.request.segmentColumns.map { _ in Interner() }
    segmentCodes = segments.map { _ in [] }
    width = plan.attributes.count
  }

  var count: Int { times.count }

  /// Takes the exposures of a chunk, chunks in file order. Of two at the same time the first in the file is the first.
  func take(_ chunk: ExposureConsumer) {
    let arms = Self.codes(of: chunk.arms, in: &self.arms)
    let clusters = Self.codes(of: chunk.clusters, in: &self.clusters)
    let segments = chunk.segments.indices.map { Self.codes(of: chunk.segments[$0], in: &self.segments[$0]) }
    for row in chunk.ids.indices {
      // Far enough ahead for the memory, near enough for the cache.
      if row + 16 < chunk.ids.count { index.prefetch(chunk.ids[row + 16].hash) }
      guard chunk.times[row] <= asOf else { continue }
      let unit = index.insert(chunk.ids[row].bytes, hash: chunk.ids[row].hash, value: chunk.times[row])
      let arm = arms[Int(chunk.armCodes[row])]
      earliest = min(earliest, chunk.times[row])
      if unit == count {
        times.append(chunk.times[row])
        armCodes.append(arm)
        isSeveral.append(false)
        for column in segments.indices {
          segmentCodes[column].append(segments[column][Int(chunk.segmentCodes[column][row])])
        }
        if !clusters.isEmpty { clusterCodes.append(clusters[Int(chunk.clusterCodes[row])]) }
        if width > 0 { attributes.append(contentsOf: chunk.attributes[row * width..<(row + 1) * width]) }
      } else {
        if armCodes[unit] != arm { isSeveral[unit] = true }
        guard chunk.times[row] < times[unit] else { continue }
        armCodes[unit] = arm
        times[unit] = chunk.times[row]
        for column in segments.indices {
          segmentCodes[column][unit] = segments[column][Int(chunk.segmentCodes[column][row])]
        }
        if !clusters.isEmpty { clusterCodes[unit] = clusters[Int(chunk.clusterCodes[row])] }
        for column in 0..<width { attributes[unit * width + column] = chunk.attributes[row * width + column] }
      }
    }
  }

  /// What the table of units says of one, in place of what the exposures do not say.
  ///
  /// - Parameters:
  ///   - segments: codes by segment column, nil for a column of exposures.
  ///   - numbers: the same by attribute.
  func describe(_ unit: Int, segments: [Field?], cluster: Field?, numbers: [Double?], _ nulls: NullWords) {
    for (column, field) in segments.enumerated() {
      if let field { segmentCodes[column][unit] = nulls.code(of: field, in: &self.segments[column]) }
    }
    if let cluster {
      if clusterCodes.isEmpty { clusterCodes = [Int32](repeating: Self.noCluster, count: count) }
      clusterCodes[unit] = Int32(truncatingIfNeeded: clusters.code(of: cluster))
    }
    for (place, number) in numbers.enumerated() { if let number { attributes[unit * width + place] = number } }
  }

  /// Units whose cluster the table of units does not say.
  var withoutCluster: Int { clusterCodes.isEmpty ? count : clusterCodes.count { $0 == Self.noCluster } }

  private static let noCluster: Int32 = -1

  private static func codes(of local: Interner, in global: inout Interner) -> [Int32] {
    (0..<local.count).map { code in
      local.bytes(of: code).withUnsafeBufferPointer { Int32(truncatingIfNeeded: global.code(of: $0)) }
    }
  }
}

/// The exposures of one chunk.
struct ExposureConsumer: RowConsumer, @unchecked Sendable {
  static var keepsFields: Bool { true }
  /// An id in the chunk's text.
  struct Identifier {
    let bytes: UnsafeBufferPointer<UInt8>
    let hash: UInt64
  }
  private var reader: CellReader
  private var clock: ZoneClock
  private let slots: (unit: Int, variant: Int, time: Int, cluster: Int?, segments: [Int?], attributes: [Int?])

  private(set) var ids: [Identifier] = []
  private(set) var times: [Int64] = []
  private(set) var arms = Interner()
  private(set) var armCodes: [Int32] = []
  private(set) var clusters = Interner()
  private(set) var clusterCodes: [Int32] = []
  private(set) var segments: [Interner]
  private(set) var segmentCodes: [[Int32]]
  private(set) var attributes: [Double] = []

  init(_ plan: EventPlan, reader: CellReader, clock: ZoneClock) {
    self.reader = reader
    self.clock = clock
    let request = plan.request
    func own(_ name: String) -> Int? { plan.ofUnits.contains(name) ? nil : reader.slot(name) }
    slots = (
      reader.slot(plan.exposureUnit), reader.slot(request.variantColumn), reader.slot(Self.timeColumn(plan)),
      request.clusterColumn.flatMap(own), request.segmentColumns.map(own), plan.attributes.map(own)
    )
    segments = slots.segments.map { _ in Interner() }
    segmentCodes = segments.map { _ in [] }
  }

  private static var nothing: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }

  private static func timeColumn(_ plan: EventPlan) -> String {
    plan.exposures.exposureTimeColumn ?? plan.exposures.timeColumn
  }

  /// The columns of exposures that are read.
  static func columns(_ plan: EventPlan) -> [String] {
    let request = plan.request
    let keys = [plan.exposureUnit, request.variantColumn, Self.timeColumn(plan), request.clusterColumn]
    let names = keys.compactMap { $0 } + request.segmentColumns + plan.attributes
    return CellReader.unique(names.filter { !plan.ofUnits.contains($0) })
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let unit = try reader.filled(fields, slots.unit)
    let variant = try reader.filled(fields, slots.variant)
    let time = try reader.time(fields, slots.time, &clock)
    let cluster = try slots.cluster.map { slot throws(RowFault) in try reader.filled(fields, slot) }
    let before = attributes.count
    do throws(RowFault) {
      for slot in slots.attributes {
        attributes.append(try slot.map { slot throws(RowFault) in try reader.number(fields[slot], slot) } ?? .nan)
      }
    } catch {
      attributes.removeLast(attributes.count - before)
      throw error
    }
    add(unit)
    times.append(time)
    armCodes.append(Int32(truncatingIfNeeded: arms.code(of: variant)))
    if let cluster { clusterCodes.append(Int32(truncatingIfNeeded: clusters.code(of: cluster))) }
    addSegments { fields[$0] }
  }

  /// A block at a time, if nothing but words and times is read.
  mutating func consume(_ block: FieldBlock) -> Bool {
    let keys = [slots.unit, slots.variant, slots.time] + (slots.cluster.map { [$0] } ?? [])
    guard slots.attributes.isEmpty, !reader.nulls.stand(in: block, keys), block.isFilled(slots.unit), readTimes(block),
      readCodes(block)
    else {
      times.removeLast(times.count - ids.count)
      armCodes.removeLast(armCodes.count - ids.count)
      clusterCodes.removeLast(max(0, clusterCodes.count - ids.count))
      return false
    }
    for row in 0..<block.rows {
      add(block.field(row, slots.unit))
      addSegments { block.field(row, $0) }
    }
    return true
  }

  private mutating func readTimes(_ block: FieldBlock) -> Bool {
    var times: [Int64] = []
    swap(&times, &self.times)
    let isRead = times.grow(by: block.rows, 0) {
      block.times(slots.time, into: $0, perSecond: EventClock.perSecond, &clock, nullWords: reader.nulls.words)
    }
    self.times = times
    return isRead
  }

  private mutating func readCodes(_ block: FieldBlock) -> Bool {
    let slots = slots
    guard armCodes.grow(by: block.rows, 0, { block.codes(slots.variant, into: $0, &arms, filled: true) }) else {
      return false
    }
    guard let cluster = slots.cluster else { return true }
    return clusterCodes.grow(by: block.rows, 0) { block.codes(cluster, into: $0, &clusters, filled: true) }
  }

  @inline(__always)
  private mutating func add(_ unit: Field) {
    ids.append(Identifier(bytes: unit.bytes, hash: UnitIndex.hash(of: unit.bytes)))
  }

  @inline(__always)
  private mutating func addSegments(_ field: (Int) -> Field) {
    for (column, slot) in slots.segments.enumerated() {
      // Of a column of the table of units the empty segment, as long as that is not read.
      let code = slot.map { reader.nulls.code(of: field($0), in: &segments[column]) }
      segmentCodes[column].append(code ?? Int32(truncatingIfNeeded: segments[column].code(of: Self.nothing)))
    }
  }

  mutating func clear(for chunk: TableChunk) -> Bool {
    reader.origin = chunk.origin
    ids.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    armCodes.removeAll(keepingCapacity: true)
    clusterCodes.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    for column in segments.indices {
      segments[column] = Interner()
      segmentCodes[column].removeAll(keepingCapacity: true)
    }
    if clusters.count > 0 { clusters = Interner() }
    return arms.count <= Self.fewArms
  }

  /// More are hardly those of an experiment, and not worth keeping.
  private static let fewArms = 200
}

/// Reads single cells and says what is wrong with one.
struct CellReader: Sendable {
  private let names: [String]
  /// Of the chunk that is read.
  var origin: UInt
  let nulls: NullWords

  init(_ names: [String], _ chunk: TableChunk, _ options: TableOptions) {
    self.names = names
    origin = chunk.origin
    nulls = NullWords(options.nullWords)
  }

  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  func slot(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }

  @inline(__always)
  func filled(_ fields: UnsafeBufferPointer<Field>, _ slot: Int) throws(RowFault) -> Field {
    guard !nulls.contains(fields[slot]) else { throw emptyCell(fields[slot], slot) }
    return fields[slot]
  }

  /// Microseconds since 1970 (UTC).
  @inline(__always)
  func time(_ fields: UnsafeBufferPointer<Field>, _ slot: Int, _ clock: inout ZoneClock) throws(RowFault) -> Int64 {
    let field = fields[slot]
    if let time = time(field, &clock) { return time }
    throw isMissing(field)
      ? emptyCell(field, slot) : fault(.notATime(column: names[slot], found: shown(field)), field)
  }

  /// The same; nil if it is none.
  @inline(__always)
  private func time(_ field: Field, _ clock: inout ZoneClock) -> Int64? {
    let text = field.trimmed
    if !nulls.words.isEmpty, text.isMissing(nulls.words) { return nil }
    return FieldParsing.timestamp(text).map { clock.microseconds(of: $0) }
  }

  func emptyCell(_ field: Field, _ slot: Int) -> RowFault { fault(.emptyCell(column: names[slot]), field) }

  /// NaN if missing.
  func number(_ field: Field, _ slot: Int) throws(RowFault) -> Double {
    let text = field.trimmed
    if text.isMissing(nulls.words) { return .nan }
    switch FieldParsing.number(text) {
    case .value(let value): return value
    case .notANumber: throw fault(.notANumber(column: names[slot], found: shown(field)), field)
    case .tooLarge: throw fault(.numberTooLarge(column: names[slot], found: shown(field)), field)
    }
  }

  /// NaN if missing.
  func boolean(_ field: Field, _ slot: Int) throws(RowFault) -> Double {
    let text = field.trimmed
    if text.isMissing(nulls.words) { return .nan }
    guard let value = FieldParsing.boolean(text) else {
      throw fault(.notABoolean(column: names[slot], found: shown(field)), field)
    }
    return value ? 1 : 0
  }

  func isMissing(_ field: Field) -> Bool { field.trimmed.isMissing(nulls.words) }

  /// A condition that compares a cell with something that it is not.
  func misfit(_ fault: RowFilter.FieldFault, _ field: Field, _ column: String) -> RowFault {
    self.fault(
      fault.isNumber
        ? .notANumber(column: column, found: shown(field)) : .noCondition(column: column, found: shown(field)), field)
  }

  private func shown(_ field: Field) -> String { String(field.string.prefix(40)) }
  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault {
    RowFault(kind, offset: Int(UInt(bitPattern: field.start) &- origin))
  }
}
