/// Columns that text takes on a terminal, after UAX #11 (East Asian Width) and the emoji presentation of UTS #51.
package enum DisplayWidth {
  /// Columns of one character: 0, 1 or 2.
  package static func of(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.value < 0x300 { return 1 }
    for scalar in character.unicodeScalars where scalar.value == 0xFE0F || scalar.properties.isEmojiPresentation {
      return 2
    }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return isWide(first.value) ? 2 : 1
    }
  }

  package static func of(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + of($1) } }

  /// Cut to at most `width` columns, the cut marked by "…" (".." in ASCII).
  package static func truncate(_ text: String, to width: Int, unicode: Bool = true) -> String {
    guard of(text) > width else { return text }
    let mark = unicode ? "…" : width >= 4 ? ".." : "."
    let room = width - of(mark)
    guard room >= 0 else { return "" }
    var out = ""
    var used = 0
    for character in text {
      let next = used + of(character)
      if next > room { break }
      out.append(character)
      used = next
    }
    return out + mark
  }

  /// Labels come from data: controls, escape sequences and direction overrides must not reach a terminal.
  package static func printable(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: out.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: out.append("\u{FFFD}")
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

/// Text in lines of at most a width.
package enum TextWrap {
  /// Breaks at blanks; a word longer than a line is cut into lines. The first line starts with `first`, others with as many
  /// blanks.
  package static func lines(_ text: String, width: Int, first: String = "") -> [String] {
    let margin = min(DisplayWidth.of(first), max(width - 8, 0))
    let room = max(width - margin, 1)
    var lines: [String] = []
    var line = ""
    for word in DisplayWidth.printable(text).split(separator: " ") {
      var rest = String(word)
      if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(rest) <= room {
        line += " " + rest
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while DisplayWidth.of(rest) > room { lines.append(takeLine(&rest, room)) }
      line = rest
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    let blanks = String(repeating: " ", count: margin)
    return lines.enumerated().map { ($0 == 0 ? DisplayWidth.truncate(first, to: margin) : blanks) + $1 }
  }

  private static func takeLine(_ text: inout String, _ room: Int) -> String {
    var used = 0
    var end = text.startIndex
    while end < text.endIndex {
      let width = DisplayWidth.of(text[end])
      if used + width > room, end > text.startIndex { break }
      used += width
      end = text.index(after: end)
    }
    let line = String(text[..<end])
    text = String(text[end...])
    return line
  }
}
