/// CRC-32 of ISO 3309 (as in zlib), reflected polynomial 0xEDB88320.
public struct CRC32: Sendable {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
  }

  private var state = ~UInt32(0)

  public init() {}

  /// Adds bytes; the digest depends on the bytes only, not on how they were cut.
  @inline(__always)
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    Self.table.withUnsafeBufferPointer { table in
      for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc &>> 8) }
    }
    state = crc
  }

  public var digest: UInt32 { ~state }

  public static func hash(_ bytes: [UInt8]) -> UInt32 {
    var state = CRC32()
    bytes.withUnsafeBytes { state.update($0) }
    return state.digest
  }
}

/// Java's `String.hashCode`: over UTF-16 code units, in 32 bits with wrap-around.
public struct JavaHash: Sendable {
  private var state: Int32 = 0

  public init() {}

  @inline(__always)
  public mutating func update(unit: UInt16) { state = (state &* 31) &+ Int32(unit) }

  /// A whole code point as one unit, which is not what Java does, but what ports to other languages do.
  @inline(__always)
  package mutating func update(codePoint: UInt32) { state = (state &* 31) &+ Int32(truncatingIfNeeded: codePoint) }

  public var digest: Int32 { state }

  public static func hash(_ text: String) -> Int32 {
    var state = JavaHash()
    for unit in text.utf16 { state.update(unit: unit) }
    return state.digest
  }
}
