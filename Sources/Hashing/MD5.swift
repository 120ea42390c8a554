import Foundation

/// MD5, for reproducing platforms that bucket by it; not for security.
///
/// - Source: Rivest, R. (1992), RFC 1321, "The MD5 message-digest algorithm".
public enum MD5 {
  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  /// floor(2³² |sin(i + 1)|), as the RFC defines its table T.
  private static let constants = (0..<64).map { UInt32(4_294_967_296 * abs(sin(Double($0 + 1)))) }

  /// The 16 bytes of the digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    let padded = MerkleDamgard.padded(message, bigEndianLength: false)
    for start in stride(from: 0, to: padded.count, by: 64) { compress(&state, padded[start..<start + 64]) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
  }

  private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
    let x = MerkleDamgard.words(block)
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    for i in 0..<64 {
      let (f, g): (UInt32, Int) =
        switch i / 16 {
        case 0: ((b & c) | (~b & d), i)
        case 1: ((d & b) | (~d & c), (5 * i + 1) % 16)
        case 2: (b ^ c ^ d, (3 * i + 5) % 16)
        default: (c ^ (b | ~d), (7 * i) % 16)
        }
      let sum = a &+ f &+ constants[i] &+ x[g]
      let by = shifts[i / 16 * 4 + i % 4]
      (a, d, c, b) = (d, c, b, b &+ ((sum << by) | (sum >> (32 - by))))
    }
    for (i, value) in [a, b, c, d].enumerated() { state[i] &+= value }
  }
}
