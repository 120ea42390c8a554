/// Whether bytes are text: valid UTF-8 without NUL.
enum TextCheck {
  /// - Returns: the first byte that is not, and what is wrong with it.
  static func firstFault(_ bytes: UnsafeRawBufferPointer) -> (offset: Int, kind: TableFault.Kind)? {
    var index = 0
    while true {
      index = endOfPlainRun(bytes, from: index)
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      if byte == 0 { return (index, .nulByte) }
      if byte < 0x80 {
        index += 1
        continue
      }
      guard let next = endOfSequence(bytes, at: index) else { return (index, .invalidUTF8) }
      index = next
    }
  }

  /// Skips 32 bytes at a time while they are ASCII and not NUL.
  private static func endOfPlainRun(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while index &+ 32 <= bytes.count {
      var bad: UInt64 = 0
      for k in 0..<4 {
        let word = bytes.loadUnaligned(fromByteOffset: index &+ 8 &* k, as: UInt64.self)
        // A zero byte borrows into its high bit; a byte above 0x7F has it set.
        bad |= ((word &- ones) | word) & highs
      }
      if bad != 0 { break }
      index &+= 32
    }
    return index
  }

  /// The end of the well-formed sequence at `index` (Unicode 15, table 3-7), or nil.
  private static func endOfSequence(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
    func isTail(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      index + offset < bytes.count && range.contains(bytes[index + offset])
    }
    switch bytes[index] {
    case 0xC2...0xDF: return isTail(1) ? index + 2 : nil
    case 0xE0: return isTail(1, 0xA0...0xBF) && isTail(2) ? index + 3 : nil
    case 0xED: return isTail(1, 0x80...0x9F) && isTail(2) ? index + 3 : nil
    case 0xE1...0xEF: return isTail(1) && isTail(2) ? index + 3 : nil
    case 0xF0: return isTail(1, 0x90...0xBF) && isTail(2) && isTail(3) ? index + 4 : nil
    case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? index + 4 : nil
    case 0xF4: return isTail(1, 0x80...0x8F) && isTail(2) && isTail(3) ? index + 4 : nil
    default: return nil
    }
  }
}
