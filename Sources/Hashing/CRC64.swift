import CHash

/// CRC-64/XZ: what `xz`, `7z h -scrcCRC64` and others compute. The checksum of a whole follows from those of its parts, so that
/// parts may be read in any order, on any thread. It finds accidents, not forgeries; for those there is SHA-256.
///
/// - Source: ECMA-182 (1992), annex B, reflected; https://reveng.sourceforge.io/crc-catalogue lists its check value.
public struct CRC64: Sendable, Hashable {
  public private(set) var digest: UInt64 = 0

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    digest = chash_crc64(digest, start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// Adds `count` bytes that have a digest of their own.
  public mutating func join(_ other: UInt64, count: Int) {
    digest = chash_crc64_joined(digest, other, UInt64(count))
  }

  /// As reports show it: `crc64:` and sixteen hexadecimal digits.
  public static func fingerprint(_ digest: UInt64) -> String {
    let digits = String(digest, radix: 16)
    return "crc64:" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  public static func fingerprint(of bytes: UnsafeRawBufferPointer) -> String {
    var crc = CRC64()
    crc.update(bytes)
    return fingerprint(crc.digest)
  }

  /// The definition, a bit at a time.
  package static func definition(_ bytes: some Sequence<UInt8>) -> UInt64 {
    ~bytes.reduce(~UInt64(0)) { rest, byte in
      (0..<8).reduce(rest ^ UInt64(byte)) { rest, _ in rest &>> 1 ^ (rest & 1 == 1 ? 0xC96C_5795_D787_0F42 : 0) }
    }
  }
}
