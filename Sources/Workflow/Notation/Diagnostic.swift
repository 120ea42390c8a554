import Basics

/// Something wrong with a model's text: what, where, and if possible how to mend it.
public struct Diagnostic: InputFault, Hashable {
  public enum Severity: String, Sendable, Hashable { case error, warning }

  public enum Kind: Sendable, Hashable {
    case unexpected(expected: String, found: String)
    case unknownShape(String), unknownSide(String)
    case unclosedString, controlCharacter, invalidUTF8
    case missingHandle, wrongSeparator(expected: String, found: String, place: String)
    case duplicateAttribute(String), unknownAttribute(String, place: String, nearest: String?), misplacedLabel
    case unclosedLane(String), strayBrace, prose, badLaneName(String)
    case misplacedDirective, unknownDirective(String, nearest: String?)
    case duplicateNode(String), duplicateLane(String)
    case unknownNode(String, nearest: String?), unknownLane(String, nearest: String?)
    case wrongLane(node: String, written: String, actual: String), missingLanePrefix(node: String, lane: String)
    case foreignEdge(node: String, lane: String), idOrder(found: String, expected: String)
    case longLabel(length: Int), missingLabel(String)
    case noModel, severalModels(Int), lateWorkflow
  }

  /// Replaces the bytes of `range` by `replacement`.
  public struct FixIt: Sendable, Hashable {
    public let range: Range<Int>
    public let replacement: String
  }

  public let kind: Kind
  /// The bytes in question.
  public let range: Range<Int>
  public let start: SourcePosition
  /// One past the last byte.
  public let end: SourcePosition
  public let fixIt: FixIt?

  public var position: SourcePosition? { start }

  public var severity: Severity {
    switch kind {
    case .unknownAttribute, .prose, .unknownDirective, .missingLanePrefix, .foreignEdge, .idOrder, .longLabel,
      .missingLabel:
      .warning
    default: .error
    }
  }

  public var sentence: String {
    switch kind {
    case .unexpected(let expected, let found): "expected \(expected), found \(found)."
    case .unknownShape(let found):
      "expected a shape (circle, rectangle, diamond, taskbox), found '\(found)'." + suggestion(found, Shape.self)
    case .unknownSide(let found):
      "expected a side (left, right, top, bottom), found '\(found)'." + suggestion(found, Side.self)
    case .unclosedString: "the string is not closed on its line; add '\"', and write a quote inside it as \\\"."
    case .controlCharacter: "control characters are not allowed here; write a line break as \\n, a tab as a space."
    case .invalidUTF8: "not valid UTF-8; save the file in that encoding."
    case .missingHandle: "expected '.handle(side)' behind the node's id; both ends of an edge need one."
    case .wrongSeparator(let expected, let found, let place): "expected '\(expected)' in \(place), found '\(found)'."
    case .duplicateAttribute(let name): "'\(name)' is given twice on this line; keep one."
    case .unknownAttribute(let name, let place, let nearest):
      "'\(name)' means nothing on \(place) and is ignored." + didYouMean(nearest)
    case .misplacedLabel: "a node's label is written label:\"…\" behind its shape, not in brackets."
    case .unclosedLane(let name): "lane '\(name)' is not closed; add a line '}' behind its last line."
    case .strayBrace: "'}' closes no lane; remove it, or open a lane with 'Name {' above."
    case .prose: "this line is not part of the model; remove it, or start it with '#'."
    case .badLaneName(let found):
      "expected one word as the lane's name, found '\(found)'; the name to show goes behind '{' as a comment."
    case .misplacedDirective: "a directive stands outside the lanes; move it above the model's first lane."
    case .unknownDirective(let name, let nearest):
      "expected workflow, unit, window or cohort behind '@', found '\(name)'." + didYouMean(nearest)
    case .duplicateNode(let id): "node '\(id)' is declared twice; ids are unique across all lanes."
    case .duplicateLane(let name): "lane '\(name)' is opened twice; put its lines into one."
    case .unknownNode(let id, let nearest): "no node '\(id)' is declared." + didYouMean(nearest)
    case .unknownLane(let name, let nearest): "no lane '\(name)' is declared." + didYouMean(nearest)
    case .wrongLane(let node, let written, let actual):
      "node '\(node)' is declared in lane '\(actual)', not in '\(written)'; write \(actual).\(node)."
    case .missingLanePrefix(let node, let lane): "node '\(node)' is in another lane; write \(lane).\(node)."
    case .foreignEdge(let node, let lane): "an edge is written in the lane it starts from; '\(node)' is in '\(lane)'."
    case .idOrder(let found, let expected):
      "node ids count up without gaps for FlowZap: expected '\(expected)', found '\(found)'."
    case .longLabel(let length): "the label has \(length) characters; FlowZap takes at most 50."
    case .missingLabel(let id): "node '\(id)' has no label; add label:\"…\"."
    case .noModel: "no lane is found; a model begins with a line such as 'Name { # Display name'."
    case .severalModels(let count): "expected one model, found \(count) (each begins with @workflow); keep one a file."
    case .lateWorkflow: "lanes stand above this @workflow without one of their own; begin each model with @workflow."
    }
  }

