/// Why a line could not be read, before it is known on which line.
struct Problem: Error {
  let kind: Diagnostic.Kind
  let range: Range<Int>
  var fixIt: Diagnostic.FixIt?
}

/// Reads one line byte by byte and leaves a token for everything that it passes.
struct LineScanner {
  let bytes: [UInt8]
  var cursor = 0
  var end = 0
  var tokens: [Token] = []
  var comment: Range<Int>?

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func begin(_ line: Range<Int>) {
    (cursor, end, comment) = (line.lowerBound, line.upperBound, nil)
  }

  var peek: UInt8? { cursor < end ? bytes[cursor] : nil }

  func sees(_ character: Unicode.Scalar) -> Bool { peek == UInt8(ascii: character) }

  mutating func emit(_ kind: Token.Kind, from start: Int) {
    if start < cursor { tokens.append(Token(kind: kind, range: start..<cursor)) }
  }

  /// Passes white space; true if there was some.
  @discardableResult
  mutating func space() -> Bool {
    let start = cursor
    while let byte = peek, byte.isSpace { cursor += 1 }
    emit(.space, from: start)
    return cursor > start
  }

  mutating func take(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard cursor + length <= end else { return false }
    let matches = text.withUTF8Buffer { wanted in (0..<length).allSatisfy { bytes[cursor + $0] == wanted[$0] } }
    guard matches else { return false }
    cursor += length
    emit(.punctuation, from: cursor - length)
    return true
  }

  mutating func expect(_ text: StaticString, _ what: String) throws(Problem) {
    guard take(text) else { throw unexpected(what) }
  }

  mutating func identifier() -> Spelled? {
    guard let head = peek, head.isIdentifierHead else { return nil }
    let start = cursor
    while let byte = peek, byte.isIdentifierTail { cursor += 1 }
    emit(.identifier, from: start)
    return Spelled(value: String(decoding: bytes[start..<cursor], as: UTF8.self), range: start..<cursor)
  }

  mutating func identifier(_ what: String) throws(Problem) -> Spelled {
    guard let word = identifier() else { throw unexpected(what) }
    return word
  }

  /// A string in double quotes: `\"`, `\\` and `\n` mean what they say, any other `\x` stays two characters.
  mutating func string() throws(Problem) -> Spelled {
    let start = cursor
    var text: [UInt8] = []
    var scan = cursor + 1
    while scan < end, bytes[scan] != UInt8(ascii: "\"") {
      if bytes[scan].isControl { throw Problem(kind: .controlCharacter, range: scan..<scan + 1) }
      if bytes[scan] == UInt8(ascii: "\\"), scan + 1 < end {
        scan += 1
        switch bytes[scan] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): break
        case UInt8(ascii: "n"):
          text.append(0x0A)
          scan += 1
          continue
        default:
          text.append(UInt8(ascii: "\\"))
          continue
        }
      }
      text.append(bytes[scan])
      scan += 1
    }
    guard scan < end else { throw Problem(kind: .unclosedString, range: start..<end) }
    guard let value = String(validating: text, as: UTF8.self) else {
      throw Problem(kind: .invalidUTF8, range: start..<scan + 1)
    }
    cursor = scan + 1
    emit(.string, from: start)
    return Spelled(value: value, range: start..<cursor, isQuoted: true)
  }

  /// A value without quotes: up to white space, a comma, a bracket, a quote or `#`.
  mutating func bare() throws(Problem) -> Spelled {
    let start = cursor
    var scan = cursor
    while scan < end, !Self.endsBare(bytes[scan]) {
      if bytes[scan].isControl { throw Problem(kind: .controlCharacter, range: scan..<scan + 1) }
      scan += 1
    }
    guard scan > start else { throw unexpected("a value") }
    guard let value = String(validating: bytes[start..<scan], as: UTF8.self) else {
      throw Problem(kind: .invalidUTF8, range: start..<scan)
    }
    cursor = scan
    emit(.bare, from: start)
    return Spelled(value: value, range: start..<cursor)
  }

  private static func endsBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "#"): true
    default: byte.isSpace
    }
  }

  /// The end of the line, with a comment before it if there is one.
  mutating func finish(or what: String = "the end of the line or a comment") throws(Problem) {
    space()
    guard let byte = peek else { return }
    guard byte == UInt8(ascii: "#") else { throw unexpected(what) }
    let range = cursor..<end
    if let bad = range.first(where: { bytes[$0].isControl && bytes[$0] != 0x09 }) {
      throw Problem(kind: .controlCharacter, range: bad..<bad + 1)
    }
    guard String(validating: bytes[range], as: UTF8.self) != nil else {
      throw Problem(kind: .invalidUTF8, range: range)
    }
    cursor = end
    emit(.comment, from: range.lowerBound)
    comment = range
  }

  func unexpected(_ expected: String) -> Problem {
    let (range, found) = next
    return Problem(kind: .unexpected(expected: expected, found: found), range: range)
  }

  /// The word or character at the cursor, as the user sees it.
  private var next: (range: Range<Int>, text: String) {
    guard let byte = peek else { return (cursor..<cursor, "the end of the line") }
    guard byte.isIdentifierTail else {
      let isPlain = (0x21..<0x7F).contains(byte)
      return (cursor..<cursor + 1, isPlain ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)")
    }
    var stop = cursor
    while stop < min(end, cursor + 24), bytes[stop].isIdentifierTail { stop += 1 }
    return (cursor..<stop, "'\(String(decoding: bytes[cursor..<stop], as: UTF8.self))'")
  }
}
