import CHash

/// SHA-256.
///
/// - Source: NIST (2015), FIPS PUB 180-4, "Secure Hash Standard", sections 4.1.2, 5.3.3 and 6.2.
/// - Checked against: the examples of FIPS 180-4 and Python's hashlib, Tests/HashingTests/Fixtures.
public struct SHA256: Sendable {
  /// The chaining value H0…H7.
  package typealias State = SIMD8<UInt32>

  package static let initialState = State(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)

  private var state = SHA256.initialState
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  public init() { pending.reserveCapacity(64) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let wanted = min(64 - pending.count, rest.count)
      pending.append(contentsOf: rest.prefix(wanted))
      rest = rest.dropFirst(wanted)
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { Self.compress(&state, $0.baseAddress!) }
      pending.removeAll(keepingCapacity: true)
    }
    while rest.count >= 64 {
      let block = UnsafeRawBufferPointer(rebasing: rest.prefix(64))
      Self.compress(&state, block.baseAddress!)
      rest = rest.dropFirst(64)
    }
    pending.append(contentsOf: rest)
  }

  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The 32 bytes of the digest of everything so far; more may follow.
  public var digest: [UInt8] {
    var copy = self
    let bits = length &* 8
    var tail: [UInt8] = [0x80]
    tail += [UInt8](repeating: 0, count: (119 - (pending.count % 64)) % 64)
    tail += (0..<8).map { UInt8(truncatingIfNeeded: bits &>> UInt64(56 - 8 * $0)) }
    copy.update(tail)
    return (0..<8).flatMap { i in (0..<4).map { UInt8(truncatingIfNeeded: copy.state[i] &>> UInt32(24 - 8 * $0)) } }
  }

  /// The digest as 64 hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public static func hex(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hex
  }

  /// The first 8 bytes of the digest of prefix ‖ middle ‖ suffix, big-endian. Nothing is built on the heap.
  package static func leadingWord(
    _ prefix: [UInt8], _ middle: UnsafeRawBufferPointer, _ suffix: [UInt8] = []
  ) -> UInt64 {
    MerkleDamgard.withPadded(prefix, middle, suffix, bigEndianLength: true) { base, count in
      var state = initialState
      for offset in stride(from: 0, to: count, by: 64) { compress(&state, base + offset) }
      return (UInt64(state[0]) &<< 32) | UInt64(state[1])
    }
  }

  // MARK: - Compression

  private static let constants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]

  private static let hasInstructions = chash_has_sha256() != 0

  /// One block of 64 bytes into the chaining value, by the processor's own instructions if it has them. `block`: 64 bytes, any
  /// alignment, not changed.
  @inline(__always)
  package static func compress(_ state: inout State, _ block: UnsafeRawPointer) {
    guard hasInstructions else { return compressByDefinition(&state, block) }
    withUnsafeMutableBytes(of: &state) { words in
      guard let words = words.baseAddress else { return }
      chash_sha256(words.assumingMemoryBound(to: UInt32.self), block.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The same as the standard writes it.
  package static func compressByDefinition(_ state: inout State, _ block: UnsafeRawPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 { w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 &* i, as: UInt32.self)) }
      for i in 16..<64 {
        let x = w[i &- 15]
        let y = w[i &- 2]
        let s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x &>> 3)
        let s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y &>> 10)
        w[i] = w[i &- 16] &+ s0 &+ w[i &- 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { k in
        // Instead of moving eight variables down each round, the names are rotated over eight rounds.
        var i = 0
        while i < 64 {
          round(a, b, c, &d, e, f, g, &h, k[i] &+ w[i])
          round(h, a, b, &c, d, e, f, &g, k[i &+ 1] &+ w[i &+ 1])
          round(g, h, a, &b, c, d, e, &f, k[i &+ 2] &+ w[i &+ 2])
          round(f, g, h, &a, b, c, d, &e, k[i &+ 3] &+ w[i &+ 3])
          round(e, f, g, &h, a, b, c, &d, k[i &+ 4] &+ w[i &+ 4])
          round(d, e, f, &g, h, a, b, &c, k[i &+ 5] &+ w[i &+ 5])
          round(c, d, e, &f, g, h, a, &b, k[i &+ 6] &+ w[i &+ 6])
          round(b, c, d, &e, f, g, h, &a, k[i &+ 7] &+ w[i &+ 7])
          i &+= 8
        }
      }
      state = state &+ State(a, b, c, d, e, f, g, h)
    }
  }

  /// One round; of the eight variables only d and h get new values.
  @inline(__always) private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
    _ h: inout UInt32, _ input: UInt32
  ) {
    let choice = g ^ (e & (f ^ g))
    let majority = (a & b) | (c & (a | b))
    let t1 = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ input
    d = d &+ t1
    h = t1 &+ (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
  }

  @inline(__always) private static func rotated(_ x: UInt32, _ by: UInt32) -> UInt32 {
    (x &>> by) | (x &<< (32 &- by))
  }
}
