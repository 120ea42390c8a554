import Basics

/// Why a condition is not one.
package struct ConditionFault: Error, Hashable {
  package let column: Int
  package let expected: String
  package var sentence: String {
    "expects a condition such as significant or share >= 0.5; at column \(column): \(expected)."
  }
}

/// A closed expression over a step's result: `significant`, `not valid`, `choice == "Yes" and share >= 0.5`, `else`.
///
/// A name is a member of the result, `a.b` a member of a member. A name alone holds if it is true. Values of different kinds
/// are not equal and not in order. No code, no calls: an expression always ends.
package struct Condition: Sendable, Hashable {
  package indirect enum Term: Sendable, Hashable {
    case otherwise
    case holds([String])
    case compare([String], Comparison, JSONValue)
    case not(Term), and(Term, Term), or(Term, Term)
  }
  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "==", unequal = "!=", atMost = "<=", atLeast = ">=", less = "<", greater = ">"
  }
  package let term: Term

  package init(parsing text: String) throws(ConditionFault) {
    var parser = ConditionParser(bytes: Array(text.utf8))
    term = try parser.whole()
  }

  package var isElse: Bool { term == .otherwise }

  package func holds(for value: JSONValue) -> Bool { Self.evaluate(term, value) }

  private static func evaluate(_ term: Term, _ value: JSONValue) -> Bool {
    switch term {
    case .otherwise: true
    case .holds(let path): member(path, value)?.bool == true
    case .compare(let path, let comparison, let wanted): compare(member(path, value) ?? .null, comparison, wanted)
    case .not(let term): !evaluate(term, value)
    case .and(let a, let b): evaluate(a, value) && evaluate(b, value)
    case .or(let a, let b): evaluate(a, value) || evaluate(b, value)
    }
  }

  private static func member(_ path: [String], _ value: JSONValue) -> JSONValue? {
    path.reduce(value as JSONValue?) { $0?[$1] }
  }

  private static func compare(_ found: JSONValue, _ comparison: Comparison, _ wanted: JSONValue) -> Bool {
    if let a = found.double, let b = wanted.double { return ordered(a, comparison, b) }
    if let a = found.string, let b = wanted.string { return ordered(a, comparison, b) }
    switch comparison {
    case .equal: return found == wanted
    case .unequal: return found != wanted
    default: return false
    }
  }

  private static func ordered<Value: Comparable>(_ a: Value, _ comparison: Comparison, _ b: Value) -> Bool {
    switch comparison {
    case .equal: a == b
    case .unequal: a != b
    case .atMost: a <= b
    case .atLeast: a >= b
    case .less: a < b
    case .greater: a > b
    }
  }
}

/// `or` binds less than `and`, `and` less than `not`; parentheses group.
private struct ConditionParser {
  static let depthLimit = 64
  let bytes: [UInt8]
  var cursor = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func whole() throws(ConditionFault) -> Condition.Term {
    let term = word("else") ? .otherwise : try alternatives()
    space()
    guard cursor == bytes.count else { throw fault("expected 'and', 'or' or the end") }
    return term
  }

  private mutating func alternatives() throws(ConditionFault) -> Condition.Term {
    var term = try all()
    while word("or") { term = .or(term, try all()) }
    return term
  }

  private mutating func all() throws(ConditionFault) -> Condition.Term {
    var term = try single()
    while word("and") { term = .and(term, try single()) }
    return term
  }

  private mutating func single() throws(ConditionFault) -> Condition.Term {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw fault("nested too deeply") }
    if word("not") { return .not(try single()) }
    if take("(") {
      let term = try alternatives()
      guard take(")") else { throw fault("expected ')'") }
      return term
    }
    let path = try path()
    for comparison in Condition.Comparison.allCases where take(comparison.rawValue) {
      return .compare(path, comparison, try literal())
    }
    return .holds(path)
  }

  private mutating func path() throws(ConditionFault) -> [String] {
    var path: [String] = []
    space()
    repeat {
      let start = cursor
      while cursor < bytes.count, bytes[cursor].isIdentifierTail { cursor += 1 }
      guard cursor > start, bytes[start].isIdentifierHead else { throw fault("expected a name") }
      path.append(String(decoding: bytes[start..<cursor], as: UTF8.self))
    } while takeHere(".")
    return path
  }

  private mutating func literal() throws(ConditionFault) -> JSONValue {
    space()
    let start = cursor
    if cursor < bytes.count, bytes[cursor] == UInt8(ascii: "\"") || bytes[cursor] == UInt8(ascii: "'") {
      let quote = bytes[cursor]
      guard let close = bytes[(cursor + 1)...].firstIndex(of: quote) else { throw fault("the string is not closed") }
      cursor = close + 1
      return .string(String(decoding: bytes[(start + 1)..<close], as: UTF8.self))
    }
    while cursor < bytes.count, !bytes[cursor].isSpace, bytes[cursor] != UInt8(ascii: ")") { cursor += 1 }
    guard let value = try? JSONValue(parsing: bytes[start..<cursor]) else {
      cursor = start
      throw fault("expected a number, a string, true, false or null")
    }
    return value
  }

  private mutating func space() {
    while cursor < bytes.count, bytes[cursor].isSpace { cursor += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    space()
    return takeHere(text)
  }

  private mutating func takeHere(_ text: String) -> Bool {
    guard bytes[cursor...].starts(with: text.utf8) else { return false }
    cursor += text.utf8.count
    return true
  }

  private mutating func word(_ text: String) -> Bool {
    space()
    let next = cursor + text.utf8.count
    guard bytes[cursor...].starts(with: text.utf8) else { return false }
    guard next == bytes.count || !(bytes[next].isIdentifierTail || bytes[next] == UInt8(ascii: ".")) else {
      return false
    }
    cursor = next
    return true
  }

  private func fault(_ expected: String) -> ConditionFault { ConditionFault(column: cursor + 1, expected: expected) }
}
