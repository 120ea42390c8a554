import Basics
import Foundation
import Tables

/// A time that the user wrote in an option or a spec.
public enum EventTime {
  /// Seconds since 1970 (UTC) of an ISO 8601 date or time; a date stands for its last second, so that `2026-11-23` includes
  /// that day. Without a zone it is read on the clock of `timeZone`.
  ///
  /// - Throws: `EventLogFault` if the text is no time or the zone is unknown.
  public static func seconds(_ text: String, timeZone: String) throws(EventLogFault) -> Int64 {
    try moment(text, timeZone: timeZone, dateStandsFor: 86_399)
  }

  /// As `seconds`, but a date stands for its first second.
  ///
  /// - Throws: `EventLogFault` as `seconds`.
  public static func moment(
    _ text: String, timeZone: String, dateStandsFor offset: Int64 = 0
  ) throws(EventLogFault) -> Int64 {
    var clock = try clock(timeZone)
    let stamp = Array(text.utf8).withUnsafeBufferPointer { FieldParsing.timestamp($0) }
    guard var stamp else { throw EventLogFault(.notATime(text)) }
    if text.utf8.count == 10 { stamp.localSeconds += offset }
    return clock.seconds(of: stamp)
  }

  /// The clock of a time zone.
  ///
  /// - Throws: `EventLogFault` if there is no such zone.
  static func clock(_ timeZone: String) throws(EventLogFault) -> ZoneClock {
    if let clock = ZoneClock(timeZone) { return clock }
    let known = TimeZone.knownTimeZoneIdentifiers
    throw EventLogFault(.unknownTimeZone(timeZone, nearest: nearestName(to: timeZone, among: known)))
  }
}
