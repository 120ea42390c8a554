/// A model's nodes and edges by index, for searches in linear time.
package struct ModelGraph: Sendable {
  package let nodes: [Node]
  package let edges: [Edge]
  /// Node indices of each edge's ends.
  package let sources: [Int]
  package let targets: [Int]
  private let indices: [String: Int]
  private let outgoingEdges: Adjacency
  private let incomingEdges: Adjacency

  /// Edges whose ends are not declared are left out; a model that was read without errors has none.
  package init(_ model: Model) {
    nodes = model.nodes
    let indices = Dictionary(model.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.indices = indices
    edges = model.edges.filter { indices[$0.source.node] != nil && indices[$0.target.node] != nil }
    sources = edges.compactMap { indices[$0.source.node] }
    targets = edges.compactMap { indices[$0.target.node] }
    outgoingEdges = Adjacency(sources, count: nodes.count)
    incomingEdges = Adjacency(targets, count: nodes.count)
  }

  package func index(of id: String) -> Int? { indices[id] }
  /// Indices of the edges that leave a node, in the order in which they are written.
  package func outgoing(_ node: Int) -> ArraySlice<Int> { outgoingEdges[node] }
  package func incoming(_ node: Int) -> ArraySlice<Int> { incomingEdges[node] }

  package func isStart(_ node: Int) -> Bool { nodes[node].shape == .circle && incoming(node).isEmpty }
  package func isEnd(_ node: Int) -> Bool { nodes[node].shape == .circle && outgoing(node).isEmpty }

  // MARK: - Searches

  package enum Direction: Sendable { case forward, backward }

  /// For each node the edge by which a breadth-first search came to it; a root has the edge -1, an unreached node nil.
  ///
  /// - Parameter ignored: the index of an edge that the search treats as absent.
  package func search(from roots: [Int], _ direction: Direction = .forward, ignoring ignored: Int? = nil) -> [Int?] {
    var cameBy = [Int?](repeating: nil, count: nodes.count)
    var queue = roots
    for root in roots { cameBy[root] = -1 }
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for edge in direction == .forward ? outgoing(node) : incoming(node) where edge != ignored {
        let neighbour = direction == .forward ? targets[edge] : sources[edge]
        guard cameBy[neighbour] == nil else { continue }
        cameBy[neighbour] = edge
        queue.append(neighbour)
      }
    }
    return cameBy
  }

  /// The path from a root of a forward search to a reached node, both included.
  package func path(to node: Int, _ cameBy: [Int?]) -> [Int] {
    var path = [node]
    while let last = path.last, let edge = cameBy[last], edge >= 0 { path.append(sources[edge]) }
    return path.reversed()
  }
}

/// Edge indices grouped by node, in one array.
private struct Adjacency: Sendable {
  private var starts: [Int]
  private var list: [Int]

  init(_ ends: [Int], count: Int) {
    starts = [Int](repeating: 0, count: count + 1)
    for end in ends { starts[end + 1] += 1 }
    for index in 0..<count { starts[index + 1] += starts[index] }
    list = [Int](repeating: 0, count: ends.count)
    var free = starts
    for (edge, end) in ends.enumerated() {
      list[free[end]] = edge
      free[end] += 1
    }
  }

  subscript(node: Int) -> ArraySlice<Int> { list[starts[node]..<starts[node + 1]] }
}
