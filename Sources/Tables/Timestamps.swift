import Foundation

/// A date or time as it is written: with an offset from UTC, or naive.
package struct Timestamp: Sendable, Equatable {
  /// Seconds since 1970-01-01T00:00:00 on the clock that is written.
  package var localSeconds: Int64
  /// Seconds east of UTC; nil if the text does not say.
  package var offset: Int64?
  /// Of the second, 0 to 999,999; digits behind the sixth are cut off.
  package var microseconds: Int64

  package init(localSeconds: Int64, offset: Int64?, microseconds: Int64 = 0) {
    self.localSeconds = localSeconds
    self.offset = offset
    self.microseconds = microseconds
  }

  package static let microsecondsPerSecond: Int64 = 1_000_000
}

extension FieldParsing {
  /// Reads `2026-11-23`, `20261123`, `2026-11-23 14:05`, `2026-11-23T14:05:09.250Z`, `…+01:00`, `…-0530`, and Unix time as
  /// an integer: up to 11 digits are seconds, 12 to 14 milliseconds, 15 to 17 microseconds. A Unix time before 1e8 seconds
  /// (3 March 1973) is none: it is rather a date, a day number of a spreadsheet, or a number that is no time.
  package static func timestamp(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    if let common = commonTimestamp(text) { return common }
    var cursor = DigitCursor(text)
    guard text.count >= 8, text.count > 4, text[4] == UInt8(ascii: "-") || text[4] == UInt8(ascii: "/") else {
      return unixTime(text)
    }
    let separator = text[4]
    guard let year = cursor.digits(4), cursor.skip(separator), let month = cursor.digits(2), cursor.skip(separator),
      let day = cursor.digits(2), let days = civilDays(year, month, day)
    else { return nil }
    var stamp = Timestamp(localSeconds: days * 86_400, offset: nil)
    if cursor.isAtEnd { return stamp }
    guard cursor.skip(UInt8(ascii: "T")) || cursor.skip(UInt8(ascii: " ")) || cursor.skip(UInt8(ascii: "t")) else {
      return nil
    }
    guard let (seconds, microseconds) = timeOfDay(&cursor) else { return nil }
    stamp.localSeconds += seconds
    stamp.microseconds = microseconds
    _ = cursor.skip(UInt8(ascii: " "))
    if cursor.isAtEnd { return stamp }
    guard let offset = zoneOffset(&cursor), cursor.isAtEnd else { return nil }
    stamp.offset = offset
    return stamp
  }

