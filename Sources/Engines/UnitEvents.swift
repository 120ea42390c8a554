import Basics
import Experiments
import Tables

/// How many events there are, how many of them a metric asks for, and how many of these are of exposed units.
struct EventCount: Sendable {
  var events = 0
  var asked = 0
  var ofUnits = 0

  static func += (a: inout EventCount, b: EventCount) {
    a.events += b.events
    a.asked += b.asked
    a.ofUnits += b.ofUnits
  }
}

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
  private var reader: CellReader
  private var clock: ZoneClock
  private let slots: (unit: Int, time: Int, event: Int?)
  private let keepsTimes: Bool

  private(set) var hits: [Hit] = []
  /// Of each hit, if some value is the last one.
  private(set) var hitTimes: [Int64] = []
  /// Words of values that are counted as distinct; such a hit's number is the word's code.
  private(set) var words: [Interner]
  /// By value: events of those that are counted as distinct.
  private(set) var distinctHits: [Int]
  private(set) var count = EventCount()
  private(set) var days = EventDays()
  private let asOf: Int64

  /// Names of events, those of the rules first.
  private(set) var names = Interner()
  /// By name, for those of the rules: whether there is such an event.
  private(set) var isSeen: [Bool] = []
  private var unseen: Int
  /// Rules want events whatever their name.
  private let wantsAll: Bool
  private var times: [Int64] = []
  private var nameCodes: [Int32] = []

  private struct Rule {
    let aggregation: Metric.Aggregation
    let window: EventValue.Window
    let refusesMissing: Bool
    /// Nil for the events themselves.
    let slot: Int?
    /// The event's name by its code; nil: any.
    let event: Int32?
    let filter: RowFilter?
    let filterSlots: [Int]
  }

  init(_ plan: EventPlan, _ units: ExposedUnits, reader: CellReader, clock: ZoneClock) {
    self.units = units
    self.reader = reader
    self.clock = clock
    asOf = plan.asOf
    slots = (
      reader.slot(plan.request.unitColumn ?? ""), reader.slot(plan.exposures.timeColumn),
      plan.values.contains { $0.event != nil } ? reader.slot(plan.exposures.eventColumn) : nil
    )
    var names = Interner()
    rules = plan.values.map { value in
      let filter = value.filter.flatMap { plan.filters[$0] }
      return Rule(
        aggregation: value.aggregation, window: value.window, refusesMissing: value.refusesMissing,
        slot: value.column == EventValue.allEvents ? nil : reader.slot(value.column),
        event: value.event.map { name in
          Array(name.utf8).withUnsafeBufferPointer { Int32(truncatingIfNeeded: names.code(of: $0)) }
        }, filter: filter, filterSlots: filter?.columns.map(reader.slot) ?? [])
    }
    self.names = names
    isSeen = Array(repeating: false, count: names.count)
    unseen = names.count
    wantsAll = rules.contains { $0.event == nil }
    keepsTimes = plan.values.contains { $0.aggregation == .last }
    words = plan.values.map { _ in Interner() }
    distinctHits = plan.values.map { _ in 0 }
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
    let time = try reader.time(fields, slots.time, &clock)
    let name = slots.event.map { Int32(truncatingIfNeeded: names.code(of: fields[$0])) } ?? -1
    var more = EventCount(events: 1)
    if isWanted(name) {
      more.asked = 1
      see(name)
      let place = units.index.place(of: unit.bytes, hash: UnitIndex.hash(of: unit.bytes))
      if place.code >= 0 {
        more.ofUnits = 1
        try takeHits(place, time, name) { fields[$0] }
      }
    }
    count += more
    days.insert(time)
  }

  /// A block at a time: columns that every row needs are read as such, and units' places are asked for before they are
  /// needed. Events that nobody asks for are not looked up.
  mutating func consume(_ block: FieldBlock) -> Bool {
    let before = (hits.count, hitTimes.count, count, distinctHits)
    guard !reader.nulls.stand(in: block, [slots.unit, slots.time]), block.isFilled(slots.unit), readTimes(block),
      readNames(block), takeBlock(block)
    else {
      hits.removeLast(hits.count - before.0)
      hitTimes.removeLast(hitTimes.count - before.1)
      (count, distinctHits) = (before.2, before.3)
      return false
    }
    count.events += block.rows
    days.insert(times)
    return true
  }

  private mutating func readTimes(_ block: FieldBlock) -> Bool {
    var times: [Int64] = []
    swap(&times, &self.times)
    times.removeAll(keepingCapacity: true)
    let isRead = times.grow(by: block.rows, 0) { start in
      block.times(
        slots.time, into: start, perSecond: EventClock.perSecond, &clock, nullWords: reader.nulls.words)
    }
    self.times = times
    return isRead
  }

  private mutating func readNames(_ block: FieldBlock) -> Bool {
    guard let slot = slots.event else { return true }
    nameCodes.removeAll(keepingCapacity: true)
    return nameCodes.grow(by: block.rows, 0) { block.codes(slot, into: $0, &names) }
  }

  @inline(__always)
  private func isWanted(_ name: Int32) -> Bool { wantsAll || (name >= 0 && Int(name) < isSeen.count) }

  @inline(__always)
  private mutating func see(_ name: Int32) {
    guard unseen > 0, name >= 0, Int(name) < isSeen.count, !isSeen[Int(name)] else { return }
    isSeen[Int(name)] = true
    unseen -= 1
  }

  private static let stride = 64

  private mutating func takeBlock(_ block: FieldBlock) -> Bool {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: block.rows + 1) { rows in
      var wanted = 0
      for row in 0..<block.rows {
        // Written over unless it is wanted: no branch to guess.
        rows[wanted] = Int32(truncatingIfNeeded: row)
        wanted &+= wantsAll || Int(nameCodes[row]) < isSeen.count ? 1 : 0
      }
      count.asked += wanted
      for first in Swift.stride(from: 0, to: wanted, by: Self.stride) {
        let some = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(rows)[first..<min(first + Self.stride, wanted)])
        guard takeSome(block, some) else { return false }
      }
      return true
    }
  }

  private mutating func takeSome(_ block: FieldBlock, _ rows: UnsafeBufferPointer<Int32>) -> Bool {
    withUnsafeTemporaryAllocation(of: UnitIndex.Place.self, capacity: Self.stride) { places in
      guard let found = places.baseAddress else { return false }
      units.index.places(of: block, slots.unit, rows: rows, into: found)
      for index in 0..<rows.count {
        let (row, place) = (Int(rows[index]), found[index])
        if !nameCodes.isEmpty { see(nameCodes[row]) }
        guard place.code >= 0 else { continue }
        count.ofUnits += 1
        do throws(RowFault) {
          try takeHits(place, times[row], nameCodes.isEmpty ? -1 : nameCodes[row]) { block.field(row, $0) }
        } catch {
          return false
        }
      }
      return true
    }
  }

  /// Gives one event of an exposed unit to the rules; nothing if one of its fields is not what it should be.
  @inline(__always)
  private mutating func takeHits(
    _ place: UnitIndex.Place, _ time: Int64, _ name: Int32, _ field: (Int) -> Field
  ) throws(RowFault) {
    guard time <= asOf else { return }
    let start = hits.count
    let age = time &- place.value
    do throws(RowFault) {
      for index in rules.indices {
        guard rules[index].window.contains(age), rules[index].event ?? name == name else { continue }
        if let filter = rules[index].filter, try !holds(filter, rules[index].filterSlots, field) { continue }
        guard let number = try number(index, field) else { continue }
        hits.append(Hit(unit: place.code, value: Int32(truncatingIfNeeded: index), number: number))
        if keepsTimes { hitTimes.append(time) }
      }
    } catch {
      hits.removeLast(hits.count - start)
      if keepsTimes { hitTimes.removeLast(hitTimes.count - start) }
      throw error
    }
  }

  mutating func clear(for chunk: TableChunk) -> Bool {
    reader.origin = chunk.origin
    hits.removeAll(keepingCapacity: true)
    hitTimes.removeAll(keepingCapacity: true)
    count = EventCount()
    for index in words.indices where words[index].count > 0 { (words[index], distinctHits[index]) = (Interner(), 0) }
    days = EventDays()
    return names.count <= 1000
  }

  private func holds(_ filter: RowFilter, _ slots: [Int], _ field: (Int) -> Field) throws(RowFault) -> Bool {
    do throws(RowFilter.FieldFault) {
      return try filter.holds(nullWords: reader.nulls.words) { field(slots[$0]) }
    } catch {
      throw reader.misfit(error, field(slots[error.column]), filter.columns[error.column])
    }
  }

  /// What an event adds to a value; nil if nothing.
  @inline(__always)
  private mutating func number(_ index: Int, _ field: (Int) -> Field) throws(RowFault) -> Double? {
    guard let slot = rules[index].slot else { return 1 }
    if rules[index].refusesMissing, reader.isMissing(field(slot)) { throw reader.emptyCell(field(slot), slot) }
    switch rules[index].aggregation {
    case .count: return reader.isMissing(field(slot)) ? nil : 1
    case .distinct:
      if reader.isMissing(field(slot)) { return nil }
      distinctHits[index] += 1
      return Double(words[index].code(of: field(slot)))
    case .any:
      let value = try reader.boolean(field(slot), slot)
      return value.isNaN ? nil : value
    case .sum, .max, .min, .last:
      let value = try reader.number(field(slot), slot)
      return value.isNaN ? nil : value
    }
  }
}

