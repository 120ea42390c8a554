import Basics

/// The one layout of a model's text. What is not layout (prose, comments, the spelling of strings) is kept byte for byte.
extension Notation {
  /// How much of a text the formatter keeps.
  public enum Format: Sendable {
    /// Everything: lines that could not be read, prose and comments stay as they are.
    case full
    /// Only what FlowZap's strict validator knows: no extension attributes, directives, prose or comments but lane names.
    case plain
  }

  /// Lays out a text: one space between words, labels in the first bracket group, extensions in the second.
  ///
  /// `format(format(x))` is `format(x)`, and both have the models of `x`.
  public static func format(_ bytes: some Sequence<UInt8>, as format: Format = .full) -> [UInt8] {
    var formatter = Formatter(document: Document(SourceText(Array(bytes), file: "-"), mode: .document), format: format)
    return formatter.run()
  }

  public static func format(_ text: String, as format: Format = .full) -> String {
    String(decoding: self.format(text.utf8, as: format), as: UTF8.self)
  }
}

private struct Formatter {
  let document: Document
  let format: Notation.Format
  var out: [UInt8] = []
  private var source: SourceText { document.source }

  init(document: Document, format: Notation.Format) {
    self.document = document
    self.format = format
  }

  mutating func run() -> [UInt8] {
    out.reserveCapacity(source.bytes.count + 64)
    if format == .full { out += source.bytes[..<source.bodyStart] }
    var awaitsName = false
    for (index, line) in document.lines.enumerated() {
      if format == .plain, !isPlain(line, awaitsName) { continue }
      write(line)
      let terminator = source.terminator(ofLine: index)
      if !terminator.isEmpty {
        out += source.bytes[terminator]
      } else if needsEnd(line) {
        endLine()
      }
      awaitsName = isNameMissing(line, awaitsName)
    }
    return out
  }

  // MARK: - Lines

  private mutating func write(_ line: Line) {
    switch line.statement {
    case .blank: break
    case .prose, .unreadable, .misnamedLane: out += source.bytes[line.range]
    case .comment: break
    case .directive(let name, let attributes):
      write("@", name.range)
      for attribute in attributes { write(" ", attribute) }
    case .laneOpen(let name, _):
      write("", name.range)
      write(" {")
    case .laneClose(let tail):
      write("}")
      if format == .full, !source.isBlank(tail) { out += source.bytes[tail] }
    case .node(let node): write(node)
    case .edge(let edge): write(edge)
    case .loop(let loop):
      write("loop [", loop.condition.range)
      write("]")
      for node in loop.nodes { write(" ", node.range) }
    }
    guard let comment = line.comment, format == .full || isLaneName(line) else { return }
    if case .comment = line.statement {} else { write(" ") }
    write("", source.trimmed(comment))
  }

  private mutating func write(_ node: NodeSyntax) {
    write("", node.id.range)
    write(": \(node.shape.rawValue)")
    for pair in node.pairs {
      write(" ", pair.name.range)
      write(":", pair.value.range)
    }
    if format == .full { writeGroup(node.attributes) }
  }

  private mutating func write(_ edge: EdgeSyntax) {
    write(edge.source)
    write(" -> ")
    write(edge.target)
    if let label = edge.attributes.first(where: { $0.name.value == "label" }) {
      write(" [label=")
      if label.value.isQuoted { write("", label.value.range) } else { write(Self.quoted(label.value.value)) }
      write("]")
    }
    if format == .full { writeGroup(edge.attributes.filter { $0.name.value != "label" }) }
  }

  private mutating func write(_ reference: ReferenceSyntax) {
    if let lane = reference.lane { write("\(lane.value).") }
    write("\(reference.node.value).handle(\(reference.side.rawValue))")
  }

  private mutating func writeGroup(_ attributes: [AttributeSyntax]) {
    for (index, attribute) in attributes.enumerated() { write(index == 0 ? " [" : " ", attribute) }
    if !attributes.isEmpty { write("]") }
  }

  // MARK: - Pieces

  private mutating func write(_ text: String) { out += text.utf8 }

  private mutating func write(_ before: String, _ range: Range<Int>) {
    out += before.utf8
    out += source.bytes[range]
  }

  private mutating func write(_ before: String, _ attribute: AttributeSyntax) {
    write(before, attribute.name.range)
    write("=", attribute.value.range)
  }

  private mutating func endLine() {
    out += document.lines.count > 1 ? source.bytes[source.terminator(ofLine: 0)] : [0x0A]
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing(scalar: "\\", with: "\\\\"))\""
  }

  /// Prose and unreadable lines at the end of the text stay without a line end if they have none.
  private func needsEnd(_ line: Line) -> Bool {
    switch line.statement {
    case .prose, .unreadable, .misnamedLane, .blank: false
    case .laneClose(let tail): source.isBlank(tail) || format == .plain
    default: true
    }
  }

  // MARK: - Plain

  private func isPlain(_ line: Line, _ awaitsName: Bool) -> Bool {
    switch line.statement {
    case .laneOpen, .laneClose, .node, .edge, .loop: true
    case .comment: awaitsName
    default: false
    }
  }

  private func isLaneName(_ line: Line) -> Bool {
    switch line.statement {
    case .laneOpen, .comment: true
    default: false
    }
  }

  /// Whether the next comment-only line would be the lane's display name.
  private func isNameMissing(_ line: Line, _ awaitsName: Bool) -> Bool {
    switch line.statement {
    case .laneOpen: line.comment.map { source.isBlank($0.lowerBound + 1..<$0.upperBound) } ?? true
    case .comment: awaitsName && (line.comment.map { source.isBlank($0.lowerBound + 1..<$0.upperBound) } ?? true)
    case .node, .laneClose: false
    default: awaitsName
    }
  }
}
