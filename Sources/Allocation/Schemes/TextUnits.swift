/// The characters of ids as the platforms' languages count them.
enum TextUnits {
  static func units(of text: String, _ units: Draw.Units) -> [UInt32] {
    switch units {
    case .utf16: text.utf16.map(UInt32.init)
    case .codePoints: text.unicodeScalars.map(\.value)
    default: text.utf8.map(UInt32.init)
    }
  }

  /// Every Unicode scalar of valid UTF-8; of invalid, U+FFFD for each fault.
  @inline(__always)
  static func forEachCodePoint(_ bytes: UnsafeRawBufferPointer, _ body: (UInt32) -> Void) {
    var index = 0
    while index < bytes.count, bytes[index] < 0x80 {
      body(UInt32(bytes[index]))
      index &+= 1
    }
    guard index < bytes.count else { return }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
    for scalar in String(decoding: rest, as: UTF8.self).unicodeScalars { body(scalar.value) }
  }

  @inline(__always)
  static func forEachUTF16(_ bytes: UnsafeRawBufferPointer, _ body: (UInt16) -> Void) {
    forEachCodePoint(bytes) { scalar in
      if scalar < 0x10000 {
        body(UInt16(truncatingIfNeeded: scalar))
      } else {
        body(UInt16(truncatingIfNeeded: 0xD7C0 &+ (scalar &>> 10)))
        body(UInt16(truncatingIfNeeded: 0xDC00 | (scalar & 0x3FF)))
      }
    }
  }

  static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil
  }
}

/// Heads of deterministic CBOR (RFC 8949, section 4.2): the shortest form of each length.
enum CBOR {
  static let pairHeader: [UInt8] = [0x82]

  static func textHeader(_ count: Int) -> [UInt8] { header(major: 3, UInt64(count)) }

  static func header(major: UInt8, _ value: UInt64) -> [UInt8] {
    let type = major << 5
    switch value {
    case ..<24: return [type | UInt8(value)]
    case ..<0x100: return [type | 24, UInt8(value)]
    case ..<0x1_0000: return [type | 25] + bytes(value, 2)
    case ..<0x1_0000_0000: return [type | 26] + bytes(value, 4)
    default: return [type | 27] + bytes(value, 8)
    }
  }

  private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
  }
}
