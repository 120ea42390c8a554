import Basics
import Experiments
import Foundation
import Tables

/// The first and the last of some times.
struct TimeRange: Sendable {
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  @inline(__always)
  mutating func insert(_ seconds: Int64) {
    first = min(first, seconds)
    last = max(last, seconds)
  }

  mutating func merge(_ other: TimeRange) {
    first = min(first, other.first)
    last = max(last, other.last)
  }

  /// Nil if there was none.
  var observed: Measurements.Observed? {
    first <= last ? Measurements.Observed(from: first, until: last) : nil
  }
}

extension ZoneClock {
  /// - Throws: `EventLogFault` if there is no such zone.
  static func named(_ zone: String) throws(EventLogFault) -> ZoneClock {
    if let clock = ZoneClock(zone) { return clock }
    let known = TimeZone.knownTimeZoneIdentifiers
    throw EventLogFault(.unknownTimeZone(zone, nearest: nearestName(to: zone, among: known)))
  }
}

/// A time that the user wrote in an option or a spec.
public enum EventTime {
  /// Seconds since 1970 (UTC) of an ISO 8601 date or time; a date stands for its last second, so that `2026-11-23` includes
  /// that day. Without a zone it is read on the clock of `timeZone`.
  ///
  /// - Throws: `EventLogFault` if the text is no time or the zone is unknown.
  public static func seconds(_ text: String, timeZone: String) throws(EventLogFault) -> Int64 {
    try moment(text, timeZone: timeZone, dateStandsFor: 86_399)
  }

  /// The last microsecond since 1970 (UTC) that is not later: of a date its last, of a time that time itself.
  ///
  /// - Throws: `EventLogFault` as `seconds`.
  static func lastMicrosecond(_ text: String, timeZone: String) throws(EventLogFault) -> Int64 {
    var clock = try ZoneClock.named(timeZone)
    var stamp = try self.stamp(text)
    guard isDate(text, stamp) else { return clock.microseconds(of: stamp) }
    stamp.localSeconds += EventClock.secondsPerDay
    return clock.microseconds(of: stamp) - 1
  }

  /// As `seconds`, but a date stands for its first second.
  ///
  /// - Throws: `EventLogFault` as `seconds`.
  public static func moment(
    _ text: String, timeZone: String, dateStandsFor offset: Int64 = 0
  ) throws(EventLogFault) -> Int64 {
    var clock = try ZoneClock.named(timeZone)
    var stamp = try self.stamp(text)
    if isDate(text, stamp) { stamp.localSeconds += offset }
    return clock.seconds(of: stamp)
  }

  private static func stamp(_ text: String) throws(EventLogFault) -> Timestamp {
    let stamp = Array(text.utf8).withUnsafeBufferPointer { FieldParsing.timestamp($0) }
    guard let stamp else { throw EventLogFault(.notATime(text)) }
    return stamp
  }

  /// Written as a date, with or without its separators, and not as a Unix time of ten digits.
  private static func isDate(_ text: String, _ stamp: Timestamp) -> Bool {
    text.utf8.count == 8 || (text.utf8.count == 10 && stamp.offset == nil)
  }
}
