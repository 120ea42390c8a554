/// A tree of HTML or SVG elements. Text and attributes are escaped when written, so that no label can become markup; the
/// result is well-formed XML as well.
package indirect enum Markup: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  case element(String, [(name: String, value: String)], [Markup])
  case text(String)
  case list([Markup])
  /// A style sheet of ours, as it is; never text from outside.
  case styleSheet(StaticString)
  /// An SVG that the workflow room drew and escaped, as it is.
  case drawing(String)

  package init(stringLiteral value: String) { self = .text(value) }

  package static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: Markup...
  ) -> Markup {
    .element(name, attributes.map { ($0.key, $0.value) }, children)
  }

  package var html: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .text(let text): Self.escape(text, into: &out)
    case .list(let nodes): for node in nodes { node.write(to: &out) }
    case .drawing(let svg): out += svg
    case .styleSheet(let sheet): out += "<style>\(sheet)</style>\n"
    case .element(let name, let attributes, let children):
      out += "<" + name
      for attribute in attributes {
        out += " \(attribute.name)=\""
        Self.escape(attribute.value, into: &out)
        out += "\""
      }
      if children.isEmpty, Self.empty.contains(name) {
        out += "/>"
      } else {
        out += ">"
        for child in children { child.write(to: &out) }
        out += "</\(name)>"
      }
      if Self.blocks.contains(name) { out += "\n" }
    }
  }

  private static let empty: Set<String> = [
    "meta", "br", "hr", "col", "line", "circle", "rect", "path", "polyline", "polygon", "use",
  ]
  private static let blocks: Set<String> = [
    "html", "head", "body", "title", "meta", "header", "main", "section", "footer", "div", "p", "ul", "ol", "li", "dl",
    "table", "thead", "tbody", "tr", "h1", "h2", "h3", "details", "summary", "svg", "figure", "nav", "article",
  ]

  private static func escape(_ text: String, into out: inout String) {
    for scalar in DisplayWidth.printable(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
}
