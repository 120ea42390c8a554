import Experiments
import Tables

/// The events of one chunk that belong to exposed units and count for some value.
struct UnitEvents: RowConsumer, @unchecked Sendable {
  /// One event for one value.
  struct Hit {
    var unit: Int32
    var value: Int32
    var number: Double
  }
  private let units: ExposedUnits
  private let rules: [Rule]
  private let reader: CellReader
  private var clock: ZoneClock
  private let slots: (unit: Int, time: Int, event: Int?)
  private let keepsTimes: Bool

  private(set) var hits: [Hit] = []
  /// Of each hit, if some value is the last one.
  private(set) var hitTimes: [Int64] = []
  /// Words of values that are counted as distinct; such a hit's number is the word's code.
  private(set) var words: [Interner]
  private(set) var events = 0
  private(set) var eventsOfUnits = 0
  private(set) var latest = Int64.min

  private struct Rule {
    let aggregation: Metric.Aggregation
    let window: EventValue.Window
    /// Nil for the events themselves.
    let slot: Int?
    let event: [UInt8]?
    let filter: RowFilter?
    let filterSlots: [Int]
  }

  init(_ plan: EventPlan, _ units: ExposedUnits, reader: CellReader, clock: ZoneClock) {
    self.units = units
    self.reader = reader
    self.clock = clock
    slots = (
      reader.slot(plan.request.unitColumn ?? ""), reader.slot(plan.exposures.timeColumn),
      plan.values.contains { $0.event != nil } ? reader.slot(plan.exposures.eventColumn) : nil
    )
    rules = plan.values.map { value in
      let filter = value.filter.flatMap { plan.filters[$0] }
      return Rule(
        aggregation: value.aggregation, window: value.window,
        slot: value.column == EventValue.allEvents ? nil : reader.slot(value.column),
        event: value.event.map { Array($0.utf8) }, filter: filter, filterSlots: filter?.columns.map(reader.slot) ?? [])
    }
    keepsTimes = plan.values.contains { $0.aggregation == .last }
    words = plan.values.map { _ in Interner() }
  }

  /// The columns of events that are read.
  static func columns(_ plan: EventPlan) -> [String] {
    var names = [plan.request.unitColumn ?? "", plan.exposures.timeColumn]
    for value in plan.values {
      if value.event != nil { names.append(plan.exposures.eventColumn) }
      if value.column != EventValue.allEvents { names.append(value.column) }
      names += value.filter.flatMap { plan.filters[$0]?.columns } ?? []
    }
    return CellReader.unique(names)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let unit = try reader.filled(fields, slots.unit)
    let code = units.index.code(of: unit.bytes, hash: ByteHash.hash(unit.bytes))
    try take(fields, unit: code)
  }

  /// A block at a time, so that the units' places can be asked for before they are needed.
  mutating func consume(_ block: FieldBlock) -> Bool {
    let before = (hits.count, hitTimes.count, events, eventsOfUnits, latest)
    let width = block.slotCount
    let isTaken = withUnsafeTemporaryAllocation(of: Field.self, capacity: max(1, width)) { fields in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.stride) { hashes in
        takeBlock(block, fields, hashes, width)
      }
    }
    if !isTaken {
      hits.removeLast(hits.count - before.0)
      hitTimes.removeLast(hitTimes.count - before.1)
      (_, _, events, eventsOfUnits, latest) = before
    }
    return isTaken
  }

  private static let stride = 32

  private mutating func takeBlock(
    _ block: FieldBlock, _ fields: UnsafeMutableBufferPointer<Field>, _ hashes: UnsafeMutableBufferPointer<UInt64>,
    _ width: Int
  ) -> Bool {
    var first = 0
    while first < block.rows {
      let count = min(Self.stride, block.rows - first)
      for row in 0..<count {
        let hash = ByteHash.hash(block.field(first + row, slots.unit).bytes)
        hashes[row] = hash
        units.index.prefetch(hash)
      }
      for row in 0..<count {
        for slot in 0..<width { fields.initializeElement(at: slot, to: block.field(first + row, slot)) }
        let unit = fields[slots.unit]
        guard unit.count > 0 else { return false }
        do throws(RowFault) {
          try take(UnsafeBufferPointer(fields), unit: units.index.code(of: unit.bytes, hash: hashes[row]))
        } catch {
          return false
        }
      }
      first += count
    }
    return true
  }

  @inline(__always)
  private mutating func take(_ fields: UnsafeBufferPointer<Field>, unit: Int) throws(RowFault) {
    let time = try reader.time(fields, slots.time, &clock)
    let start = hits.count
    do throws(RowFault) {
      if unit >= 0 { try takeHits(fields, unit, time) }
    } catch {
      hits.removeLast(hits.count - start)
      if keepsTimes { hitTimes.removeLast(hitTimes.count - start) }
      throw error
    }
    events &+= 1
    if unit >= 0 { eventsOfUnits &+= 1 }
    if time > latest { latest = time }
  }

  private mutating func takeHits(
    _ fields: UnsafeBufferPointer<Field>, _ unit: Int, _ time: Int64
  ) throws(RowFault) {
    let age = time &- units.time(of: unit)
    for index in rules.indices {
      guard rules[index].window.contains(age) else { continue }
      if let wanted = rules[index].event, let slot = slots.event {
        guard fields[slot].bytes.elementsEqual(wanted) else { continue }
      }
      if let filter = rules[index].filter, try !holds(filter, rules[index].filterSlots, fields) { continue }
      guard let number = try number(index, fields) else { continue }
      hits.append(Hit(unit: Int32(truncatingIfNeeded: unit), value: Int32(truncatingIfNeeded: index), number: number))
      if keepsTimes { hitTimes.append(time) }
    }
  }

  private func holds(
    _ filter: RowFilter, _ slots: [Int], _ fields: UnsafeBufferPointer<Field>
  ) throws(RowFault) -> Bool {
    do throws(RowFilter.FieldFault) {
      return try filter.holds { fields[slots[$0]] }
    } catch {
      throw reader.misfit(error, fields[slots[error.column]], filter.columns[error.column])
    }
  }

  /// What an event adds to a value; nil if nothing.
  private mutating func number(_ index: Int, _ fields: UnsafeBufferPointer<Field>) throws(RowFault) -> Double? {
    guard let slot = rules[index].slot else { return 1 }
    switch rules[index].aggregation {
    case .count: return reader.isMissing(fields[slot]) ? nil : 1
    case .distinct: return reader.isMissing(fields[slot]) ? nil : Double(words[index].code(of: fields[slot]))
    case .any:
      let value = try reader.boolean(fields, slot)
      return value.isNaN ? nil : value
    case .sum, .max, .min, .last:
      let value = try reader.number(fields, slot)
      return value.isNaN ? nil : value
    }
  }
}

