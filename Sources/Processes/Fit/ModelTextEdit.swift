import Workflow

/// Attributes written into a model's text; every other byte stays as it is.
package struct ModelTextEdit {
  private let document: Document
  /// Bytes to put in place of a range; ranges do not overlap.
  private var changes: [(range: Range<Int>, text: String)] = []

  package init(_ parsed: ParsedModel) { document = parsed.document }

  /// Sets attributes of the node of an id.
  package mutating func set(node id: String, _ attributes: [(name: String, value: String)]) {
    for line in document.lines {
      guard case .node(let node) = line.statement, node.id.value == id else { continue }
      set(attributes, among: node.attributes, in: line)
    }
  }

  /// Sets attributes of an edge, counted in the order in which edges are written.
  package mutating func set(edge index: Int, _ attributes: [(name: String, value: String)]) {
    var next = 0
    for line in document.lines {
      guard case .edge(let edge) = line.statement else { continue }
      if next == index { return set(attributes, among: edge.attributes, in: line) }
      next += 1
    }
  }

  package var bytes: [UInt8] {
    var (result, next): ([UInt8], Int) = ([], 0)
    let source = document.source.bytes
    for change in changes.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      result += source[next..<change.range.lowerBound]
      result += Array(change.text.utf8)
      next = change.range.upperBound
    }
    return result + source[next...]
  }

  /// A value that is there is replaced; a new one joins the last attribute that is no label, or makes a group of its own, which
  /// readers of the plain notation pass over.
  private mutating func set(
    _ attributes: [(name: String, value: String)], among written: [AttributeSyntax], in line: Line
  ) {
    var added = ""
    for attribute in attributes {
      if let old = written.last(where: { $0.name.value == attribute.name }) {
        changes.append((old.value.range, Self.spelled(attribute.value)))
      } else {
        added += (added.isEmpty ? "" : " ") + "\(attribute.name)=\(Self.spelled(attribute.value))"
      }
    }
    guard !added.isEmpty else { return }
    if let neighbour = written.last(where: { $0.name.value != "label" }) {
      let end = neighbour.value.range.upperBound
      if let replaced = changes.firstIndex(where: { $0.range == neighbour.value.range }) {
        changes[replaced].text += " " + added
      } else {
        changes.append((end..<end, " " + added))
      }
    } else {
      let end = self.end(of: line)
      changes.append((end..<end, " [\(added)]"))
    }
  }

  /// Behind the last token that is neither blank nor a comment.
  private func end(of line: Line) -> Int {
    document.tokens[line.tokens].last { $0.kind != .space && $0.kind != .comment }?.range.upperBound
      ?? line.range.upperBound
  }

  private static func spelled(_ value: String) -> String {
    let isBare = !value.isEmpty && value.allSatisfy { !$0.isWhitespace && !"\",[]#".contains($0) }
    if isBare { return value }
    return "\"" + value.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