/// What the events so far make of each unit's values.
final class UnitTotals: @unchecked Sendable {
  private let plan: EventPlan
  private let width: Int
  /// `width` numbers a unit.
  private let numbers: LargeMemory<Double>
  /// Times of the last values, by unit and value; empty if no value is the last one.
  private let times: UnsafeMutableBufferPointer<Int64>
  private var words: [Interner]
  /// Pairs of unit and word that were seen, by value and share of the units.
  private var seen: [[Set<UInt64>]]
  /// By value: events of those that are counted as distinct.
  private var distinctHits: [Int]
  private(set) var count = EventCount()
  private var days = EventDays()
  /// By the name's code in the chunks' interners: whether some event that metrics ask for by name was there.
  private var isSeen: [Bool] = []
  /// The names of all events, gathered as long as one of those asked for was not there.
  private var names: Set<String> = []

  /// Shares of the units, each filled by one thread.
  private static let shares = 2

  /// Units whose numbers lie in the same line of a cache, of 64 bytes, are of the same share.
  @inline(__always)
  private static func share(of unit: Int32) -> Int { Int(unit &>> 3) & (shares - 1) }

  init(_ plan: EventPlan, _ units: ExposedUnits) {
    self.plan = plan
    width = plan.values.count
    numbers = LargeMemory(units.count * width, 0)
    // Without any event a sum is 0, but there is no largest or last value.
    for (index, value) in plan.values.enumerated() where [.max, .min, .last].contains(value.aggregation) {
      for unit in 0..<units.count { numbers.base[unit * width + index] = .nan }
    }
    times = .allocate(capacity: plan.values.contains { $0.aggregation == .last } ? units.count * width : 0)
    times.initialize(repeating: .min)
    words = plan.values.map { _ in Interner() }
    seen = plan.values.map { _ in Array(repeating: [], count: Self.shares) }
    distinctHits = plan.values.map { _ in 0 }
  }

