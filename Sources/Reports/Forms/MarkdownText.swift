/// GitHub-flavoured Markdown.
package struct MarkdownText {
  package private(set) var text = ""

  package init() {}

  package mutating func heading(_ level: Int, _ title: String) {
    separate()
    text += String(repeating: "#", count: level) + " " + Self.escape(title) + "\n"
  }

  package mutating func paragraph(_ words: String) {
    separate()
    text += words + "\n"
  }

  /// Lines as they are, for a shell.
  package mutating func code(_ lines: String) {
    separate()
    text += "```sh\n\(lines)\n```\n"
  }

  package mutating func list(_ items: [String]) {
    guard !items.isEmpty else { return }
    separate()
    for item in items { text += "- " + item + "\n" }
  }

  /// - Parameter columns: title, and whether the column is of numbers (aligned right).
  package mutating func table(_ columns: [(title: String, numeric: Bool)], _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    separate()
    text += line(columns.map { Self.escape($0.title) })
    text += line(columns.map { $0.numeric ? "---:" : ":---" })
    for row in rows { text += line(row.map(Self.escape)) }
  }

  /// Text that shows as it is: no markup, no HTML, no line breaks.
  package static func escape(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in DisplayWidth.printable(text).unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~": out += ["\\", scalar]
      case "<": out += "&lt;".unicodeScalars
      case ">": out += "&gt;".unicodeScalars
      case "&": out += "&amp;".unicodeScalars
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

  private mutating func separate() { if !text.isEmpty { text += "\n" } }
}
