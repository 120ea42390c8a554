import Basics

/// The bytes of a text, cut into lines at LF, CRLF or CR.
package struct SourceText: Sendable {
  package let file: String
  package let bytes: [UInt8]
  /// The text of each line, without what ends it.
  package let lines: [Range<Int>]
  /// A byte order mark, which is kept and ignored.
  package let bodyStart: Int

  package init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    bodyStart = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var lines: [Range<Int>] = []
    var start = bodyStart
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte == 0x0A || byte == 0x0D else { continue }
      lines.append(start..<index - 1)
      if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
      start = index
    }
    if start < bytes.count { lines.append(start..<bytes.count) }
    self.lines = lines
  }

  /// What ends a line: LF, CRLF, CR or nothing at the end of the text.
  package func terminator(ofLine line: Int) -> Range<Int> {
    let end = line + 1 < lines.count ? lines[line + 1].lowerBound : bytes.count
    return lines[line].upperBound..<end
  }

  /// Line and column (bytes, 1-based) of an offset; O(log lines).
  package func position(at offset: Int) -> SourcePosition {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    let line = max(low, 1)
    let start = lines.isEmpty ? bodyStart : lines[line - 1].lowerBound
    return SourcePosition(file: file, line: line, column: max(offset - start, 0) + 1)
  }

  /// The text of a range; bytes that are not UTF-8 are shown as U+FFFD.
  package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0.isSpace } }

  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, bytes[start].isSpace { start += 1 }
    while end > start, bytes[end - 1].isSpace { end -= 1 }
    return start..<end
  }
}

extension UInt8 {
  /// Space or tab: the notation's white space.
  var isSpace: Bool { self == 0x20 || self == 0x09 }
  var isIdentifierHead: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
  }
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isIdentifierTail: Bool { isIdentifierHead || isDigit }
  var isControl: Bool { self < 0x20 || self == 0x7F }
}
