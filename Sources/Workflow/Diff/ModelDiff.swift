import Basics

/// What changed in meaning between two models: not in layout, comments or the numbering of nodes.
public struct ModelDiff: Sendable, Hashable {
  public struct Change: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      case added, removed, changed
      /// A node to another lane, a lane to another place, an edge to another node.
      case moved
    }
    public enum Subject: String, Sendable, Hashable { case model, lane, node, edge, loop }

    public let kind: Kind
    public let subject: Subject
    /// The lane's name, the node's id, or `n1 -> n2` (of the new model, unless it was removed).
    public let name: String
    /// What of it: an attribute's name, `label`, `shape`, `side`, …; nil if the whole came or went.
    public let field: String?
    /// Nil where there was none.
    public let old: String?
    public let new: String?
  }

  /// Lanes, then nodes, then edges, in the order of the new model; what was removed comes last of its kind.
  public let changes: [Change]
  /// Nodes that only have another id, old and new, in the order of the new model. Not a change.
  public let renumbered: [Renumbering]

  public struct Renumbering: Sendable, Hashable {
    public let old: String
    public let new: String
  }

  public var isEmpty: Bool { changes.isEmpty }

  public init(from old: Model, to new: Model) {
    let nodes = NodeMatching(old, new)
    changes =
      ModelChanges.ofModel(old, new) + ModelChanges.ofLanes(old, new) + ModelChanges.ofNodes(old, new, nodes)
      + ModelChanges.ofEdges(old, new, nodes) + ModelChanges.ofLoops(old, new, nodes)
    renumbered = new.nodes.indices.compactMap { index in
      guard let match = nodes.oldOfNew[index] else { return nil }
      let (before, after) = (old.nodes[match].id, new.nodes[index].id)
      return before == after ? nil : Renumbering(old: before, new: after)
    }
  }
}

// MARK: - Views

extension ModelDiff.Change {
  /// `+ node n4: task "Ship" in Stock`, `~ edge n1 -> n2 p: 0.2 -> 0.3`.
  public var text: String {
    let sign =
      switch kind {
      case .added: "+"
      case .removed: "-"
      case .changed: "~"
      case .moved: ">"
      }
    let head = "\(sign) \(subject.rawValue) \(name)" + (field.map { " \($0)" } ?? "")
    switch (old, new) {
    case (let old?, let new?): return "\(head): \(old) -> \(new)"
    case (let old?, nil): return "\(head): \(old)" + (kind == .changed ? " -> none" : "")
    case (nil, let new?): return "\(head): " + (kind == .changed ? "none -> " : "") + new
    case (nil, nil): return head
    }
  }

  public var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "subject": .string(subject.rawValue), "name": .string(name),
      "field": field.map(JSONValue.string) ?? .null, "old": old.map(JSONValue.string) ?? .null,
      "new": new.map(JSONValue.string) ?? .null,
    ]
  }
}

extension ModelDiff {
  public var text: String {
    var lines = changes.map(\.text)
    if !renumbered.isEmpty {
      lines.append("renumbered: \(renumbered.map { "\($0.old) -> \($0.new)" }.joined(separator: ", "))")
    }
    if changes.isEmpty { lines.append("the models mean the same") }
    return lines.joined(separator: "\n") + "\n"
  }

  public var json: JSONValue {
    [
      "schema": "verdict.flow-diff/1", "same": .bool(isEmpty), "changes": .array(changes.map(\.json)),
      "renumbered": .array(renumbered.map { ["old": .string($0.old), "new": .string($0.new)] }),
    ]
  }
}
