/// Which node of an old model is which of a new one, whatever its number.
///
/// In this order, each round among those that are left: same id and label; same label, shape and lane; same label and shape; same
/// label; same neighbours, shape and lane; same id and shape; same id. A round takes only what is the only one of its kind in both.
struct NodeMatching {
  private(set) var newOfOld: [Int?]
  private(set) var oldOfNew: [Int?]

  init(_ old: Model, _ new: Model) {
    newOfOld = [Int?](repeating: nil, count: old.nodes.count)
    oldOfNew = [Int?](repeating: nil, count: new.nodes.count)
    match(old, new) { [$0.id, $0.label] }
    match(old, new) { [$0.label, $0.shape.rawValue, $0.lane] }
    match(old, new) { [$0.label, $0.shape.rawValue] }
    match(old, new) { [$0.label] }
    matchByNeighbours(old, new)
    match(old, new) { [$0.id, $0.shape.rawValue] }
    match(old, new) { [$0.id] }
  }

  private mutating func match(_ old: Model, _ new: Model, by key: (Node) -> [String]) {
    link(old.nodes.map { key($0) }, new.nodes.map { key($0) })
  }

  /// By the nodes around, as far as they are matched already, and the labels of the edges between.
  private mutating func matchByNeighbours(_ old: Model, _ new: Model) {
    let oldKeys = Self.neighbourhoods(old) { [newOfOld] in newOfOld[$0] }
    let newKeys = Self.neighbourhoods(new) { [oldOfNew] in oldOfNew[$0] == nil ? nil : $0 }
    link(oldKeys, newKeys)
  }

  /// Nodes without a matched neighbour have an empty key, which matches nothing.
  private static func neighbourhoods(_ model: Model, _ name: (Int) -> Int?) -> [[String]] {
    let graph = ModelGraph(model)
    return graph.nodes.indices.map { node in
      let before = graph.incoming(node).compactMap { edge in
        name(graph.sources[edge]).map { "< \($0) \(graph.edges[edge].label ?? "")" }
      }
      let after = graph.outgoing(node).compactMap { edge in
        name(graph.targets[edge]).map { "> \($0) \(graph.edges[edge].label ?? "")" }
      }
      guard !(before.isEmpty && after.isEmpty) else { return [] }
      return [graph.nodes[node].shape.rawValue, graph.nodes[node].lane] + before.sorted() + after.sorted()
    }
  }

  private mutating func link(_ oldKeys: [[String]], _ newKeys: [[String]]) {
    let olds = Dictionary(grouping: oldKeys.indices.filter { newOfOld[$0] == nil }) { oldKeys[$0] }
    let news = Dictionary(grouping: newKeys.indices.filter { oldOfNew[$0] == nil }) { newKeys[$0] }
    for (key, found) in olds where found.count == 1 && !key.isEmpty {
      guard let others = news[key], others.count == 1 else { continue }
      newOfOld[found[0]] = others[0]
      oldOfNew[others[0]] = found[0]
    }
  }
}
