/// MurmurHash3 with 32 bits, the variant for x86 (byte order little-endian on every machine).
///
/// - Source: Appleby, A., "SMHasher", `MurmurHash3_x86_32` (public domain).
/// - Checked against: its verification value, and the published vectors of mmh3 5.x.
public struct Murmur3: Sendable {
  @usableFromInline var hash: UInt32
  @usableFromInline var length: UInt32 = 0
  /// Bytes that do not make a block of four yet, the first lowest; `pendingBits` of them are set.
  @usableFromInline var pending: UInt64 = 0
  @usableFromInline var pendingBits: UInt64 = 0

  @inlinable @inline(__always)
  public init(seed: UInt32 = 0) { hash = seed }

  /// Adds bytes; the digest depends on the bytes only, not on how they were cut.
  @inlinable @inline(__always)
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt32(truncatingIfNeeded: bytes.count)
    var index = 0
    // Four bytes at a time, shifted to follow what is pending.
    while index &+ 4 <= bytes.count {
      let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      pending |= UInt64(word) &<< pendingBits
      takeBlock()
      index &+= 4
    }
    while index < bytes.count {
      pending |= UInt64(bytes[index]) &<< pendingBits
      pendingBits &+= 8
      if pendingBits == 32 {
        takeBlock()
        pendingBits = 0
      }
      index &+= 1
    }
  }

  @inlinable public var digest: UInt32 {
    @inline(__always) get {
      var hash = pendingBits > 0 ? hash ^ Self.mixed(UInt32(truncatingIfNeeded: pending)) : hash
      hash ^= length
      hash = (hash ^ (hash &>> 16)) &* 0x85EB_CA6B
      hash = (hash ^ (hash &>> 13)) &* 0xC2B2_AE35
      return hash ^ (hash &>> 16)
    }
  }

  @inlinable @inline(__always)
  mutating func takeBlock() {
    let block = UInt32(truncatingIfNeeded: pending)
    pending &>>= 32
    hash = (Self.rotated(hash ^ Self.mixed(block), by: 13) &* 5) &+ 0xE654_6B64
  }

  @inlinable @inline(__always)
  static func mixed(_ block: UInt32) -> UInt32 {
    rotated(block &* 0xCC9E_2D51, by: 15) &* 0x1B87_3593
  }

  @inlinable @inline(__always)
  static func rotated(_ x: UInt32, by bits: UInt32) -> UInt32 { (x &<< bits) | (x &>> (32 &- bits)) }
}

extension Murmur3 {
  /// The hash of bytes that lie in one piece.
  public static func x86(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    var state = Murmur3(seed: seed)
    state.update(bytes)
    return state.digest
  }

  public static func x86(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { x86($0, seed: seed) }
  }
}