  /// The end of the observation by the events, in microseconds since 1970 (UTC), and what was not taken for it.
  var end: (latest: Int64, strays: ExposureSummary.Strays?) {
    if plan.asOf != .max { return (plan.asOf, nil) }
    return days.end ?? (.min, nil)
  }

  /// Microseconds from the latest event that is not stray to the end, if that is stated.
  var quiet: Int64? {
    guard plan.asOf != .max, let end = days.end else { return nil }
    return max(0, plan.asOf - end.latest)
  }

  /// - Throws: `ExposureFault` if a metric asks for events that there are none of, or all are of others than exposed units.
  func requireEvents() throws(ExposureFault) {
    for metric in plan.request.metrics {
      guard let name = metric.options.event, !names.isEmpty, !names.contains(name) else { continue }
      let known = names.sorted()
      throw ExposureFault(
        .unknownEvent(metric: metric.name, name, nearest: nearestName(to: name, among: known), known: known))
    }
    if count.asked > 0, count.ofUnits == 0 {
      throw ExposureFault(.strangers(events: count.asked, unit: plan.request.unitColumn ?? ""))
    }
  }

  deinit {
    times.deallocate()
  }

  @inline(__always)
  func number(_ unit: Int, _ value: Int) -> Double { numbers.base[unit &* width &+ value] }

