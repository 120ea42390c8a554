/// Philox4x32 with ten rounds: a counter-based generator. Four words out of a counter and a key, no state, so a draw can be
/// named (by case, visit, replicate, …) and the same draws come whatever the order or the number of threads.
///
/// - Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 4.
/// - Checked against: the known-answer vectors of Random123 1.14.
package struct Philox4x32: Sendable, Hashable {
  package let key: SIMD2<UInt32>

  @inlinable
  package init(key: SIMD2<UInt32>) { self.key = key }

  @inlinable
  package init(seed: UInt64) {
    self.init(key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// The block of a counter.
  @inlinable @inline(__always)
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let a = UInt64(c0) &* 0xD251_1F53
      let b = UInt64(c2) &* 0xCD9E_8D57
      let (high0, low0) = (UInt32(truncatingIfNeeded: a &>> 32), UInt32(truncatingIfNeeded: a))
      let (high1, low1) = (UInt32(truncatingIfNeeded: b &>> 32), UInt32(truncatingIfNeeded: b))
      (c0, c1, c2, c3) = (high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0)
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// Two words as a number in [0, 1): multiples of 2^-53.
  @inlinable @inline(__always)
  package static func uniform(_ high: UInt32, _ low: UInt32) -> Double {
    Double((UInt64(high) &<< 21) | UInt64(low &>> 11)) * 0x1p-53
  }

  /// Two words as a number in (0, 1): odd multiples of 2^-53, symmetric about one half.
  @inlinable @inline(__always)
  package static func openUniform(_ high: UInt32, _ low: UInt32) -> Double {
    (Double((UInt64(high) &<< 20) | UInt64(low &>> 12)) + 0.5) * 0x1p-52
  }
}
