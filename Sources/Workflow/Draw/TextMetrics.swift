/// Widths of text without a font: the same on every machine.
///
/// The table holds the advance widths of Helvetica in thousandths of the font's size (Adobe Font Metrics), which Arial and
/// Liberation Sans share. The picture asks for exactly these families.
enum TextMetrics {
  static let families = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

  /// The width of a line in pixels; `bold` is 6 % wider, which is the mean over English text.
  static func width(_ text: some StringProtocol, size: Double, bold: Bool = false) -> Double {
    let thousandths = text.unicodeScalars.reduce(0) { $0 + advance($1) }
    return Double(thousandths) * size / 1000 * (bold ? 1.06 : 1)
  }

  /// Breaks a text into lines of at most `width`, at spaces if it can, within words if it must.
  ///
  /// - Parameter limit: the most lines; what is left over is replaced by an ellipsis.
  static func wrap(_ text: String, width: Double, size: Double, limit: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n") {
      var line = ""
      for word in paragraph.split(whereSeparator: \.isWhitespace).flatMap({ pieces($0, width, size) }) {
        let longer = line.isEmpty ? word : "\(line) \(word)"
        if line.isEmpty || self.width(longer, size: size) <= width {
          line = longer
        } else {
          lines.append(line)
          line = word
        }
        guard lines.count <= limit else { break }
      }
      if !line.isEmpty { lines.append(line) }
      guard lines.count <= limit else { break }
    }
    guard lines.count > limit, limit > 0 else { return lines }
    var last = lines[limit - 1]
    while !last.isEmpty, self.width(last + "…", size: size) > width { last.removeLast() }
    return Array(lines[..<(limit - 1)]) + [last + "…"]
  }

  /// The same, with lines as equal in length as the number of lines that it needs anyway allows.
  static func balanced(_ text: String, width: Double, size: Double, limit: Int) -> [String] {
    let widest = wrap(text, width: width, size: size, limit: limit)
    guard widest.count > 1 else { return widest }
    var best = widest
    var narrower = width - 4
    while narrower > width / 2 {
      let lines = wrap(text, width: narrower, size: size, limit: limit + 1)
      guard lines.count == widest.count, lines.joined() == widest.joined() else { break }
      best = lines
      narrower -= 4
    }
    return best
  }

  /// A word too wide for a line, cut.
  private static func pieces(_ word: Substring, _ width: Double, _ size: Double) -> [String] {
    guard self.width(word, size: size) > width else { return [String(word)] }
    var pieces: [String] = []
    var piece = ""
    for character in word {
      if !piece.isEmpty, self.width(piece + String(character), size: size) > width {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    return pieces + [piece]
  }

  // MARK: - The table

  /// Space to tilde.
  private static let ascii: [Int] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]

  /// Scalars above ASCII by their block: marks take no room, East Asian ones and pictures a full square.
  private static func advance(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20..<0x7F: ascii[Int(scalar.value) - 0x20]
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x300...0x36F, 0x1AB0...0x1AFF, 0x20D0...0x20FF: 0
    case 0xB7, 0x2010...0x2011, 0x2018...0x2019: 333
    case 0x2013, 0x2212: 556
    case 0xA0...0x17F: scalar.properties.isUppercase ? 722 : 556
    case 0x180...0x10FF, 0x1E00...0x2000: 667
    case 0x1100...0x115F, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0xFF00...0xFF60, 0x1F000...0x3FFFD: 1000
    default: 1000
    }
  }
}
