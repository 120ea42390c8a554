extension FieldParsing {
  /// `2026-11-23T14:05:09Z` and `2026-11-23 14:05:09`, with or without the Z: how nearly every log writes a time.
  ///
  /// - Returns: nil for anything else, which may still be a time.
  @inline(__always)
  static func commonTimestamp(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard text.count == 19 || (text.count == 20 && text[19] == UInt8(ascii: "Z")) else { return nil }
    guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[13] == UInt8(ascii: ":"),
      text[16] == UInt8(ascii: ":"), text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " ")
    else { return nil }
    var isWrong = false
    @inline(__always) func pair(_ place: Int) -> Int64 {
      let (tens, ones) = (text[place] &- UInt8(ascii: "0"), text[place &+ 1] &- UInt8(ascii: "0"))
      if tens > 9 || ones > 9 { isWrong = true }
      return Int64(tens) &* 10 &+ Int64(ones)
    }
    let year = pair(0) &* 100 &+ pair(2)
    let (month, day, hour, minute, second) = (pair(5), pair(8), pair(11), pair(14), pair(17))
    guard !isWrong, hour < 24, minute < 60, second < 60, let days = civilDays(year, month, day) else { return nil }
    return Timestamp(
      localSeconds: days &* 86_400 &+ hour &* 3_600 &+ minute &* 60 &+ second, offset: text.count == 20 ? 0 : nil)
  }
}
