/// One piece of the text. The tokens of a text and its line ends together are every byte of it, in order.
package struct Token: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case space, identifier, string, bare, punctuation, comment, prose, condition
    /// From the first byte that could not be read to the end of its line.
    case unreadable
  }
  package let kind: Kind
  package let range: Range<Int>
}

/// A word or a string with its meaning and its bytes (of a string: with the quotes).
package struct Spelled: Sendable, Hashable {
  package let value: String
  package let range: Range<Int>
  var isQuoted = false
}

package struct AttributeSyntax: Sendable {
  package let name: Spelled
  package let value: Spelled
}

package struct NodeSyntax: Sendable {
  package let id: Spelled
  package let shape: Shape
  package var pairs: [AttributeSyntax] = []
  package var attributes: [AttributeSyntax] = []
}

package struct ReferenceSyntax: Sendable {
  package let lane: Spelled?
  package let node: Spelled
  package let side: Side
}

package struct EdgeSyntax: Sendable {
  package let source: ReferenceSyntax
  package let target: ReferenceSyntax
  package var attributes: [AttributeSyntax] = []
}

package struct LoopSyntax: Sendable {
  package let condition: Spelled
  package var nodes: [Spelled] = []
}

/// What one line says.
package enum Statement: Sendable {
  case blank, prose
  case comment
  case directive(name: Spelled, attributes: [AttributeSyntax])
  case laneOpen(name: Spelled, brace: Range<Int>)
  case laneClose(tail: Range<Int>)
  case node(NodeSyntax)
  case edge(EdgeSyntax)
  case loop(LoopSyntax)
  /// The line could not be read and is kept as it is. What it declares is known, so that uses of it are not errors too.
  case unreadable(declaring: String?)
  /// A lane opened under a name that is not an identifier.
  case misnamedLane(name: String, displayName: String)
}

package struct Line: Sendable {
  package let range: Range<Int>
  /// Indices into the document's tokens.
  package let tokens: Range<Int>
  package let statement: Statement
  /// The comment that ends the line, with its `#`.
  package let comment: Range<Int>?
}
