/// MD5, for reproducing platforms that bucket by it; not for security.
///
/// - Source: Rivest, R. (1992), RFC 1321, "The MD5 message-digest algorithm".
/// - Checked against: the RFC's test suite and Python's hashlib, Tests/HashingTests.
public enum MD5 {
  /// The chaining value A, B, C, D: the digest's bytes are these words, little-endian.
  package typealias State = SIMD4<UInt32>

  private static let initialState = State(0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476)

  /// The 16 bytes of the digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    let state = message.withUnsafeBytes { Self.state([], $0, []) }
    return (0..<16).map { place in
      let word: UInt32 = state[place / 4]
      return UInt8(truncatingIfNeeded: word &>> UInt32(8 * (place % 4)))
    }
  }

  /// The digest of prefix ‖ middle ‖ suffix, without building it on the heap.
  package static func state(_ prefix: [UInt8], _ middle: UnsafeRawBufferPointer, _ suffix: [UInt8]) -> State {
    MerkleDamgard.withPadded(prefix, middle, suffix, bigEndianLength: false) { base, count in
      var state = initialState
      for offset in stride(from: 0, to: count, by: 64) { compress(&state, base + offset) }
      return state
    }
  }

  /// floor(2³² |sin(i + 1)|): the RFC's table T.
  private static let constants: [UInt32] = [
    0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A, 0xA830_4613, 0xFD46_9501,
    0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE, 0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821,
    0xF61E_2562, 0xC040_B340, 0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
    0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8, 0x676F_02D9, 0x8D2A_4C8A,
    0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C, 0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70,
    0x289B_7EC6, 0xEAA1_27FA, 0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
    0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92, 0xFFEF_F47D, 0x8584_5DD1,
    0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1, 0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
  ]

  /// One block of 64 bytes, any alignment, into the chaining value: four rounds of 16 operations.
  private static func compress(_ state: inout State, _ block: UnsafeRawPointer) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    constants.withUnsafeBufferPointer { t in
      @inline(__always) func word(_ i: Int) -> UInt32 {
        UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 4 &* (i & 15), as: UInt32.self))
      }
      @inline(__always) func step(
        _ a: inout UInt32, _ b: UInt32, _ mix: UInt32, _ word: UInt32, _ constant: UInt32, _ by: UInt32
      ) {
        let sum = a &+ mix &+ word &+ constant
        a = b &+ ((sum &<< by) | (sum &>> (32 &- by)))
      }
      var i = 0
      while i < 16 {
        step(&a, b, (b & c) | (~b & d), word(i), t[i], 7)
        step(&d, a, (a & b) | (~a & c), word(i &+ 1), t[i &+ 1], 12)
        step(&c, d, (d & a) | (~d & b), word(i &+ 2), t[i &+ 2], 17)
        step(&b, c, (c & d) | (~c & a), word(i &+ 3), t[i &+ 3], 22)
        i &+= 4
      }
      while i < 32 {
        step(&a, b, (d & b) | (~d & c), word(5 &* i &+ 1), t[i], 5)
        step(&d, a, (c & a) | (~c & b), word(5 &* i &+ 6), t[i &+ 1], 9)
        step(&c, d, (b & d) | (~b & a), word(5 &* i &+ 11), t[i &+ 2], 14)
        step(&b, c, (a & c) | (~a & d), word(5 &* i &+ 16), t[i &+ 3], 20)
        i &+= 4
      }
      while i < 48 {
        step(&a, b, b ^ c ^ d, word(3 &* i &+ 5), t[i], 4)
        step(&d, a, a ^ b ^ c, word(3 &* i &+ 8), t[i &+ 1], 11)
        step(&c, d, d ^ a ^ b, word(3 &* i &+ 11), t[i &+ 2], 16)
        step(&b, c, c ^ d ^ a, word(3 &* i &+ 14), t[i &+ 3], 23)
        i &+= 4
      }
      while i < 64 {
        step(&a, b, c ^ (b | ~d), word(7 &* i), t[i], 6)
        step(&d, a, b ^ (a | ~c), word(7 &* i &+ 7), t[i &+ 1], 10)
        step(&c, d, a ^ (d | ~b), word(7 &* i &+ 14), t[i &+ 2], 15)
        step(&b, c, d ^ (c | ~a), word(7 &* i &+ 21), t[i &+ 3], 21)
        i &+= 4
      }
    }
    state = state &+ State(a, b, c, d)
  }
}