  private static func unixTime(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard (1...17).contains(text.count) else { return nil }
    var value: Int64 = 0
    for byte in text {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    if text.count == 8 { return compactDate(value) }
    let perSecond: Int64 =
      switch text.count {
      case ...11: 1
      case 12...14: 1000
      default: Timestamp.microsecondsPerSecond
      }
    guard value / perSecond >= firstUnixTime else { return nil }
    return Timestamp(
      localSeconds: value / perSecond, offset: 0,
      microseconds: value % perSecond * (Timestamp.microsecondsPerSecond / perSecond))
  }

  /// The least integer that is a Unix time; fewer seconds are refused.
  private static let firstUnixTime: Int64 = 100_000_000

  /// `yyyymmdd`.
  private static func compactDate(_ number: Int64) -> Timestamp? {
    civilDays(number / 10_000, number / 100 % 100, number % 100).map {
      Timestamp(localSeconds: $0 * 86_400, offset: nil)
    }
  }

  /// Why a text is no time, as a sentence behind another; empty where there is no more to say.
  package static func whyNotATime(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let digits = bytes.first == UInt8(ascii: "-") ? bytes[1...] : bytes[...]
    if !digits.isEmpty, digits.allSatisfy(isDigit) {
      return " An integer is a date such as 20261123, or Unix time: from \(firstUnixTime) (3 March 1973) on in "
        + "seconds, or in milli- or microseconds."
    }
    let isDate =
      bytes.count >= 10 && [4, 7].allSatisfy { bytes[$0] == UInt8(ascii: "-") || bytes[$0] == UInt8(ascii: "/") }
      && [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { isDigit(bytes[$0]) }
    func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } }
    return isDate && civilDays(number(0..<4), number(5..<7), number(8..<10)) == nil ? " There is no such day." : ""
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private static func timeOfDay(_ cursor: inout DigitCursor) -> (seconds: Int64, microseconds: Int64)? {
    guard let hour = cursor.digits(2), hour < 24, cursor.skip(UInt8(ascii: ":")), let minute = cursor.digits(2),
      minute < 60
    else { return nil }
    var (seconds, microseconds) = (hour * 3600 + minute * 60, Int64(0))
    if cursor.skip(UInt8(ascii: ":")) {
      // 60 is a leap second; it counts as the next minute's first.
      guard let second = cursor.digits(2), second <= 60 else { return nil }
      seconds += second
      if cursor.skip(UInt8(ascii: ".")) || cursor.skip(UInt8(ascii: ",")) {
        guard let fraction = cursor.fraction() else { return nil }
        microseconds = fraction
      }
    }
    return (seconds, microseconds)
  }

  private static func zoneOffset(_ cursor: inout DigitCursor) -> Int64? {
    if cursor.skip(UInt8(ascii: "Z")) || cursor.skip(UInt8(ascii: "z")) { return 0 }
    if cursor.skipWord("UTC") { return 0 }
    let isWest = cursor.skip(UInt8(ascii: "-"))
    guard isWest || cursor.skip(UInt8(ascii: "+")), let hours = cursor.digits(2), hours <= 18 else { return nil }
    var minutes: Int64 = 0
    if !cursor.isAtEnd {
      _ = cursor.skip(UInt8(ascii: ":"))
      guard let written = cursor.digits(2), written < 60 else { return nil }
      minutes = written
    }
    let offset = hours * 3600 + minutes * 60
    return isWest ? -offset : offset
  }

  /// Days from 1970-01-01 of a date of the Gregorian calendar; nil if there is no such day.
  ///
  /// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  static func civilDays(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard year >= 1, (1...12).contains(month), day >= 1, day <= lastDay(year, month) else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func lastDay(_ year: Int64, _ month: Int64) -> Int64 {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Walks over digits and marks.
private struct DigitCursor {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { index == text.count }

  mutating func digits(_ count: Int) -> Int64? {
    guard index + count <= text.count else { return nil }
    var value: Int64 = 0
    for _ in 0..<count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
      index += 1
    }
    return value
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }

  mutating func skipWord(_ word: StaticString) -> Bool {
    let bytes = "\(word)".utf8
    guard text[index...].starts(with: bytes) else { return false }
    index += bytes.count
    return true
  }

  /// Digits behind a point as millionths, those behind the sixth cut off; nil if there is none.
  mutating func fraction() -> Int64? {
    let start = index
    var value: Int64 = 0
    while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
      if index < start + 6 { value = value * 10 + Int64(text[index] &- UInt8(ascii: "0")) }
      index += 1
    }
    guard index > start else { return nil }
    for _ in 0..<max(0, start + 6 - index) { value *= 10 }
    return value
  }
}

/// Offsets of a time zone from UTC, by the local clock. A time that a clock change skips is read with the offset before the
/// change, one that happens twice as the first.
package struct ZoneClock: Sendable {
  private let zone: TimeZone
  /// The offset of local days without a change; nil: the day has one.
  private var days: [Int64: Int64?] = [:]
  let isUTC: Bool

  package init?(_ identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    self.zone = zone
    isUTC = identifier == "UTC" || identifier == "GMT"
  }

  /// Seconds since 1970 (UTC) of a time as it is written.
  package mutating func seconds(of stamp: Timestamp) -> Int64 {
    if let offset = stamp.offset { return stamp.localSeconds - offset }
    if isUTC { return stamp.localSeconds }
    let day = (stamp.localSeconds - (stamp.localSeconds < 0 ? 86_399 : 0)) / 86_400
    if days[day] == nil {
      let (start, end) = (offset(near: day * 86_400), offset(near: (day + 1) * 86_400))
      days[day] = .some(start == end ? start : nil)
    }
    if let known = days[day] ?? nil { return stamp.localSeconds - known }
    return stamp.localSeconds - offset(near: stamp.localSeconds)
  }

  /// Microseconds since 1970 (UTC).
  @inline(__always)
  package mutating func microseconds(of stamp: Timestamp) -> Int64 {
    seconds(of: stamp) &* Timestamp.microsecondsPerSecond &+ stamp.microseconds
  }

  /// The offset that holds at a local time: that of the instant half a day before, unless the change comes in between.
  private func offset(near local: Int64) -> Int64 {
    func at(_ seconds: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }
    let before = at(local - at(local) - 43_200)
    let candidate = at(local - before)
    // With the offset from before the change the instant lies before the change: that reading is the first one.
    return candidate == before ? before : (at(local - candidate) == candidate ? candidate : before)
  }
}
