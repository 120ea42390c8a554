import Basics
import Foundation

/// The local calendar of an IANA time zone over a span of time, as a table: an instant's day and period without a call to
/// Foundation per event.
///
/// The table lists every instant at which the local date changes (midnights, and clock changes across midnight), so gaps, folds
/// and skipped days are as the zone had them. Offsets are taken from Foundation at each UTC day and refined to the second.
package struct CivilCalendar: Sendable {
  package let timeZone: String
  package let period: CohortPeriod
  package let weekStart: Weekday
  /// Instants at which the local date changes, ascending; the first is at or before the span.
  private let changes: [Int64]
  private let days: [Int32]
  private let periods: [Int32]
  /// By UTC day from `firstDay`: the entry that holds the first instant of that day.
  private let entryOfDay: [Int32]
  private let firstDay: Int64

  /// - Parameter span: the instants that will be asked for, seconds of 1970, within the years 1 to 9999.
  /// - Throws: `CohortFault` if the zone is unknown.
  package init(
    timeZone name: String, period: CohortPeriod, weekStart: Weekday = .monday, span: ClosedRange<Int64>
  ) throws(CohortFault) {
    guard let zone = TimeZone(identifier: name), Self.isIANA(name) else {
      throw CohortFault(.unknownTimeZone(name, nearest: Self.nearestZone(to: name)))
    }
    timeZone = name
    self.period = period
    self.weekStart = weekStart
    let dayLength = CivilDay.secondsPerDay
    firstDay = CivilDay.floorDivide(span.lowerBound, dayLength)
    let lastDay = CivilDay.floorDivide(span.upperBound, dayLength)
    let offsets = Self.offsets(of: zone, from: firstDay * dayLength, to: (lastDay + 1) * dayLength)
    (changes, days) = Self.dateChanges(offsets, until: (lastDay + 1) * dayLength)
    periods = days.map { Int32(clamping: period.index(ofDay: Int($0), weekStart: weekStart)) }
    entryOfDay = Self.entries(of: changes, firstDay: firstDay, lastDay: lastDay)
  }

  /// The local date of an instant within the span, as days since 1970-01-01.
  @inline(__always)
  package func day(of time: Int64) -> Int { Int(days[entry(of: time)]) }

  /// The consecutive number of the period that holds an instant within the span.
  @inline(__always)
  package func periodIndex(of time: Int64) -> Int { Int(periods[entry(of: time)]) }

  /// First day of a period, `2024-03-25`.
  package func isoDate(ofPeriod index: Int) -> String {
    CivilDay.iso(period.firstDay(ofIndex: index, weekStart: weekStart))
  }

  /// Days of a period on the calendar; one that a zone skipped counts.
  package func days(ofPeriod index: Int) -> Int {
    period.firstDay(ofIndex: index + 1, weekStart: weekStart) - period.firstDay(ofIndex: index, weekStart: weekStart)
  }

  @inline(__always)
  private func entry(of time: Int64) -> Int {
    var entry = Int(entryOfDay[Int(CivilDay.floorDivide(time, CivilDay.secondsPerDay) - firstDay)])
    while entry + 1 < changes.count, changes[entry + 1] <= time { entry += 1 }
    return entry
  }

  // MARK: - The table

  private typealias Offset = (since: Int64, seconds: Int64)

  /// Offsets from UTC, each with the instant since which it holds.
  private static func offsets(of zone: TimeZone, from start: Int64, to end: Int64) -> [Offset] {
    func offset(_ time: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time))))
    }
    var found: [Offset] = [(start, offset(start))]
    guard zone.identifier != "UTC", zone.identifier != "GMT" else { return found }
    for time in stride(from: start, to: end, by: Int(CivilDay.secondsPerDay)) {
      let next = time + CivilDay.secondsPerDay
      let (before, after) = (found[found.count - 1].seconds, offset(next))
      guard before != after else { continue }
      var (low, high) = (time, next)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if offset(middle) == before { low = middle } else { high = middle }
      }
      found.append((high, after))
    }
    return found
  }

  private static func dateChanges(_ offsets: [Offset], until end: Int64) -> ([Int64], [Int32]) {
    var changes: [Int64] = []
    var days: [Int32] = []
    for (position, offset) in offsets.enumerated() {
      let limit = position + 1 < offsets.count ? offsets[position + 1].since : end
      var time = offset.since
      while time < limit {
        let day = CivilDay.floorDivide(time + offset.seconds, CivilDay.secondsPerDay)
        if days.last != Int32(day) {
          changes.append(time)
          days.append(Int32(day))
        }
        time = (day + 1) * CivilDay.secondsPerDay - offset.seconds
      }
    }
    return (changes, days)
  }

  private static func entries(of changes: [Int64], firstDay: Int64, lastDay: Int64) -> [Int32] {
    var entry = 0
    return (firstDay...lastDay).map { day in
      while entry + 1 < changes.count, changes[entry + 1] <= day * CivilDay.secondsPerDay { entry += 1 }
      return Int32(entry)
    }
  }

  // MARK: - Names

  /// Foundation also takes "GMT+3" and abbreviations, which have no clock changes and are easily mistaken.
  private static func isIANA(_ name: String) -> Bool {
    name == "UTC" || name == "GMT" || name.contains("/") || TimeZone.knownTimeZoneIdentifiers.contains(name)
  }

  private static func nearestZone(to name: String) -> String? {
    nearestName(to: name, among: TimeZone.knownTimeZoneIdentifiers + ["UTC"])
  }
}