  /// The stable name of the kind, for scripts.
  public var code: String {
    switch kind {
    case .unexpected: "unexpected"
    case .unknownShape: "unknown-shape"
    case .unknownSide: "unknown-side"
    case .unclosedString: "unclosed-string"
    case .controlCharacter: "control-character"
    case .invalidUTF8: "invalid-utf8"
    case .missingHandle: "missing-handle"
    case .wrongSeparator: "wrong-separator"
    case .duplicateAttribute: "duplicate-attribute"
    case .unknownAttribute: "unknown-attribute"
    case .misplacedLabel: "misplaced-label"
    case .unclosedLane: "unclosed-lane"
    case .strayBrace: "stray-brace"
    case .prose: "prose"
    case .badLaneName: "bad-lane-name"
    case .misplacedDirective: "misplaced-directive"
    case .unknownDirective: "unknown-directive"
    case .duplicateNode: "duplicate-node"
    case .duplicateLane: "duplicate-lane"
    case .unknownNode: "unknown-node"
    case .unknownLane: "unknown-lane"
    case .wrongLane: "wrong-lane"
    case .missingLanePrefix: "missing-lane-prefix"
    case .foreignEdge: "foreign-edge"
    case .idOrder: "id-order"
    case .longLabel: "long-label"
    case .missingLabel: "missing-label"
    case .noModel: "no-model"
    case .severalModels: "several-models"
    case .lateWorkflow: "late-workflow"
    }
  }

  private func didYouMean(_ nearest: String?) -> String { nearest.map { " Did you mean '\($0)'?" } ?? "" }

  private func suggestion<Names: CaseIterable & RawRepresentable<String>>(_ found: String, _: Names.Type) -> String {
    didYouMean(nearestName(to: found, among: Names.allCases.map(\.rawValue)))
  }
}

// MARK: - Views

extension Diagnostic {
  /// `file:line:column: severity: sentence [code]`.
  public var text: String { "\(start): \(severity.rawValue): \(sentence) [\(code)]" }

  /// Everything a tool needs: code, severity, range in bytes and in lines, expected and found, fix-it.
  public var json: JSONValue {
    var object = JSONObject([
      ("code", .string(code)), ("severity", .string(severity.rawValue)), ("message", .string(sentence)),
      ("file", .string(start.file)), ("start", start.json(byte: range.lowerBound)),
      ("end", end.json(byte: range.upperBound)),
    ])
    if case .unexpected(let expected, let found) = kind {
      object["expected"] = .string(expected)
      object["found"] = .string(found)
    }
    if let fixIt {
      object["fixIt"] = [
        "start": .integer(fixIt.range.lowerBound), "end": .integer(fixIt.range.upperBound),
        "replacement": .string(fixIt.replacement),
      ]
    }
    return .object(object)
  }
}

extension Sequence<Diagnostic> {
  /// One diagnostic a line.
  public var text: String { map { $0.text + "\n" }.joined() }
  public var hasErrors: Bool { contains { $0.severity == .error } }
}
