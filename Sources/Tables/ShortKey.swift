import CScan

/// A word of at most 16 bytes in three numbers; equal exactly if the words are.
package struct ShortKey: Equatable {
  package let count: Int
  package let low: UInt64
  package let high: UInt64

  /// Nil if there are more than 16 bytes. Loads overlap rather than reach beyond the word.
  @inline(__always)
  package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let raw = UnsafeRawBufferPointer(bytes)
    count = bytes.count
    switch count {
    case 8...16:
      low = raw.loadUnaligned(as: UInt64.self)
      high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    case 4...7:
      low = UInt64(raw.loadUnaligned(as: UInt32.self))
      high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    case 1...3:
      low = UInt64(raw[0]) | UInt64(raw[count &>> 1]) &<< 8
      high = UInt64(raw[count &- 1])
    case 0: (low, high) = (0, 0)
    default: return nil
    }
  }

  /// For tables in memory; never stored.
  @inline(__always)
  package var hash: UInt64 { Self.hash(low, high, count) }

  @inline(__always)
  static func hash(_ low: UInt64, _ high: UInt64, _ count: Int) -> UInt64 {
    cscan_fold(cscan_fold(low ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)) ^ high)
  }
}
