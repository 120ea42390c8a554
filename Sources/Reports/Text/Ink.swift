/// How text is set off: weight and colour.
package struct TextStyle: Sendable, Hashable {
  package enum Color: Int, Sendable { case red = 31, green = 32, yellow = 33, blue = 34, cyan = 36 }
  package var bold = false
  package var dim = false
  package var color: Color?

  package init(bold: Bool = false, dim: Bool = false, color: Color? = nil) {
    self.bold = bold
    self.dim = dim
    self.color = color
  }

  package static let plain = TextStyle()
  package static let bold = TextStyle(bold: true)
  package static let dim = TextStyle(dim: true)
}

/// What the terminal can show: colours, and symbols beyond ASCII.
package struct Ink: Sendable {
  package var color: Bool
  package var unicode: Bool

  package init(color: Bool, unicode: Bool) {
    self.color = color
    self.unicode = unicode
  }

  package var format: NumberFormat { NumberFormat(unicode: unicode) }

  package func paint(_ text: String, _ style: TextStyle) -> String {
    guard color, style != .plain, !text.isEmpty else { return text }
    var codes: [String] = []
    if style.bold { codes.append("1") }
    if style.dim { codes.append("2") }
    if let color = style.color { codes.append("\(color.rawValue)") }
    return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
  }

  /// One of two spellings of a symbol.
  package func symbol(_ unicode: String, _ ascii: String) -> String { self.unicode ? unicode : ascii }

  package var dot: String { symbol("·", "-") }
  package var bullet: String { symbol("•", "*") }
  package var rule: Character { unicode ? "─" : "-" }
}
