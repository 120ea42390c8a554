import Basics

/// Rows of RFC 4180: fields quoted where needed, numbers with the fewest digits that read back to the same bits.
package struct CSVText {
  /// Lines end with a line feed, as other tools for pipes write them.
  package private(set) var text = ""

  package init(header: [String]) { add(header) }

  package mutating func add(_ fields: [String]) {
    text += fields.map(Self.field).joined(separator: ",") + "\n"
  }

  /// A number; nil, NaN and infinities have no field.
  package static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return "\(value)"
  }
  package static func number(_ value: Int?) -> String { value.map(String.init) ?? "" }

  private static func field(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
    return "\"" + text.replacing(scalar: "\"", with: "\"\"") + "\""
  }
}
