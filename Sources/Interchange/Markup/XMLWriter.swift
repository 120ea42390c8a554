/// XML as text, element by element, indented by two spaces; everything from outside is escaped.
struct XMLWriter {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var level = 0

  typealias Attributes = KeyValuePairs<String, String?>

  /// An element without content; attributes that are nil are left out.
  mutating func empty(_ name: String, _ attributes: Attributes = [:]) {
    open(name, attributes, closing: "/>\n")
  }

  mutating func element(_ name: String, _ attributes: Attributes = [:], _ content: (inout XMLWriter) -> Void) {
    open(name, attributes, closing: ">\n")
    level += 1
    content(&self)
    level -= 1
    text += indentation + "</\(name)>\n"
  }

  mutating func element(_ name: String, _ attributes: Attributes = [:], text content: String) {
    open(name, attributes, closing: ">")
    text += Self.escaped(content) + "</\(name)>\n"
  }

  /// An element whose attributes are only known at run time; their names must be XML names.
  mutating func empty(_ name: String, named attributes: [(String, String)]) {
    text += indentation + "<\(name)"
    for attribute in attributes { text += " \(attribute.0)=\"\(Self.escaped(attribute.1))\"" }
    text += "/>\n"
  }

  private mutating func open(_ name: String, _ attributes: Attributes, closing: String) {
    text += indentation + "<\(name)"
    for (key, value) in attributes {
      if let value { text += " \(key)=\"\(Self.escaped(value))\"" }
    }
    text += closing
  }

  private var indentation: String { String(repeating: "  ", count: level) }

  /// Also without the characters that XML 1.0 cannot hold in any form.
  ///
  /// - Source: Extensible Markup Language (XML) 1.0, fifth edition, production 2, Char.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