/// What the events so far make of each unit's values.
final class UnitTotals: @unchecked Sendable {
  private let plan: EventPlan
  private let width: Int
  /// `width` numbers a unit.
  private let numbers: UnsafeMutableBufferPointer<Double>
  /// Times of the last values, by unit and value; empty if no value is the last one.
  private let times: UnsafeMutableBufferPointer<Int64>
  private var words: [Interner]
  /// Pairs of unit and word that were seen, by value and share of the units.
  private var seen: [[Set<UInt64>]]
  private(set) var events = 0
  private(set) var eventsOfUnits = 0
  private(set) var latest: Int64

  /// Shares of the units, each filled by one thread.
  private static let shares = 4

  init(_ plan: EventPlan, _ units: ExposedUnits) {
    self.plan = plan
    width = plan.values.count
    numbers = .allocate(capacity: max(1, units.count * width))
    for unit in 0..<units.count {
      for (index, value) in plan.values.enumerated() {
        // Without any event a sum is 0, but there is no largest or last value.
        let hasNeutral = ![.max, .min, .last].contains(value.aggregation)
        numbers.initializeElement(at: unit * width + index, to: hasNeutral ? 0 : .nan)
      }
    }
    times = .allocate(capacity: plan.values.contains { $0.aggregation == .last } ? units.count * width : 0)
    times.initialize(repeating: .min)
    words = plan.values.map { _ in Interner() }
    seen = plan.values.map { _ in Array(repeating: [], count: Self.shares) }
    latest = units.latest
  }

  deinit {
    numbers.deallocate()
    times.deallocate()
  }

  func number(_ unit: Int, _ value: Int) -> Double { numbers[unit * width + value] }

  /// Takes some chunks in file order. Each unit's events are added in the order of the files, whatever the threads.
  func take(_ chunks: [UnitEvents], on source: TableSource) {
    var codes: [[[Int]]] = []
    for chunk in chunks {
      events += chunk.events
      eventsOfUnits += chunk.eventsOfUnits
      latest = max(latest, chunk.latest)
      codes.append(
        chunk.words.indices.map { value in
          (0..<chunk.words[value].count).map { code in
            chunk.words[value].bytes(of: code).withUnsafeBufferPointer { words[value].code(of: $0) }
          }
        })
    }
    let local = Slots<[Set<UInt64>]>(Self.shares, [])
    for share in 0..<Self.shares { local[share] = seen.map { $0[share] } }
    seen = plan.values.map { _ in Array(repeating: [], count: Self.shares) }
    source.parallel(Self.shares) { [codes] share in
      var sets = local[share]
      local[share] = []
      for (number, chunk) in chunks.enumerated() {
        for index in chunk.hits.indices where Int(chunk.hits[index].unit) % Self.shares == share {
          add(chunk, index, codes[number], &sets)
        }
      }
      local[share] = sets
    }
    for value in seen.indices { for share in 0..<Self.shares { seen[value][share] = local[share][value] } }
  }

  @inline(__always)
  private func add(_ chunk: UnitEvents, _ index: Int, _ codes: [[Int]], _ seen: inout [Set<UInt64>]) {
    let hit = chunk.hits[index]
    let (unit, value) = (Int(hit.unit), Int(hit.value))
    let place = unit &* width &+ value
    let known = numbers[place]
    switch plan.values[value].aggregation {
    case .sum, .count: numbers[place] = known + hit.number
    case .any: numbers[place] = Swift.max(known, hit.number)
    case .max: numbers[place] = known.isNaN ? hit.number : Swift.max(known, hit.number)
    case .min: numbers[place] = known.isNaN ? hit.number : Swift.min(known, hit.number)
    case .last:
      // Of two at the same second the later in the file is the last.
      if chunk.hitTimes[index] >= times[place] {
        times[place] = chunk.hitTimes[index]
        numbers[place] = hit.number
      }
    case .distinct:
      let word = codes[value][Int(hit.number)]
      if seen[value].insert(UInt64(unit) << 32 | UInt64(word)).inserted { numbers[place] = known + 1 }
    }
  }
}
