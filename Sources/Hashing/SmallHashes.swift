/// CRC-32 of ISO 3309 (as in zlib), reflected polynomial 0xEDB88320.
public enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
  }

  public static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { (crc: UInt32, byte: UInt8) in
      table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
    }
  }
}

/// Java's `String.hashCode`: over UTF-16 code units, in 32 bits with wrap-around.
public enum JavaHash {
  public static func hash(_ text: String) -> Int32 { text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) } }
}
