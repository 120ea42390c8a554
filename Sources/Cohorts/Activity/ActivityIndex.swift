import Basics
import Tables

/// What retention by calendar period, survival and segments need of an event log, unit by unit: the first and the last
/// activity, and the set of periods with activity. Memory is per unit, not per event.
///
/// Every event counts as both start and activity. Made by an `ActivityPartition` for each share of the units.
public struct ActivityIndex: Sendable {
  public let files: [InputFile]
  /// In the log, those after `asOf` included.
  public let events: Int
  public let unreadableRows: Int
  public let eventsAfterAsOf: Int
  public let asOf: Int64
  public let segmentColumn: String?
  public let segmentNames: [String]
  package let calendar: CivilCalendar
  /// By unit.
  package let starts: [Int64]
  package let lasts: [Int64]
  /// By unit, of its first event; empty without segments.
  package let segments: [Int32]
  /// Bit b of a unit's `words` words is the period `basePeriod + b`.
  package let basePeriod: Int
  package let words: Int
  package let bits: [UInt64]

  public var units: Int { starts.count }

  /// - Parameter asOf: nil for the last event.
  /// - Throws: `CohortFault` if no event is at or before `asOf`.
  package init(
    _ partitions: [ActivityPartition], calendar: CivilCalendar, asOf: Int64?, eventsAfterAsOf: Int, unreadableRows: Int,
    files: [InputFile], segmentColumn: String?, segmentNames: [String]
  ) throws(CohortFault) {
    let used = partitions.filter { $0.units > 0 }
    let counted = used.reduce(0) { $0 + $1.events }
    guard counted > 0 else { throw CohortFault(eventsAfterAsOf > 0 ? .nothingBeforeAsOf : .emptyLog) }
    let base = used.map(\.basePeriod).min() ?? 0
    let width = (used.map { ($0.basePeriod - base) / 64 + $0.words }.max() ?? 1)
    var bits: [UInt64] = []
    bits.reserveCapacity(used.reduce(0) { $0 + $1.units } * width)
    for partition in used {
      let shift = (partition.basePeriod - base) / 64
      for unit in 0..<partition.units {
        for word in 0..<width {
          let own = word - shift
          bits.append(own >= 0 && own < partition.words ? partition.bits[unit * partition.words + own] : 0)
        }
      }
    }
    self.files = files
    events = counted + eventsAfterAsOf
    self.unreadableRows = unreadableRows
    self.eventsAfterAsOf = eventsAfterAsOf
    self.asOf = asOf ?? used.map(\.latest).max() ?? 0
    self.segmentColumn = segmentColumn
    self.segmentNames = segmentNames
    self.calendar = calendar
    starts = used.flatMap(\.starts)
    lasts = used.flatMap(\.lasts)
    segments = segmentColumn == nil ? [] : used.flatMap(\.segments)
    basePeriod = base
    words = width
    self.bits = bits
  }
}

/// An event on its way to its unit. An id of at most 16 bytes is in it; the bytes of a longer one stay where they were read.
package struct ActivityEvent {
  package let hash: UInt64
  package let time: Int64
  /// The id, or where it begins and 0.
  let low: UInt64
  let high: UInt64
  let length: UInt32
  package var segment: Int32

  @inline(__always)
  package init(id: UnsafeBufferPointer<UInt8>, time: Int64, segment: Int32) {
    self.time = time
    self.segment = segment
    length = UInt32(truncatingIfNeeded: id.count)
    if let key = ShortKey(id) {
      (low, high) = (key.low, key.high)
      hash = Self.hash(low, high, length)
    } else {
      (low, high) = (UInt64(UInt(bitPattern: id.baseAddress)), 0)
      hash = ByteHash.hash(id)
    }
  }

  var isShort: Bool { length <= 16 }

  var longID: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafePointer(bitPattern: UInt(low)), count: Int(length))
  }

  @inline(__always)
  static func hash(_ low: UInt64, _ high: UInt64, _ length: UInt32) -> UInt64 {
    let first = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    let mixed = first.high ^ first.low ^ high ^ UInt64(length) &<< 56
    let second = (mixed ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return second.high ^ second.low
  }
}
