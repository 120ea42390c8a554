/// The ages at which one unit was active, as a view of a set of bits.
struct AgeBits {
  private let bits: [UInt64]
  private let start: Int
  private let words: Int
  /// The bit that is age 0.
  private let first: Int

  init(_ bits: [UInt64], unit: Int, words: Int, first: Int) {
    self.bits = bits
    start = unit * words
    self.words = words
    self.first = first
  }

  /// Ages 64 k to 64 k + 63.
  @inline(__always)
  private func word(_ k: Int) -> UInt64 {
    let bit = first + 64 * k
    let (place, shift) = (bit / 64, UInt64(bit % 64))
    guard place < words else { return 0 }
    let low = bits[start + place] >> shift
    return shift == 0 || place + 1 >= words ? low : low | bits[start + place + 1] << (64 - shift)
  }

  @inline(__always)
  func forEachAge(below limit: Int, _ body: (Int) -> Void) {
    for k in 0..<max(0, (limit + 63) / 64) {
      var rest = word(k)
      if limit - 64 * k < 64 { rest &= (1 << UInt64(limit - 64 * k)) - 1 }
      while rest != 0 {
        body(64 * k + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  func hasAny(in ages: ClosedRange<Int>) -> Bool {
    for k in ages.lowerBound / 64...ages.upperBound / 64 {
      var found = word(k)
      if ages.lowerBound > 64 * k { found &= ~0 << UInt64(ages.lowerBound - 64 * k) }
      if ages.upperBound < 64 * k + 63 { found &= (1 << UInt64(ages.upperBound - 64 * k + 1)) - 1 }
      if found != 0 { return true }
    }
    return false
  }

  /// -1 if there is none.
  func lastAge(below limit: Int) -> Int {
    for k in stride(from: (limit + 63) / 64 - 1, through: 0, by: -1) {
      var found = word(k)
      if limit - 64 * k < 64 { found &= (1 << UInt64(limit - 64 * k)) - 1 }
      if found != 0 { return 64 * k + 63 - found.leadingZeroBitCount }
    }
    return -1
  }
}
