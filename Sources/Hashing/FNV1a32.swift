/// FNV-1a with 32 bits.
///
/// - Source: Fowler, G., Noll, L. C., Vo, K. P. and Eastlake, D., "The FNV non-cryptographic hash algorithm",
///   IETF draft-eastlake-fnv-17, section 2.
public struct FNV1a32: Sendable {
  @usableFromInline var state: UInt32 = 0x811C_9DC5

  @inlinable public init() {}

  /// One unit: a byte, or, as JavaScript does it, a whole UTF-16 code unit.
  @inlinable @inline(__always)
  public mutating func update(unit: UInt32) { state = (state ^ unit) &* 0x0100_0193 }

  @inlinable @inline(__always)
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index < bytes.count {
      update(unit: UInt32(bytes[index]))
      index &+= 1
    }
  }

  @inlinable @inline(__always)
  public mutating func update(_ bytes: some Sequence<UInt8>) { for byte in bytes { update(unit: UInt32(byte)) } }

  @inlinable public var digest: UInt32 { state }

  /// The hash of the decimal digits of a number, as version 2 of GrowthBook's hash takes it.
  package static func digest(ofDecimal number: UInt32) -> UInt32 {
    var divisor: UInt32 = 1
    while number / divisor >= 10 { divisor &*= 10 }
    var state = FNV1a32()
    while divisor > 0 {
      state.update(unit: UInt32(UInt8(ascii: "0")) &+ (number / divisor) % 10)
      divisor /= 10
    }
    return state.digest
  }
}
