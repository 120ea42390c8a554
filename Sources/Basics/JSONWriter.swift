extension JSONValue {
  /// The document as text. Doubles are written with the fewest digits that read back to the same bits; a double that JSON
  /// cannot express (NaN, infinity) becomes null, so give the reason beside it.
  ///
  /// - Parameter pretty: one member a line, two spaces of indentation, and a final newline; else one line.
  public func text(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self, level: 0)
    if pretty { writer.out.append("\n") }
    return writer.out
  }
}

private struct JSONWriter {
  let pretty: Bool
  var out = ""

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: out.append("null")
    case .bool(let bool): out.append(bool ? "true" : "false")
    case .integer(let integer): out.append(String(integer))
    case .number(let number): out.append(number.isFinite ? "\(number)" : "null")
    case .string(let string): quote(string)
    case .array(let elements):
      out.append("[")
      for (index, element) in elements.enumerated() {
        separate(index, level + 1)
        write(element, level: level + 1)
      }
      close("]", isEmpty: elements.isEmpty, level)
    case .object(let object):
      out.append("{")
      for (index, member) in object.members.enumerated() {
        separate(index, level + 1)
        quote(member.key)
        out.append(pretty ? ": " : ":")
        write(member.value, level: level + 1)
      }
      close("}", isEmpty: object.members.isEmpty, level)
    }
  }

  private mutating func separate(_ index: Int, _ level: Int) {
    if index > 0 { out.append(",") }
    newline(level)
  }

  private mutating func close(_ bracket: String, isEmpty: Bool, _ level: Int) {
    if !isEmpty { newline(level) }
    out.append(bracket)
  }

  private mutating func newline(_ level: Int) {
    guard pretty else { return }
    out.append("\n")
    for _ in 0..<level { out.append("  ") }
  }

  private mutating func quote(_ string: String) {
    out.append("\"")
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": out.append("\\\"")
      case "\\": out.append("\\\\")
      case "\n": out.append("\\n")
      case "\r": out.append("\\r")
      case "\t": out.append("\\t")
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        out.append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: out.unicodeScalars.append(scalar)
      }
    }
    out.append("\"")
  }
}
