import Tables

/// Times as milliseconds since 1970 (UTC). Most rows repeat the date of the row before, which is then not read again.
struct EventTimeReader: Sendable {
  private var clock: ZoneClock
  private let isUTC: Bool
  private var lastDate: (UInt64, UInt16) = (0, 0)
  private var lastDay: Int64 = 0

  /// - Returns: nil if there is no such zone.
  init?(timeZone: String) {
    guard let clock = ZoneClock(timeZone) else { return nil }
    self.clock = clock
    isUTC = timeZone == "UTC" || timeZone == "GMT"
  }

  mutating func milliseconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    quick(text) ?? general(text)
  }

  /// `2026-01-05T09:00:00`, then perhaps a fraction, then `Z` or, if times are in UTC, nothing.
  @inline(__always)
  private mutating func quick(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 19, text.count <= 30, let base = text.baseAddress else { return nil }
    guard text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "), text[13] == UInt8(ascii: ":"),
      text[16] == UInt8(ascii: ":")
    else { return nil }
    let raw = UnsafeRawPointer(base)
    let date = (
      raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    )
    if date != lastDate {
      guard let stamp = FieldParsing.timestamp(UnsafeBufferPointer(rebasing: text[..<10])), stamp.offset == nil else {
        return nil
      }
      (lastDate, lastDay) = (date, stamp.localSeconds)
    }
    guard let hour = two(text, 11), let minute = two(text, 14), let second = two(text, 17), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var index = 19
    let fraction = Self.fraction(text, &index)
    let isMarked = index + 1 == text.count && text[index] == UInt8(ascii: "Z")
    guard isMarked || (isUTC && index == text.count) else { return nil }
    return (lastDay &+ hour &* 3600 &+ minute &* 60 &+ second) &* 1000 &+ fraction
  }

  private mutating func general(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let stamp = FieldParsing.timestamp(text) else { return nil }
    return clock.seconds(of: stamp) * 1000 + stamp.microseconds / 1000
  }

  /// `.250` -> 250, and the index behind it; digits behind the third are cut off.
  @inline(__always)
  private static func fraction(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Int64 {
    guard index < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",") else { return 0 }
    index &+= 1
    var (value, digits) = (Int64(0), 0)
    while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
      if digits < 3 {
        value = value &* 10 &+ Int64(text[index] &- UInt8(ascii: "0"))
        digits &+= 1
      }
      index &+= 1
    }
    while digits < 3 {
      value = value &* 10
      digits &+= 1
    }
    return value
  }

  @inline(__always)
  private func two(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int64? {
    let (a, b) = (text[at] &- UInt8(ascii: "0"), text[at &+ 1] &- UInt8(ascii: "0"))
    return a < 10 && b < 10 ? Int64(a) &* 10 &+ Int64(b) : nil
  }
}
