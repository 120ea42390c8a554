import Basics

/// What is wrong with a table, and where.
public struct TableFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unreadable(reason: String)
    case isFolder
    case isDevice
    /// A stream's text, of which so many bytes came, fits nowhere.
    case noRoom(bytes: Int, place: String, reason: String)
    case empty
    case headerOnly
    /// With the columns' places, from 1.
    case duplicateColumn(String, first: Int, second: Int)
    /// `option`: which names it on the command line.
    case missingColumn(String, nearest: String?, columns: [String], option: String? = nil)
    case otherColumns(missing: String, first: String)
    case raggedRow(found: Int, expected: Int)
    /// The same at a carriage return that no line feed follows.
    case loneReturn(found: Int, expected: Int)
    case unclosedQuote
    case textAfterQuote
    case quoteInField
    /// No text at all.
    case foreign(ForeignFormat)
    case nulByte
    case invalidUTF8
    case notANumber(column: String, found: String)
    case numberTooLarge(column: String, found: String)
    case notABoolean(column: String, found: String)
    /// A column that stands alone in a condition.
    case noCondition(column: String, found: String)
    case notATime(column: String, found: String)
    case emptyCell(column: String)
    /// The value cannot be used, for a reason that another module gives.
    case refused(column: String, reason: String)
    case badGzip(reason: String)
    /// Bytes of the file when it was opened, and when it was read.
    case changed(from: Int, to: Int)
    /// The file ended here, before what was its end when it was opened.
    case cutOff
    case needsMemory(MemoryFault)
    /// `first`: what is wrong with the first of them, which stands at `position`.
    case tooManyBadRows(bad: Int, rows: Int, allowed: Double, first: String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  public init(_ kind: Kind, at position: SourcePosition?) {
    self.kind = kind
    self.position = position
  }

  public var sentence: String {
    switch kind {
    case .unreadable(let reason): "cannot be read: \(reason). Check its name, its folder and its permissions."
    case .isFolder: "is a folder; a table is expected. Name its files, for example with a pattern: FOLDER/*.csv"
    case .isDevice: "is a device; a table is expected, a file or a pipe."
    case .noRoom(let bytes, let place, let reason):
      "there is no room for its text in \(place) after \(bytes.grouped) bytes: \(reason). Free some, or set TMPDIR to a "
        + "folder with more; a plain file needs none."
    case .empty: "the file is empty; a header line and rows are expected. Is the export whole?"
    case .headerOnly: "there is a header but no row. Is the export whole?"
    case .duplicateColumn(let name, let first, let second):
      "the column '\(name)' stands twice in the header, as column \(first.grouped) and \(second.grouped). Rename one of them."
    case .missingColumn(let name, let nearest, let columns, let option):
      "no column '\(name)'." + Self.advice(name, nearest, columns) + (option.map { " Name it with \($0)." } ?? "")
    case .otherColumns(let missing, let first):
      "no column '\(missing)', which \(first) has. Files of one table must all have the columns that are asked for."
    case .raggedRow(let found, let expected):
      "the row has \(Self.fields(found)), the header \(expected)."
        + (found < expected ? " Is a line break or a separator lost?" : " Is a field with a separator not quoted?")
    case .loneReturn(let found, let expected):
      "a carriage return without a line feed ends a row here, so that one has \(Self.fields(found)); the header has "
        + "\(expected). Quote the field that holds it, or take it out."
    case .unclosedQuote:
      "this quoted field is never closed. Close it; a quote inside a quoted field is written twice."
    case .textAfterQuote: "text follows the closing quote. A quote inside a quoted field is written twice."
    case .quoteInField: "a quote stands inside a field that does not begin with one. Quote the whole field."
    case .foreign(let format): format.sentence(position?.file ?? "FILE")
    case .nulByte: "a NUL byte: this is no text file, or it is UTF-16. Convert it to UTF-8."
    case .invalidUTF8: "not valid UTF-8. Convert the file, for example with iconv -f latin1 -t utf8."
    case .notANumber(let column, let found):
      "column '\(column)' expects a number, found '\(found)'." + Self.hint(found)
    case .numberTooLarge(let column, let found):
      "column '\(column)': '\(found)' is too large for a double." + Self.correction
    case .notABoolean(let column, let found):
      "column '\(column)' expects 0 or 1, true or false, found '\(found)'. Is it a mean rather than a proportion?"
    case .noCondition(let column, let found):
      "the condition '\(column)' holds where the column is 1 or true and not where it is 0 or false; found '\(found)'. "
        + "Compare it with something: \(column) == \"\(found.contains("\"") ? "..." : found)\""
    case .notATime(let column, let found):
      "column '\(column)' expects a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found '\(found)'."
        + FieldParsing.whyNotATime(found)
    case .emptyCell(let column): "column '\(column)' is empty here; it needs a value in every row."
    case .refused(let column, let reason): "column '\(column)': \(reason)"
    case .badGzip(let reason): "not a whole gzip file: \(reason). Copy it again; 'gzip -t' tests it."
    case .changed(let before, let after):
      "the file had \(before.grouped) bytes when reading began and has \(after.grouped) now. Run again when it is whole."
    case .cutOff: "the file became shorter while it was read. Run again when it is whole."
    case .needsMemory(let fault): fault.sentence
    case .tooManyBadRows(let bad, let rows, let allowed, let first):
      "\(bad.grouped) of \(rows.grouped) rows cannot be read, \(Self.percent(Double(bad) / Double(rows))), and "
        + "\(Self.percent(allowed)) are allowed. The first is here: \(first)"
    }
  }

  private static func fields(_ count: Int) -> String { "\(count) \(count == 1 ? "field" : "fields")" }
  private static func percent(_ share: Double) -> String { (share * 100).readable + "%" }

  private static func advice(_ name: String, _ nearest: String?, _ columns: [String]) -> String {
    guard let nearest else { return " The columns are \(list(columns))." }
    return nearest == name
      ? " The header has it with accents in another encoding (composed or decomposed); copy the name from there."
      : " Did you mean '\(nearest)'?"
  }

  private static func list(_ columns: [String]) -> String {
    let shown = columns.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
    return columns.count > 12 ? shown + " and \(columns.count - 12) more" : shown
  }

  private static let correction = " Correct it, or allow a share of such rows with --allow-bad-rows."

  private static func hint(_ found: String) -> String {
    let looksDecimal = found.contains(",") && found.allSatisfy { $0.isNumber || $0 == "," || $0 == "-" || $0 == "." }
    if looksDecimal { return " Numbers are written with a decimal point and without thousands separators." }
    if ["na", "n/a", "null", "none", "nan", "-", "\\n"].contains(found.lowercased()) {
      return " If it stands for a missing value, pass --null '\(found)'."
    }
    if found.hasSuffix("%"), Double(found.dropLast()) != nil {
      return " Write a percentage as a fraction, 0.12 for 12%."
    }
    if found.contains("_"), Double(found.replacing("_", with: "")) != nil { return " Digits are not grouped." }
    if found.first.map({ "$€£¥".contains($0) }) ?? false { return " Write the number alone, without its unit." }
    return correction
  }
}

extension TablePart {
  /// What is wrong with a row, and its place in the file. Where a lone carriage return at an end of the row makes it too short
  /// or too long, in a file whose lines end otherwise, that is named.
  func fault(of fault: RowFault) -> TableFault {
    guard case .raggedRow(let found, let expected) = fault.kind, let row = fault.row,
      let first = file.text.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }), !isLoneReturn(first),
      let place = [row.upperBound, row.lowerBound - 1].first(where: isLoneReturn)
    else { return TableFault(fault.kind, at: file.position(of: fault.offset)) }
    return TableFault(.loneReturn(found: found, expected: expected), at: file.position(of: place))
  }

  private func isLoneReturn(_ index: Int) -> Bool {
    let text = file.text
    return index >= 0 && index < text.count && text[index] == 0x0D
      && (index + 1 == text.count || text[index + 1] != 0x0A)
  }
}
