/// SHA-1, for reproducing platforms that bucket by it; not for security.
///
/// - Source: NIST (2015), FIPS PUB 180-4, "Secure Hash Standard", sections 4.2.1, 5.3.1 and 6.1.
/// - Checked against: the examples of FIPS 180-4 and Python's hashlib, Tests/HashingTests.
public enum SHA1 {
  /// The chaining value H0…H4; the digest's bytes are these words, big-endian.
  package struct State: Sendable, Hashable {
    package var h0: UInt32 = 0x6745_2301
    package var h1: UInt32 = 0xEFCD_AB89
    package var h2: UInt32 = 0x98BA_DCFE
    package var h3: UInt32 = 0x1032_5476
    package var h4: UInt32 = 0xC3D2_E1F0
    init() {}
  }

  /// The 20 bytes of the digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    let state = message.withUnsafeBytes { Self.state([], $0, []) }
    return [state.h0, state.h1, state.h2, state.h3, state.h4].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word &>> UInt32(24 - 8 * $0)) }
    }
  }

  /// The digest of prefix ‖ middle ‖ suffix, without building it on the heap.
  package static func state(_ prefix: [UInt8], _ middle: UnsafeRawBufferPointer, _ suffix: [UInt8]) -> State {
    MerkleDamgard.withPadded(prefix, middle, suffix, bigEndianLength: true) { base, count in
      var state = State()
      for offset in stride(from: 0, to: count, by: 64) { compress(&state, base + offset) }
      return state
    }
  }

  /// One block of 64 bytes, any alignment, into the chaining value.
  private static func compress(_ state: inout State, _ block: UnsafeRawPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { w in
      for i in 0..<16 { w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 &* i, as: UInt32.self)) }
      for i in 16..<80 { w[i] = rotated(w[i &- 3] ^ w[i &- 8] ^ w[i &- 14] ^ w[i &- 16], 1) }
      var (a, b, c, d, e) = (state.h0, state.h1, state.h2, state.h3, state.h4)
      @inline(__always) func step(_ mix: UInt32, _ constant: UInt32, _ i: Int) {
        (e, d, c, b, a) = (d, c, rotated(b, 30), a, rotated(a, 5) &+ mix &+ e &+ constant &+ w[i])
      }
      for i in 0..<20 { step((b & c) | (~b & d), 0x5A82_7999, i) }
      for i in 20..<40 { step(b ^ c ^ d, 0x6ED9_EBA1, i) }
      for i in 40..<60 { step((b & c) | (b & d) | (c & d), 0x8F1B_BCDC, i) }
      for i in 60..<80 { step(b ^ c ^ d, 0xCA62_C1D6, i) }
      state.h0 &+= a
      state.h1 &+= b
      state.h2 &+= c
      state.h3 &+= d
      state.h4 &+= e
    }
  }

  @inline(__always) private static func rotated(_ x: UInt32, _ by: UInt32) -> UInt32 {
    (x &<< by) | (x &>> (32 &- by))
  }
}
