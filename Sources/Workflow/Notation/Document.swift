import Basics

/// A text read line by line: every byte accounted for, every line understood or reported.
package struct Document: Sendable {
  /// What surrounds the model.
  package enum Mode: Sendable {
    /// A `.flow` file: anything that is not the model is a warning.
    case model
    /// Text with models in it: prose is fine.
    case document
  }
  package let source: SourceText
  package let mode: Mode
  package private(set) var lines: [Line] = []
  package private(set) var tokens: [Token] = []
  package private(set) var diagnostics: [Diagnostic] = []

  package init(_ source: SourceText, mode: Mode) {
    self.source = source
    self.mode = mode
    var scanner = LineScanner(bytes: source.bytes)
    scanner.tokens.reserveCapacity(source.bytes.count / 4)
    lines.reserveCapacity(source.lines.count)
    var open: (name: String, brace: Range<Int>)?
    for range in source.lines {
      let first = scanner.tokens.count
      scanner.begin(range)
      let statement = open == nil ? outside(&scanner, range) : inside(&scanner, range)
      switch statement {
      case .laneOpen(let name, let brace):
        if let open { report(.unclosedLane(open.name), open.brace) }
        open = (name.value, brace)
      case .misnamedLane(let name, _): open = (name, range)
      case .laneClose: open = nil
      default: break
      }
      lines.append(
        Line(range: range, tokens: first..<scanner.tokens.count, statement: statement, comment: scanner.comment))
    }
    if let open { report(.unclosedLane(open.name), open.brace) }
    tokens = scanner.tokens
  }

  /// The prose of the text: lines outside lanes and what stands behind a lane's `}`; blank ones do not count.
  package var prose: [Range<Int>] {
    lines.compactMap { line in
      switch line.statement {
      case .prose: line.range
      case .laneClose(let tail) where !source.isBlank(tail): tail
      default: nil
      }
    }
  }

  mutating func report(_ kind: Diagnostic.Kind, _ range: Range<Int>, fixIt: Diagnostic.FixIt? = nil) {
    diagnostics.append(
      Diagnostic(
        kind: kind, range: range, start: source.position(at: range.lowerBound),
        end: source.position(at: range.upperBound), fixIt: fixIt))
  }

  // MARK: - Lines

  private mutating func inside(_ scanner: inout LineScanner, _ range: Range<Int>) -> Statement {
    scanner.space()
    guard let byte = scanner.peek else { return .blank }
    if byte == UInt8(ascii: "}") {
      _ = scanner.take("}")
      let tail = scanner.cursor..<range.upperBound
      passRest(&scanner, as: .prose)
      if mode == .model, !source.isBlank(tail) { report(.prose, tail) }
      return .laneClose(tail: tail)
    }
    let first = scanner.tokens.count
    do throws(Problem) {
      if byte == UInt8(ascii: "@") {
        throw Problem(kind: .misplacedDirective, range: scanner.cursor..<range.upperBound)
      }
      return try scanner.laneStatement()
    } catch {
      passRest(&scanner, as: .unreadable)
      report(error.kind, error.range, fixIt: error.fixIt)
      return .unreadable(declaring: declaredID(scanner.tokens[first...]))
    }
  }

  private mutating func outside(_ scanner: inout LineScanner, _ range: Range<Int>) -> Statement {
    if source.isBlank(range) {
      scanner.space()
      return .blank
    }
    let first = scanner.tokens.count
    if scanner.sees("@") {
      do throws(Problem) {
        let statement = try scanner.directive()
        checkDirective(statement)
        return statement
      } catch {
        if mode == .model {
          passRest(&scanner, as: .unreadable)
          report(error.kind, error.range, fixIt: error.fixIt)
          return .unreadable(declaring: nil)
        }
        scanner.tokens.removeSubrange(first...)
        scanner.begin(range)
      }
    }
    scanner.space()
    if let name = scanner.identifier() {
      scanner.space()
      if let open = scanner.laneOpen(name) { return open }
    }
    scanner.tokens.removeSubrange(first...)
    scanner.begin(range)
    passRest(&scanner, as: .prose)
    return mode == .model ? strayLine(range) : .prose
  }

  /// A line of a model file that belongs to no lane: a comment, a slip, or prose.
  private mutating func strayLine(_ range: Range<Int>) -> Statement {
    let body = source.trimmed(range)
    if source.bytes[body.lowerBound] == UInt8(ascii: "#") { return .prose }
    if source.bytes[body.lowerBound] == UInt8(ascii: "}") {
      report(.strayBrace, body)
      return .prose
    }
    guard source.bytes[body.upperBound - 1] == UInt8(ascii: "{") else {
      report(.prose, body)
      return .prose
    }
    let found = source.text(source.trimmed(body.lowerBound..<body.upperBound - 1))
    let name = Self.laneName(found)
    report(.badLaneName(found), body, fixIt: .init(range: body, replacement: "\(name) { # \(found)"))
    return .misnamedLane(name: name, displayName: found)
  }

  /// "Client app" -> "ClientApp".
  private static func laneName(_ words: String) -> String {
    let parts = words.utf8.split { !$0.isIdentifierTail }.compactMap { String($0) }
    let name = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    guard let head = name.utf8.first else { return "Lane" }
    return head.isIdentifierHead ? name : "Lane" + name
  }

  private mutating func checkDirective(_ statement: Statement) {
    let known = ["workflow", "unit", "window", "cohort"]
    guard mode == .model, case .directive(let name, _) = statement, !known.contains(name.value) else { return }
    report(.unknownDirective(name.value, nearest: nearestName(to: name.value, among: known)), name.range)
  }

  private func passRest(_ scanner: inout LineScanner, as kind: Token.Kind) {
    let start = max(scanner.tokens.last?.range.upperBound ?? 0, scanner.cursor)
    scanner.cursor = scanner.end
    scanner.emit(kind, from: start)
  }

  /// The id of a node whose line could not be read to its end.
  private func declaredID(_ tokens: ArraySlice<Token>) -> String? {
    let words = tokens.filter { $0.kind != .space }
    guard words.count >= 2, words[words.startIndex].kind == .identifier,
      source.bytes[words[words.startIndex + 1].range.lowerBound] == UInt8(ascii: ":")
    else { return nil }
    return source.text(words[words.startIndex].range)
  }
}
