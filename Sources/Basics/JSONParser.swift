/// Why a text is not JSON.
public struct JSONFault: InputFault {
  public enum Kind: Sendable, Hashable {
    case unexpected(found: String, expected: String)
    case unexpectedEnd(expected: String)
    case badNumber, badEscape, controlCharacter, invalidUTF8, tooDeep(limit: Int), duplicateKey(String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  public var sentence: String {
    switch kind {
    case .unexpected(let found, let expected): "expected \(expected), found \(found)."
    case .unexpectedEnd(let expected): "the text ends where \(expected) is expected."
    case .badNumber: "not a JSON number, or too large for a double."
    case .badEscape: "not a JSON escape; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX."
    case .controlCharacter: "a control character must be escaped in a JSON string."
    case .invalidUTF8: "not valid UTF-8."
    case .tooDeep(let limit): "nested deeper than \(limit) levels."
    case .duplicateKey(let key): "the key '\(key)' is given twice."
    }
  }
}

extension JSONValue {
  /// Parses one JSON document (RFC 8259): UTF-8, no trailing text, no duplicate keys, at most 512 levels.
  ///
  /// - Parameter file: the name used in errors.
  /// - Throws: `JSONFault` with line and column.
  public init(parsing bytes: some Collection<UInt8>, file: String = "-") throws(JSONFault) {
    var parser = JSONParser(bytes: Array(bytes), file: file)
    self = try parser.document()
  }

  public init(parsing text: String, file: String = "-") throws(JSONFault) {
    try self.init(parsing: Array(text.utf8), file: file)
  }
}

private struct JSONParser {
  static let depthLimit = 512
  let bytes: [UInt8]
  let file: String
  var index = 0

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  mutating func document() throws(JSONFault) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw unexpected("the end of the text") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    guard depth < Self.depthLimit else { throw fault(.tooDeep(limit: Self.depthLimit)) }
    skipSpace()
    guard let byte = peek else { throw unexpected("a JSON value") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw unexpected("a JSON value")
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var members: [(key: String, value: JSONValue)] = []
    var seen: Set<[UInt8]> = []
    skipSpace()
    if take("}") { return .object(JSONObject()) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
      let key = try string()
      guard seen.insert(Array(key.utf8)).inserted else { throw fault(.duplicateKey(key)) }
      skipSpace()
      guard take(":") else { throw unexpected("':'") }
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(JSONObject(members)) }
      guard take(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw unexpected("',' or ']'") }
    }
  }

  private mutating func string() throws(JSONFault) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw fault(.invalidUTF8) }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault(.controlCharacter)
      default:
        text.append(byte)
        index += 1
      }
    }
    throw fault(.unexpectedEnd(expected: "'\"'"))
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    index += 1
    guard let letter = peek else { throw fault(.unexpectedEnd(expected: "an escape")) }
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hexQuad()
      if (0xD800..<0xDC00).contains(scalar) {
        guard take("\\"), take("u") else { throw fault(.badEscape) }
        let low = try hexQuad()
        guard (0xDC00..<0xE000).contains(low) else { throw fault(.badEscape) }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let unicode = Unicode.Scalar(scalar) else { throw fault(.badEscape) }
      text.append(contentsOf: String(unicode).utf8)
    default:
      index -= 1
      throw fault(.badEscape)
    }
  }

  private mutating func hexQuad() throws(JSONFault) -> UInt32 {
    guard index + 4 <= bytes.count, let digits = String(validating: bytes[index..<index + 4], as: UTF8.self),
      !digits.hasPrefix("+"), !digits.hasPrefix("-"), let value = UInt32(digits, radix: 16)
    else { throw fault(.badEscape) }
    index += 4
    return value
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = index
    _ = take("-")
    guard let first = peek, isDigit(first) else { throw fault(.badNumber) }
    if !take("0") { digits() }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard let byte = peek, isDigit(byte) else { throw fault(.badNumber) }
      digits()
    }
    if take("e") || take("E") {
      isInteger = false
      _ = take("+") || take("-")
      guard let byte = peek, isDigit(byte) else { throw fault(.badNumber) }
      digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isInteger, let value = Int(text), text != "-0" { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault(.badNumber) }
    return .number(value)
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    let wanted = Array("\(text)".utf8)
    guard bytes[index...].starts(with: wanted) else { throw unexpected("a JSON value") }
    index += wanted.count
    return value
  }

  // MARK: Bytes

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private mutating func digits() { while let byte = peek, isDigit(byte) { index += 1 } }
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }
  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private func unexpected(_ expected: String) -> JSONFault {
    guard let byte = peek else { return fault(.unexpectedEnd(expected: expected)) }
    let found = (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
    return fault(.unexpected(found: found, expected: expected))
  }

  private func fault(_ kind: JSONFault.Kind) -> JSONFault {
    let before = bytes[..<min(index, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = index - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return JSONFault(kind: kind, position: SourcePosition(file: file, line: line, column: column))
  }
}
