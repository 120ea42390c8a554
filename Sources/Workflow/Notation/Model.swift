/// A workflow model: what its text means, without where it was written.
///
/// Two texts with the same meaning give equal models: comments, spacing and the grouping of attributes are not part of it.
public struct Model: Sendable, Hashable {
  /// The last prose line before the first lane, if any.
  public var description: String?
  /// `@workflow`, `@unit`, … in their order.
  public var directives: [Directive]
  public var lanes: [Lane]
  public var nodes: [Node]
  public var edges: [Edge]
  public var loops: [Loop]

  public init(
    description: String? = nil, directives: [Directive] = [], lanes: [Lane] = [], nodes: [Node] = [],
    edges: [Edge] = [], loops: [Loop] = []
  ) {
    (self.description, self.directives, self.lanes) = (description, directives, lanes)
    (self.nodes, self.edges, self.loops) = (nodes, edges, loops)
  }

  /// `id=` of the `@workflow` directive.
  public var id: String? { directives.first { $0.name == "workflow" }?.attributes["id"] }
  /// `title=` of the `@workflow` directive.
  public var title: String? { directives.first { $0.name == "workflow" }?.attributes["title"] }

  /// The node of an id; linear. For many look-ups build a `ModelGraph`.
  public func node(_ id: String) -> Node? { nodes.first { $0.id == id } }
}

/// A band of the model, usually a team or a system.
public struct Lane: Sendable, Hashable {
  /// The identifier before `{`, used as a prefix in edges.
  public var name: String
  /// The comment behind `{`.
  public var displayName: String?

  public init(name: String, displayName: String? = nil) { (self.name, self.displayName) = (name, displayName) }
}

/// The shape of a node, and with it what the node does.
public enum Shape: String, Sendable, Hashable, CaseIterable {
  /// Start (no incoming edge) or end (no outgoing edge).
  case circle
  /// A task.
  case rectangle
  /// An exclusive decision.
  case diamond
  /// A task with an owner, a description and a system.
  case taskbox
}

public struct Node: Sendable, Hashable {
  /// Unique in the model.
  public var id: String
  public var shape: Shape
  public var label: String
  /// The name of the lane in which the node is declared.
  public var lane: String
  /// `owner:"…"`, `description:"…"`, `system:"…"` of a taskbox.
  public var properties: Attributes
  /// What the bracket groups say: `step=`, `human=`, `wait=`, …
  public var attributes: Attributes

  public init(
    id: String, shape: Shape, label: String, lane: String, properties: Attributes = [], attributes: Attributes = []
  ) {
    (self.id, self.shape, self.label, self.lane) = (id, shape, label, lane)
    (self.properties, self.attributes) = (properties, attributes)
  }
}

/// Where an arrow touches a node.
public enum Side: String, Sendable, Hashable, CaseIterable { case left, right, top, bottom }

public struct Edge: Sendable, Hashable {
  /// One end of an edge: a node's id and the side of the node.
  public struct Port: Sendable, Hashable {
    public var node: String
    public var side: Side
    public init(_ node: String, _ side: Side) { (self.node, self.side) = (node, side) }
  }
  public var source: Port
  public var target: Port
  /// Nil if none is written; a label may be empty.
  public var label: String?
  /// What the bracket groups say beside the label: `p=`, `when=`, `event=`, …
  public var attributes: Attributes

  public init(from source: Port, to target: Port, label: String? = nil, attributes: Attributes = []) {
    (self.source, self.target, self.label, self.attributes) = (source, target, label, attributes)
  }
}

/// `loop [condition] n1 n2`: a hint for readers; it has no meaning of its own.
public struct Loop: Sendable, Hashable {
  public var lane: String
  public var condition: String
  public var nodes: [String]
}

/// `@name key=value …`, a line outside the lanes.
public struct Directive: Sendable, Hashable {
  public var name: String
  public var attributes: Attributes
}

/// Named texts in the order in which they are written; names are unique.
public struct Attributes: Sendable, Hashable, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  public struct Attribute: Sendable, Hashable {
    public var name: String
    public var value: String
  }
  public private(set) var list: [Attribute]

  public init(arrayLiteral elements: Attribute...) { list = elements }
  public init(dictionaryLiteral elements: (String, String)...) {
    list = elements.map { Attribute(name: $0.0, value: $0.1) }
  }
  init(_ list: [Attribute]) { self.list = list }

  public subscript(name: String) -> String? { list.first { $0.name == name }?.value }
  public var isEmpty: Bool { list.isEmpty }
}
