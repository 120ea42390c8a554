/// MurmurHash3 with 32 bits, the variant for x86 (byte order little-endian on every machine).
///
/// - Source: Appleby, A., "SMHasher", `MurmurHash3_x86_32` (public domain).
/// - Checked against: its verification value, and the published vectors of mmh3 5.x.
public enum Murmur3 {
  public static func x86(_ bytes: some Collection<UInt8>, seed: UInt32 = 0) -> UInt32 {
    var hash = seed
    var block: UInt32 = 0
    var filled: UInt32 = 0
    for byte in bytes {
      block |= UInt32(byte) << (8 * filled)
      filled += 1
      guard filled == 4 else { continue }
      hash = rotated(hash ^ mixed(block), by: 13) &* 5 &+ 0xE654_6B64
      (block, filled) = (0, 0)
    }
    if filled > 0 { hash ^= mixed(block) }
    return finished(hash ^ UInt32(truncatingIfNeeded: bytes.count))
  }

  private static func mixed(_ block: UInt32) -> UInt32 { rotated(block &* 0xCC9E_2D51, by: 15) &* 0x1B87_3593 }

  private static func rotated(_ x: UInt32, by bits: UInt32) -> UInt32 { x << bits | x >> (32 - bits) }

  private static func finished(_ hash: UInt32) -> UInt32 {
    var hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
    hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
    return hash ^ hash >> 16
  }
}
