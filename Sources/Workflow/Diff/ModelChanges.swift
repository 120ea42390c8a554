/// The changes of each part of a model.
enum ModelChanges {
  typealias Change = ModelDiff.Change

  // MARK: - Model and lanes

  static func ofModel(_ old: Model, _ new: Model) -> [Change] {
    var changes = values("model", .model, old: ["description": old.description], new: ["description": new.description])
    let names = unique((new.directives + old.directives).map(\.name))
    for name in names {
      let before = old.directives.filter { $0.name == name }.flatMap(\.attributes.list)
      let after = new.directives.filter { $0.name == name }.flatMap(\.attributes.list)
      changes += attributes("@\(name)", .model, before, after)
    }
    return changes
  }

  static func ofLanes(_ old: Model, _ new: Model) -> [Change] {
    let before = Dictionary(old.lanes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Set(new.lanes.map(\.name))
    var changes: [Change] = []
    for lane in new.lanes {
      guard let match = before[lane.name] else {
        changes.append(change(.added, .lane, lane.name, new: quoted(lane.displayName ?? lane.name)))
        continue
      }
      changes += values(
        lane.name, .lane, old: ["name": match.displayName], new: ["name": lane.displayName])
    }
    let kept = old.lanes.map(\.name).filter(after.contains)
    let order = new.lanes.map(\.name).filter { before[$0] != nil }
    if let first = zip(kept, order).first(where: { $0 != $1 }) {
      changes.append(
        change(.moved, .lane, first.1, "order", kept.joined(separator: ", "), order.joined(separator: ", ")))
    }
    for lane in old.lanes where !after.contains(lane.name) {
      changes.append(change(.removed, .lane, lane.name, nil, quoted(lane.displayName ?? lane.name)))
    }
    return changes
  }

  // MARK: - Nodes

  static func ofNodes(_ old: Model, _ new: Model, _ matching: NodeMatching) -> [Change] {
    var changes: [Change] = []
    for (index, node) in new.nodes.enumerated() {
      guard let match = matching.oldOfNew[index] else {
        changes.append(change(.added, .node, node.id, new: summary(node)))
        continue
      }
      let before = old.nodes[match]
      if before.lane != node.lane { changes.append(change(.moved, .node, node.id, "lane", before.lane, node.lane)) }
      changes += values(
        node.id, .node, old: ["label": before.label, "shape": before.shape.rawValue],
        new: ["label": node.label, "shape": node.shape.rawValue])
      changes += attributes(
        node.id, .node, before.properties.list + before.attributes.list, node.properties.list + node.attributes.list)
    }
    for (index, node) in old.nodes.enumerated() where matching.newOfOld[index] == nil {
      changes.append(change(.removed, .node, node.id, nil, summary(node)))
    }
    return changes
  }

  private static func summary(_ node: Node) -> String { "\(node.shape.rawValue) \(quoted(node.label)) in \(node.lane)" }

  // MARK: - Edges

  /// Edges are the same that join the same nodes under the same label, then the same nodes, then that leave the same node under
  /// the same label.
  static func ofEdges(_ old: Model, _ new: Model, _ matching: NodeMatching) -> [Change] {
    let oldIDs = Dictionary(old.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let newIDs = Dictionary(new.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    func nameInNew(_ id: String) -> String {
      oldIDs[id].flatMap { matching.newOfOld[$0] }.map { new.nodes[$0].id } ?? "\u{0}\(id)"
    }
    let before = old.edges.map { edge in
      var edge = edge
      edge.source.node = nameInNew(edge.source.node)
      edge.target.node = nameInNew(edge.target.node)
      return edge
    }
    var pairs: [Int: Int] = [:]
    var taken: Set<Int> = []
    func pair(by key: (Edge) -> [String]) {
      var free = Dictionary(grouping: before.indices.filter { !taken.contains($0) }.reversed()) { key(before[$0]) }
      for index in new.edges.indices where pairs[index] == nil {
        guard let match = free[key(new.edges[index])]?.popLast() else { continue }
        pairs[index] = match
        taken.insert(match)
      }
    }
    pair { [$0.source.node, $0.target.node, $0.label ?? "\u{0}"] }
    pair { [$0.source.node, $0.target.node] }
    pair { [$0.source.node, $0.label ?? "\u{0}"] }
    var changes: [Change] = []
    for (index, edge) in new.edges.enumerated() {
      let name = "\(edge.source.node) -> \(edge.target.node)"
      guard let match = pairs[index] else {
        changes.append(change(.added, .edge, name, new: edge.label.map(quoted)))
        continue
      }
      let earlier = before[match]
      if earlier.target.node != edge.target.node {
        let target = newIDs[earlier.target.node] == nil ? old.edges[match].target.node : earlier.target.node
        changes.append(change(.moved, .edge, name, "target", target, edge.target.node))
      }
      changes += values(
        name, .edge,
        old: [
          "label": earlier.label, "side out": earlier.source.side.rawValue, "side in": earlier.target.side.rawValue,
        ],
        new: ["label": edge.label, "side out": edge.source.side.rawValue, "side in": edge.target.side.rawValue])
      changes += attributes(name, .edge, earlier.attributes.list, edge.attributes.list)
    }
    for (index, edge) in old.edges.enumerated() where !taken.contains(index) {
      changes.append(
        change(.removed, .edge, "\(edge.source.node) -> \(edge.target.node)", nil, edge.label.map(quoted)))
    }
    return changes
  }

  static func ofLoops(_ old: Model, _ new: Model, _ matching: NodeMatching) -> [Change] {
    let names = Dictionary(
      old.nodes.indices.map { (old.nodes[$0].id, matching.newOfOld[$0].map { new.nodes[$0].id }) },
      uniquingKeysWith: { first, _ in first })
    var before = old.loops.map {
      Loop(lane: $0.lane, condition: $0.condition, nodes: $0.nodes.map { (names[$0] ?? nil) ?? $0 })
    }
    var changes: [Change] = []
    for loop in new.loops {
      if let index = before.firstIndex(of: loop) {
        before.remove(at: index)
      } else {
        changes.append(change(.added, .loop, loop.lane, new: summary(loop)))
      }
    }
    return changes + before.map { change(.removed, .loop, $0.lane, nil, summary($0)) }
  }

  private static func summary(_ loop: Loop) -> String { "[\(loop.condition)] \(loop.nodes.joined(separator: " "))" }

  // MARK: - Values

  private static func attributes(
    _ name: String, _ subject: Change.Subject, _ old: [Attributes.Attribute], _ new: [Attributes.Attribute]
  ) -> [Change] {
    let before = Dictionary(old.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return unique((new + old).map(\.name)).compactMap { field in
      before[field] == after[field] ? nil : change(.changed, subject, name, field, before[field], after[field])
    }
  }

  private static func values(
    _ name: String, _ subject: Change.Subject, old: KeyValuePairs<String, String?>, new: KeyValuePairs<String, String?>
  ) -> [Change] {
    zip(old, new).compactMap { before, after in
      before.value == after.value
        ? nil : change(.changed, subject, name, before.key, before.value.map(quoted), after.value.map(quoted))
    }
  }

  private static func change(
    _ kind: Change.Kind, _ subject: Change.Subject, _ name: String, _ field: String? = nil, _ old: String? = nil,
    _ new: String? = nil
  ) -> Change {
    Change(kind: kind, subject: subject, name: name, field: field, old: old, new: new)
  }

  private static func change(
    _ kind: Change.Kind, _ subject: Change.Subject, _ name: String, new: String?
  ) -> Change {
    Change(kind: kind, subject: subject, name: name, field: nil, old: nil, new: new)
  }

  private static func quoted(_ text: String) -> String { "\"\(text)\"" }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
