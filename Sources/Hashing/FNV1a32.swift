/// FNV-1a with 32 bits.
///
/// - Source: Fowler, G., Noll, L. C., Vo, K. P. and Eastlake, D., "The FNV non-cryptographic hash algorithm",
///   IETF draft-eastlake-fnv-17, section 2.
public struct FNV1a32: Sendable {
  private var state: UInt32 = 0x811C_9DC5

  public init() {}

  /// One unit: a byte, or, as JavaScript does it, a whole UTF-16 code unit.
  @inline(__always)
  public mutating func update(unit: UInt32) { state = (state ^ unit) &* 0x0100_0193 }

  @inline(__always)
  public mutating func update(_ bytes: some Sequence<UInt8>) { for byte in bytes { update(unit: UInt32(byte)) } }

  public var digest: UInt32 { state }
}
