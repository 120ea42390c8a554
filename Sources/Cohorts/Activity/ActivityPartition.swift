import Tables

/// The units whose ids share a part of their hash, filled with events in any order. One thread at a time.
package final class ActivityPartition: @unchecked Sendable {
  /// Why events cannot be kept as sets of periods; a log of events can hold them.
  package enum Unsuitable: Error { case outsideCalendar, tooManyPeriods }

  package private(set) var starts: [Int64] = []
  package private(set) var lasts: [Int64] = []
  package private(set) var segments: [Int32] = []
  package private(set) var bits: [UInt64] = []
  /// A multiple of 64.
  package private(set) var basePeriod = 0
  package private(set) var words = 0
  package private(set) var events = 0
  package private(set) var latest = Int64.min

  private let short = ShortIDIndex()
  private let long = UnitIndex()
  /// By code of `long`.
  private var unitOfLong: [Int32] = []
  private var found: Int32 = 0
  private let calendar: CivilCalendar
  private let span: ClosedRange<Int64>
  private let wordLimit: Int
  private var codes: [Int32] = []
  private var periods: [Int32] = []

  /// - Parameters:
  ///   - span: what `calendar` was made for.
  ///   - byteLimit: of the sets of periods.
  package init(calendar: CivilCalendar, span: ClosedRange<Int64>, byteLimit: Int) {
    self.calendar = calendar
    self.span = span
    wordLimit = byteLimit / 8
  }

  package var units: Int { starts.count }

  /// Adds events in the order of the log: of equal first times the earlier one gives the segment.
  ///
  /// - Throws: `Unsuitable`; the partition is then of no more use.
  package func add(_ events: UnsafeBufferPointer<ActivityEvent>) throws(Unsuitable) {
    guard !events.isEmpty else { return }
    self.events += events.count
    try findPeriods(events)
    findUnits(events)
    starts.append(contentsOf: repeatElement(.max, count: Int(found) - starts.count))
    lasts.append(contentsOf: repeatElement(.min, count: Int(found) - lasts.count))
    segments.append(contentsOf: repeatElement(-1, count: Int(found) - segments.count))
    try growBits()
    record(events)
  }

  private func findPeriods(_ events: UnsafeBufferPointer<ActivityEvent>) throws(Unsuitable) {
    var (first, last) = (Int64.max, Int64.min)
    for event in events { (first, last) = (min(first, event.time), max(last, event.time)) }
    guard span.contains(first), span.contains(last) else { throw .outsideCalendar }
    latest = max(latest, last)
    makeRoom(&periods, for: events.count)
    // A clock that is put back over midnight makes a later time's period the earlier one.
    var (least, greatest) = (Int.max, Int.min)
    periods.withUnsafeMutableBufferPointer { [calendar] periods in
      for place in 0..<events.count {
        let period = calendar.periodIndex(of: events[place].time)
        (least, greatest) = (min(least, period), max(greatest, period))
        periods[place] = Int32(truncatingIfNeeded: period)
      }
    }
    try widen(to: least, greatest)
  }

  /// Makes room for periods in the sets: their base only falls, their width only grows.
  private func widen(to least: Int, _ greatest: Int) throws(Unsuitable) {
    let oldBase = basePeriod
    let oldWords = words
    let base = CivilDay.floorDivide(words == 0 ? least : min(least, basePeriod), 64) * 64
    let end = max(greatest + 1, words == 0 ? greatest + 1 : basePeriod + words * 64)
    let width = (end - base + 63) / 64
    guard width != oldWords || base != oldBase else { return }
    guard width * max(1, starts.count) <= wordLimit else { throw .tooManyPeriods }
    var wider = [UInt64](repeating: 0, count: starts.count * width)
    let shift = (oldBase - base) / 64
    for unit in 0..<starts.count {
      for word in 0..<oldWords { wider[unit * width + shift + word] = bits[unit * oldWords + word] }
    }
    (bits, basePeriod, words) = (wider, base, width)
  }

  private static let ahead = 16

  private func findUnits(_ events: UnsafeBufferPointer<ActivityEvent>) {
    makeRoom(&codes, for: events.count)
    // Out of the object, or each look at another property of it would be one at this too.
    var (codes, found) = ([Int32](), found)
    swap(&codes, &self.codes)
    codes.withUnsafeMutableBufferPointer { codes in
      for place in 0..<events.count {
        if place &+ Self.ahead < events.count {
          let later = events[place &+ Self.ahead]
          later.isShort ? short.prefetch(later.hash) : long.prefetch(later.hash)
        }
        let event = events[place]
        let unit = event.isShort ? short.insert(event, next: found) : longUnit(event, next: found)
        if unit == found { found &+= 1 }
        codes[place] = unit
      }
    }
    (self.codes, self.found) = (codes, found)
  }

  /// Numbers behind the count are of earlier events, and count for nothing.
  private func makeRoom(_ numbers: inout [Int32], for count: Int) {
    if numbers.count < count { numbers = [Int32](repeating: 0, count: max(count, 2 * numbers.count)) }
  }

  private func longUnit(_ event: ActivityEvent, next found: Int32) -> Int32 {
    let code = long.insert(event.longID, hash: event.hash)
    if code == unitOfLong.count { unitOfLong.append(found) }
    return unitOfLong[code]
  }

  private func growBits() throws(Unsuitable) {
    guard Int(found) * words <= wordLimit else { throw .tooManyPeriods }
    bits.append(contentsOf: repeatElement(0, count: Int(found) * words - bits.count))
  }

  private func record(_ events: UnsafeBufferPointer<ActivityEvent>) {
    let (words, base, codes, periods) = (words, basePeriod, codes, periods)
    starts.withUnsafeMutableBufferPointer { starts in
      lasts.withUnsafeMutableBufferPointer { lasts in
        segments.withUnsafeMutableBufferPointer { segments in
          bits.withUnsafeMutableBufferPointer { bits in
            for place in 0..<events.count {
              let unit = Int(codes[place])
              let time = events[place].time
              if time < starts[unit] {
                starts[unit] = time
                segments[unit] = events[place].segment
              }
              if time > lasts[unit] { lasts[unit] = time }
              let bit = Int(periods[place]) &- base
              bits[unit &* words &+ bit &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: bit & 63)
            }
          }
        }
      }
    }
  }
}