  /// Takes some chunks in file order. Each unit's events are added in the order of the files, whatever the threads.
  func take(_ chunks: [UnitEvents], on source: TableSource) {
    var codes: [[[Int]]] = []
    for chunk in chunks {
      count += chunk.count
      days.merge(chunk.days)
      takeNames(chunk)
      for (value, more) in chunk.distinctHits.enumerated() { distinctHits[value] += more }
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
        chunk.hits.withUnsafeBufferPointer { hits in
          for index in hits.indices where Self.share(of: hits[index].unit) == share {
            add(chunk, hits[index], index, codes[number], &sets)
          }
        }
      }
      local[share] = sets
    }
    for value in seen.indices { for share in 0..<Self.shares { seen[value][share] = local[share][value] } }
  }

  /// Of values that are counted as distinct each unit's are kept.
  ///
  /// - Throws: `TableFault` if they will need more memory than there is.
  func requireMemory(_ bound: MemoryBound, estimatedRows: Int) throws(TableFault) {
    let share = Double(count.events) / Double(max(1, estimatedRows))
    // A set grows by doubling, while the old one is still there. A word is kept once: its bytes, a hash, its end, two places.
    let found = seen.indices.map { value in seen[value].reduce(0) { $0 + $1.count } }
    let foreseen = seen.indices.map {
      MemoryBound.values(found[$0], in: distinctHits[$0], of: Int(Double(distinctHits[$0]) / min(1, max(share, 1e-9))))
    }
    let most = foreseen.indices.max { foreseen[$0] < foreseen[$1] } ?? 0
    let words = 64 * Double(words.reduce(0) { $0 + $1.count })
    let fault = bound.fault(
      found: 32 * Double(found.reduce(0, +)) + words, foreseen: 32 * foreseen.reduce(0, +) + words,
      for:
        "the different values of '\(plan.values[most].column)', about \(Int(foreseen[most]).grouped) pairs of unit and value,",
      .fewerDistinct)
    if let fault { throw TableFault(.needsMemory(fault), at: nil) }
  }

  /// As long as not all events that are asked for were there, the names are gathered, to say what there is.
  private func takeNames(_ chunk: UnitEvents) {
    if isSeen.isEmpty { isSeen = chunk.isSeen }
    for (code, seen) in chunk.isSeen.enumerated() where seen { isSeen[code] = true }
    guard isSeen.contains(false) else { return names = [] }
    for (code, name) in chunk.names.strings.enumerated() where code >= isSeen.count || isSeen[code] {
      names.insert(name)
    }
  }

  @inline(__always)
  private func add(
    _ chunk: UnitEvents, _ hit: UnitEvents.Hit, _ index: Int, _ codes: [[Int]], _ seen: inout [Set<UInt64>]
  ) {
    let (unit, value) = (Int(hit.unit), Int(hit.value))
    let place = unit &* width &+ value
    let known = numbers.base[place]
    switch plan.values[value].aggregation {
    case .sum, .count: numbers.base[place] = known + hit.number
    case .any: numbers.base[place] = Swift.max(known, hit.number)
    case .max: numbers.base[place] = known.isNaN ? hit.number : Swift.max(known, hit.number)
    case .min: numbers.base[place] = known.isNaN ? hit.number : Swift.min(known, hit.number)
    case .last:
      // Of two at the same second the later in the file is the last.
      if chunk.hitTimes[index] >= times[place] {
        times[place] = chunk.hitTimes[index]
        numbers.base[place] = hit.number
      }
    case .distinct:
      let word = codes[value][Int(hit.number)]
      if seen[value].insert(UInt64(unit) << 32 | UInt64(word)).inserted { numbers.base[place] = known + 1 }
    }
  }
}
