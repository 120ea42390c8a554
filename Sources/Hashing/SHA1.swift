/// SHA-1, for reproducing platforms that bucket by it; not for security.
///
/// - Source: NIST (2015), FIPS PUB 180-4, "Secure Hash Standard", sections 4.2.1, 5.3.1 and 6.1.
public enum SHA1 {
  /// The 20 bytes of the digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    let padded = MerkleDamgard.padded(message, bigEndianLength: true)
    for start in stride(from: 0, to: padded.count, by: 64) { compress(&state, padded[start..<start + 64]) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
  }

  private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
    var w = MerkleDamgard.words(block).map(\.byteSwapped)
    for i in 16..<80 { w.append(rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)) }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for i in 0..<80 {
      let (f, k): (UInt32, UInt32) =
        switch i {
        case ..<20: ((b & c) | (~b & d), 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      (e, d, c, b, a) = (d, c, rotated(b, 30), a, rotated(a, 5) &+ f &+ e &+ k &+ w[i])
    }
    for (i, value) in [a, b, c, d, e].enumerated() { state[i] &+= value }
  }

  private static func rotated(_ x: UInt32, _ by: UInt32) -> UInt32 { (x << by) | (x >> (32 - by)) }
}

/// What MD5 and SHA-1 share: a one bit, zeros, the length in bits, blocks of 64 bytes.
enum MerkleDamgard {
  static func padded(_ message: [UInt8], bigEndianLength: Bool) -> [UInt8] {
    let bits = UInt64(message.count) &* 8
    let length = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * (bigEndianLength ? 7 - $0 : $0))) }
    return message + [0x80] + [UInt8](repeating: 0, count: (119 - message.count % 64) % 64) + length
  }

  /// 16 little-endian words.
  static func words(_ block: ArraySlice<UInt8>) -> [UInt32] {
    let bytes = Array(block)
    return (0..<16).map { i in (0..<4).reduce(0) { $0 | UInt32(bytes[4 * i + $1]) << UInt32(8 * $1) } }
  }
}
