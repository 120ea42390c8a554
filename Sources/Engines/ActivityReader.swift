import Basics
import Cohorts
import Foundation
import Synchronization
import Tables

/// Reads an event log in one pass into what is kept per unit, where the definitions allow it: every event starts a unit and is
/// activity, ages are calendar periods, and nothing but the column of segments is needed of an event.
///
/// Chunks are scanned on all cores; their events go to 64 shares of the units by the hash of the id, which are then filled on
/// all cores in file order, so that the result does not depend on the number of threads.
struct ActivityReader {
  let columns: EventLogReader.Columns
  let clock: ZoneClock
  let source: TableSource
  let allowedBadRows: Double
  let nulls: NullWords

  static let shares = 64
  /// Of the sets of periods.
  static let byteLimit = 1 << 30
  /// 1970 to 2099; other years go through the log of events.
  static let span: ClosedRange<Int64> = 0...4_102_444_799

  /// - Returns: nil if the events do not fit: years out of `span`, too many periods, ids with doubled quotes.
  /// - Throws: `TableFault`, `CohortFault`.
  func read(_ settings: CohortSettings) throws -> ActivityIndex? {
    let calendar = try CivilCalendar(
      timeZone: settings.timeZone, period: settings.period, weekStart: settings.weekStart, span: Self.span)
    let partitions = (0..<Self.shares).map { _ in
      ActivityPartition(calendar: calendar, span: Self.span, byteLimit: Self.byteLimit / Self.shares)
    }
    let isSuitable = Atomic(true)
    var segments = Interner()
    var afterAsOf = 0
    let names = columns.segment.map { [columns.unit, columns.time, $0] } ?? [columns.unit, columns.time]
    let count = try source.scan(names, allowedBadRows: allowedBadRows) { chunk in
      ActivityConsumer(columns, chunk, clock: clock, asOf: settings.asOf, nulls: nulls)
    } deliver: { batch in
      let consumers = batch.consumers
      guard isSuitable.load(ordering: .relaxed) else { return nil }
      if consumers.contains(where: { !$0.isSuitable }) { isSuitable.store(false, ordering: .relaxed) }
      afterAsOf += consumers.reduce(0) { $0 + $1.eventsAfterAsOf }
      let codes = consumers.map { consumer in
        consumer.segments.strings.map { name in
          Array(name.utf8).withUnsafeBufferPointer { Int32(truncatingIfNeeded: segments.code(of: $0)) }
        }
      }
      return SharedWork(count: Self.shares, memory: { $0 }) { share in
        for (consumer, codes) in zip(consumers, codes) {
          do {
            try consumer.withEvents(of: share, segments: codes) { try partitions[share].add($0) }
          } catch {
            isSuitable.store(false, ordering: .relaxed)
            return
          }
        }
      }
    }
    guard isSuitable.load(ordering: .relaxed) else { return nil }
    return try ActivityIndex(
      partitions, calendar: calendar, asOf: settings.asOf, eventsAfterAsOf: afterAsOf, unreadableRows: count.badRows,
      files: FileIdentities(source).files, segmentColumn: columns.segment, segmentNames: segments.strings)
  }
}

/// The events of one chunk, by share of the units.
private struct ActivityConsumer: RowConsumer, @unchecked Sendable {
  static var keepsFields: Bool { true }
  private var reader: EventFields
  private let asOf: Int64
  private var clock: ZoneClock
  private let segmentSlot: Int?
  private let shares = EventShares(ActivityReader.shares)
  private let times = GrowingColumns<Int64>(width: 1)

  private(set) var segments = Interner()
  private(set) var eventsAfterAsOf = 0
  /// False once an id's bytes are not what is written.
  private(set) var isSuitable = true

  init(_ columns: EventLogReader.Columns, _ chunk: TableChunk, clock: ZoneClock, asOf: Int64?, nulls: NullWords) {
    reader = EventFields(columns, base: chunk.origin, nulls: nulls)
    self.clock = clock
    self.asOf = asOf ?? .max
    segmentSlot = columns.segment.map { $0 == columns.unit ? 0 : $0 == columns.time ? 1 : 2 }
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let unit = try reader.unit(fields[0])
    let time = try reader.time(fields[1], &clock)
    add(unit, time, segmentSlot.map { fields[$0] })
  }

  mutating func consume(_ block: FieldBlock) -> Bool {
    guard !reader.nulls.stand(in: block, [0, 1]), block.isFilled(0), readTimes(block) else { return false }
    let times = times[0]
    for row in 0..<block.rows {
      add(block.field(row, 0), times[row], segmentSlot.map { block.field(row, $0) })
    }
    return true
  }

  private mutating func readTimes(_ block: FieldBlock) -> Bool {
    times.reserve(block.rows, behind: 0)
    return block.times(1, into: times[0], &clock, nullWords: reader.nulls.words)
  }

  mutating func clear(for chunk: TableChunk) -> Bool {
    reader.base = chunk.origin
    shares.removeAll()
    segments = Interner()
    eventsAfterAsOf = 0
    return isSuitable
  }

  @inline(__always)
  private mutating func add(_ unit: Field, _ time: Int64, _ segment: Field?) {
    guard time <= asOf else {
      eventsAfterAsOf &+= 1
      return
    }
    if unit.hasDoubledQuotes { isSuitable = false }
    let code = segment.map { reader.nulls.code(of: $0, in: &segments) } ?? 0
    let event = ActivityEvent(id: unit.bytes, time: time, segment: code)
    shares.append(event, to: Int(truncatingIfNeeded: event.hash &>> 58))
  }

  /// - Parameter segments: the log's codes by those of this chunk; empty without segments.
  func withEvents(
    of share: Int, segments: [Int32], _ body: (UnsafeBufferPointer<ActivityEvent>) throws -> Void
  ) rethrows {
    guard segmentSlot != nil else { return try body(shares[share]) }
    let coded = shares[share].map { event in
      var event = event
      event.segment = segments[Int(event.segment)]
      return event
    }
    try coded.withUnsafeBufferPointer(body)
  }
}
