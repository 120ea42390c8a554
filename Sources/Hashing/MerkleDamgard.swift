/// What MD5, SHA-1 and SHA-256 share: a one bit, zeros, the length in bits, blocks of 64 bytes.
enum MerkleDamgard {
  /// Lays prefix ‖ middle ‖ suffix out in one temporary buffer with its padding, and gives it to `body`.
  ///
  /// - Parameter body: gets the first byte and the number of bytes, a multiple of 64.
  @inline(__always)
  static func withPadded<Result>(
    _ prefix: [UInt8], _ middle: UnsafeRawBufferPointer, _ suffix: [UInt8], bigEndianLength: Bool,
    _ body: (UnsafeRawPointer, Int) -> Result
  ) -> Result {
    let middleEnd = prefix.count &+ middle.count
    let count = middleEnd &+ suffix.count
    let padded = (count &+ 9 &+ 63) & ~63
    return withUnsafeTemporaryAllocation(byteCount: padded, alignment: 8) { message in
      // The pieces follow each other without a gap, and the padding fills the rest.
      prefix.withUnsafeBytes { message.copyMemory(from: $0) }
      UnsafeMutableRawBufferPointer(rebasing: message[prefix.count..<middleEnd]).copyMemory(from: middle)
      if !suffix.isEmpty {
        suffix.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: message[middleEnd..<count]).copyMemory(from: $0)
        }
      }
      UnsafeMutableRawBufferPointer(rebasing: message[count...]).initializeMemory(as: UInt8.self, repeating: 0)
      message[count] = 0x80
      let bits = UInt64(count) &* 8
      let length = bigEndianLength ? bits.bigEndian : bits.littleEndian
      message.storeBytes(of: length, toByteOffset: padded &- 8, as: UInt64.self)
      return body(UnsafeRawPointer(message.baseAddress!), padded)
    }
  }
}
