import Basics

/// A condition on a row: `event == "purchase" && value > 0`.
///
/// ```
/// either     = both { "||" both }
/// both       = term { "&&" term }
/// term       = "!" term | "(" either ")" | comparison
/// comparison = column [ ("==" | "!=") (number | text) | ("<" | "<=" | ">" | ">=") number ]
/// column     = word | "`" any "`"        text = '"' any '"' | "'" any "'"
/// ```
/// A column alone holds where it is true. A field that is empty, or a word for a missing value, compares false with everything,
/// by `!=` too. Numbers compare as numbers, text by its bytes.
package struct RowFilter: Sendable {
  private indirect enum Node: Sendable {
    case either(Node, Node)
    case both(Node, Node)
    case not(Node)
    case isTrue(Int)
    case text(Int, equal: Bool, [UInt8])
    case number(Int, Comparison, Double)
  }
  private enum Comparison: String, Sendable {
    case equal = "==", unequal = "!=", less = "<", atMost = "<=", more = ">", atLeast = ">="
  }

  private let root: Node
  /// The columns named, each once.
  package let columns: [String]

  /// - Throws: `RowFilterFault` with the column of the expression at which something else was expected.
  package init(_ text: String) throws(RowFilterFault) {
    var parser = Parser(text)
    root = try parser.whole()
    columns = parser.columns
  }

  /// - Parameters:
  ///   - nullWords: what stands for a missing value.
  ///   - field: the row's field of the column with this number in `columns`.
  /// - Throws: if a field that is compared with a number is none.
  package func holds(nullWords: [[UInt8]] = [], _ field: (Int) -> Field) throws(FieldFault) -> Bool {
    try Self.holds(root, nullWords, field)
  }

  /// A field that is not what the filter compares it with.
  package struct FieldFault: Error {
    package let column: Int
    package let isNumber: Bool
  }

  private static func holds(
    _ node: Node, _ nullWords: [[UInt8]], _ field: (Int) -> Field
  ) throws(FieldFault) -> Bool {
    switch node {
    case .either(let a, let b):
      if try holds(a, nullWords, field) { return true }
      return try holds(b, nullWords, field)
    case .both(let a, let b):
      guard try holds(a, nullWords, field) else { return false }
      return try holds(b, nullWords, field)
    case .not(let a): return try !holds(a, nullWords, field)
    case .isTrue(let column):
      let text = field(column).trimmed
      if text.isMissing(nullWords) { return false }
      guard let value = FieldParsing.boolean(text) else { throw FieldFault(column: column, isNumber: false) }
      return value
    case .text(let column, let isEqual, let wanted):
      let found = field(column)
      if found.bytes.isMissing(nullWords) { return false }
      let isSame = found.hasDoubledQuotes ? Array(found.string.utf8) == wanted : found.bytes.elementsEqual(wanted)
      return isSame == isEqual
    case .number(let column, let comparison, let wanted):
      let text = field(column).trimmed
      if text.isMissing(nullWords) { return false }
      guard case .value(let value) = FieldParsing.number(text) else { throw FieldFault(column: column, isNumber: true) }
      return compare(value, comparison, wanted)
    }
  }

  private static func compare(_ a: Double, _ comparison: Comparison, _ b: Double) -> Bool {
    switch comparison {
    case .equal: a == b
    case .unequal: a != b
    case .less: a < b
    case .atMost: a <= b
    case .more: a > b
    case .atLeast: a >= b
    }
  }

  // MARK: - Parsing

  private struct Parser {
    private let text: String
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private(set) var columns: [String] = []

    init(_ text: String) {
      self.text = text
      bytes = Array(text.utf8)
    }

    mutating func whole() throws(RowFilterFault) -> Node {
      let node = try either()
      skipBlanks()
      guard index == bytes.count else { throw expected("'&&', '||' or the end") }
      return node
    }

    private mutating func either() throws(RowFilterFault) -> Node {
      var node = try both()
      while take("||") { node = .either(node, try both()) }
      return node
    }

    private mutating func both() throws(RowFilterFault) -> Node {
      var node = try term()
      while take("&&") { node = .both(node, try term()) }
      return node
    }

    private mutating func term() throws(RowFilterFault) -> Node {
      depth += 1
      defer { depth -= 1 }
      guard depth <= 100 else { throw expected("fewer than 100 parentheses or negations inside each other") }
      if take("!") { return .not(try term()) }
      if take("(") {
        let node = try either()
        guard take(")") else { throw expected("')'") }
        return node
      }
      return try comparison()
    }

    private mutating func comparison() throws(RowFilterFault) -> Node {
      let column = try column()
      skipBlanks()
      let place = index
      let symbols = ["==", "!=", "<=", ">=", "<", ">"]
      guard let symbol = symbols.first(where: { take($0) }), let comparison = Comparison(rawValue: symbol) else {
        if index < bytes.count, bytes[index] == UInt8(ascii: "=") { throw expected("'=='") }
        return .isTrue(column)
      }
      if let wanted = try quoted() {
        guard comparison == .equal || comparison == .unequal else {
          index = place
          throw expected("'==' or '!=', as text has no order here,")
        }
        return .text(column, equal: comparison == .equal, wanted)
      }
      return .number(column, comparison, try number())
    }

    private mutating func column() throws(RowFilterFault) -> Int {
      skipBlanks()
      var name: [UInt8] = []
      if index < bytes.count, bytes[index] == UInt8(ascii: "`") {
        guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "`")) else { throw expected("a closing '`'") }
        name = Array(bytes[(index + 1)..<end])
        index = end + 1
      } else {
        while index < bytes.count, Self.isWord(bytes[index]) {
          name.append(bytes[index])
          index += 1
        }
      }
      guard !name.isEmpty else { throw expected("a column") }
      let column = String(decoding: name, as: UTF8.self)
      if let known = columns.firstIndex(of: column) { return known }
      columns.append(column)
      return columns.count - 1
    }

    private mutating func quoted() throws(RowFilterFault) -> [UInt8]? {
      skipBlanks()
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
        return nil
      }
      guard let end = bytes[(index + 1)...].firstIndex(of: bytes[index]) else { throw expected("a closing quote") }
      defer { index = end + 1 }
      return Array(bytes[(index + 1)..<end])
    }

    private mutating func number() throws(RowFilterFault) -> Double {
      skipBlanks()
      let start = index
      while index < bytes.count, Self.isWord(bytes[index]) || bytes[index] == UInt8(ascii: "+") { index += 1 }
      let found = bytes[start..<index].withUnsafeBufferPointer { FieldParsing.number($0) }
      guard case .value(let value) = found else {
        index = start
        throw expected("a number, or text in quotes")
      }
      return value
    }

    /// Letters, digits, `_`, `-`, `.`, `$` and everything beyond ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        true
      default: "_-.$".utf8.contains(byte)
      }
    }

    private mutating func take(_ symbol: String) -> Bool {
      skipBlanks()
      guard bytes[index...].starts(with: symbol.utf8) else { return false }
      index += symbol.utf8.count
      return true
    }

    private mutating func skipBlanks() {
      while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    private func expected(_ wanted: String) -> RowFilterFault {
      let rest = String(decoding: bytes[min(index, bytes.count)...], as: UTF8.self)
      return RowFilterFault(
        expected: wanted, found: rest.isEmpty ? "the end" : "'\(rest.prefix(20))'",
        position: SourcePosition(file: text, line: 1, column: index + 1))
    }
  }
}

/// What is wrong with the text of a `RowFilter`, and where.
public struct RowFilterFault: InputFault, Hashable {
  let expected: String
  let found: String
  public let position: SourcePosition?
  public var sentence: String {
    "expected \(expected) in the condition, found \(found). Example: event == \"purchase\" && value > 0"
  }
}
