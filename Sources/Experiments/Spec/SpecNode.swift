import Basics
import Yams

/// A YAML document as a tree whose nodes know where they stand.
struct SpecNode: Sendable {
  enum Content: Sendable {
    /// `isPlain`: without quotes, so that numbers and booleans mean themselves.
    case scalar(String, isPlain: Bool)
    case sequence([SpecNode])
    case mapping([Member])
  }
  struct Member: Sendable {
    let key: String
    let position: SourcePosition
    let value: SpecNode
  }
  let content: Content
  let position: SourcePosition
}

// MARK: - Meaning of scalars (YAML 1.2 core schema)

extension SpecNode {
  var isNull: Bool {
    if case .scalar(let text, isPlain: true) = content {
      ["", "~", "null", "Null", "NULL"].contains(text)
    } else {
      false
    }
  }

  var bool: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// Finite numbers only.
  var number: Double? {
    guard case .scalar(let text, isPlain: true) = content, let first = text.utf8.first,
      text.utf8.allSatisfy({ Self.numberBytes.contains($0) }),
      first != UInt8(ascii: "e"), first != UInt8(ascii: "E"), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  private static let numberBytes = Set("+-.0123456789eE".utf8)

  var integer: Int? {
    guard case .scalar(let text, isPlain: true) = content, text.utf8.allSatisfy({ Self.integerBytes.contains($0) })
    else { return nil }
    return Int(text)
  }

  private static let integerBytes = Set("+-0123456789".utf8)

  /// The text of any scalar but null.
  var text: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// The value of a mapping's key; nil if it is absent or null.
  func member(_ key: String) -> SpecNode? {
    guard case .mapping(let members) = content else { return nil }
    return members.first { $0.key == key && !$0.value.isNull }?.value
  }

  /// The value as JSON, for values that we only hand on.
  var json: JSONValue {
    switch content {
    case .sequence(let elements): return .array(elements.map(\.json))
    case .mapping(let members): return .object(JSONObject(members.map { ($0.key, $0.value.json) }))
    case .scalar(let text, _):
      if isNull { return .null }
      if let bool { return .bool(bool) }
      if let integer { return .integer(integer) }
      return number.map { .number($0) } ?? .string(text)
    }
  }

  /// What stands there, for an error's sentence.
  var found: String {
    switch content {
    case .sequence(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .mapping: "a mapping"
    case .scalar(let text, _): isNull ? "nothing" : "'\(text.count > 40 ? text.prefix(40) + "…" : text)'"
    }
  }
}

// MARK: - Reading

extension SpecNode {
  static let byteLimit = 1 << 20
  static let nodeLimit = 50_000

  /// Parses one YAML document.
  ///
  /// - Throws: `SpecFault` with line and column; also for keys given twice and for documents that aliases blow up.
  init(yaml: String, file: String) throws(SpecFault) {
    let lines = SourceLines(yaml, file: file)
    let bytes = yaml.utf8.count
    guard bytes <= Self.byteLimit else {
      throw SpecFault(kind: .tooLarge(bytes: bytes, limit: Self.byteLimit), position: SourcePosition(file: file))
    }
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch { throw lines.fault(error) }
    guard let root else { throw SpecFault(kind: .empty, position: SourcePosition(file: file)) }
    var budget = Self.nodeLimit
    self = try Self.convert(root, lines, &budget)
  }

  private static func convert(_ node: Node, _ lines: SourceLines, _ budget: inout Int) throws(SpecFault) -> SpecNode {
    let position = lines.position(node.mark)
    budget -= 1
    guard budget > 0 else {
      throw SpecFault(kind: .notYAML(problem: "more than \(nodeLimit) values"), position: position)
    }
    switch node {
    case .scalar(let scalar):
      return SpecNode(content: .scalar(scalar.string, isPlain: scalar.style == .plain), position: position)
    case .sequence(let sequence):
      var elements: [SpecNode] = []
      for element in sequence { elements.append(try convert(element, lines, &budget)) }
      return SpecNode(content: .sequence(elements), position: position)
    case .mapping(let mapping):
      var members: [Member] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw SpecFault(kind: .notYAML(problem: "a key must be a word"), position: lines.position(key.mark))
        }
        members.append(
          Member(key: name.string, position: lines.position(name.mark), value: try convert(value, lines, &budget)))
      }
      return SpecNode(content: .mapping(members), position: position)
    case .alias:
      throw SpecFault(kind: .notYAML(problem: "an alias without its anchor"), position: position)
    }
  }
}

/// The lines of a text, to turn columns counted in characters into columns counted in bytes.
private struct SourceLines {
  let file: String
  private let lines: [Substring.UnicodeScalarView]

  init(_ text: String, file: String) {
    self.file = file
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      Substring($0).unicodeScalars
    }
  }

  func position(_ mark: Mark?) -> SourcePosition {
    guard let mark, lines.indices.contains(mark.line - 1) else {
      return SourcePosition(file: file, line: mark?.line)
    }
    let before = lines[mark.line - 1].prefix(max(0, mark.column - 1))
    return SourcePosition(file: file, line: mark.line, column: String(before).utf8.count + 1)
  }

  func fault(_ error: any Error) -> SpecFault {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      SpecFault(kind: .notYAML(problem: problem), position: position(mark))
    case .reader(let problem, _, _, _):
      SpecFault(kind: .notYAML(problem: problem), position: SourcePosition(file: file))
    case .duplicatedKeysInMapping(let keys, let context):
      SpecFault(kind: .duplicateKey(keys.first ?? ""), position: position(context.mark))
    default: SpecFault(kind: .notYAML(problem: "\(error)"), position: SourcePosition(file: file))
    }
  }
}
