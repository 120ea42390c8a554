import Basics

/// What is wrong with a table, and where.
public struct TableFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case unreadable(reason: String)
    case isFolder
    case empty
    case headerOnly
    case duplicateColumn(String)
    case missingColumn(String, nearest: String?, columns: [String])
    case otherColumns(missing: String, first: String)
    case raggedRow(found: Int, expected: Int)
    case unclosedQuote
    case textAfterQuote
    case quoteInField
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
    case tooManyBadRows(bad: Int, rows: Int)
  }
  public let kind: Kind
  public let position: SourcePosition?

  public init(_ kind: Kind, at position: SourcePosition?) {
    self.kind = kind
    self.position = position
  }

  public var sentence: String {
    switch kind {
    case .unreadable(let reason): "cannot be read: \(reason)."
    case .isFolder: "is a folder; a table is expected. Name its files, for example with a pattern: FOLDER/*.csv"
    case .empty: "the file is empty; a header line and rows are expected."
    case .headerOnly: "there is a header but no row."
    case .duplicateColumn(let name): "the column '\(name)' stands twice in the header. Rename one of them."
    case .missingColumn(let name, let nearest, let columns):
      "no column '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? " The columns are \(Self.list(columns)).")
    case .otherColumns(let missing, let first):
      "no column '\(missing)', which \(first) has. Files of one table must have the same columns."
    case .raggedRow(let found, let expected):
      "the row has \(found) \(found == 1 ? "field" : "fields"), the header \(expected)."
        + (found < expected ? " Is a line break or a separator lost?" : " Is a field with a separator not quoted?")
    case .unclosedQuote: "this quoted field is never closed."
    case .textAfterQuote: "text follows the closing quote. A quote inside a quoted field is written twice."
    case .quoteInField: "a quote stands inside a field that does not begin with one. Quote the whole field."
    case .nulByte: "a NUL byte: this is no text file, or it is UTF-16. Convert it to UTF-8."
    case .invalidUTF8: "not valid UTF-8. Convert the file, for example with iconv -f latin1 -t utf8."
    case .notANumber(let column, let found):
      "column '\(column)' expects a number, found '\(found)'." + Self.hint(found)
    case .numberTooLarge(let column, let found): "column '\(column)': '\(found)' is too large for a double."
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
    case .badGzip(let reason): "not a whole gzip file: \(reason)."
    case .changed(let before, let after):
      "the file had \(before.grouped) bytes when reading began and has \(after.grouped) now. Run again when it is whole."
    case .tooManyBadRows(let bad, let rows): "\(bad.grouped) of \(rows.grouped) rows cannot be read."
    }
  }

  private static func list(_ columns: [String]) -> String {
    let shown = columns.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
    return columns.count > 12 ? shown + " and \(columns.count - 12) more" : shown
  }

  private static func hint(_ found: String) -> String {
    let looksDecimal = found.contains(",") && found.allSatisfy { $0.isNumber || $0 == "," || $0 == "-" || $0 == "." }
    if looksDecimal { return " Numbers are written with a decimal point and without thousands separators." }
    return ["na", "n/a", "null", "none", "nan", "-", "\\n"].contains(found.lowercased())
      ? " If it stands for a missing value, pass --null '\(found)'." : ""
  }
}
