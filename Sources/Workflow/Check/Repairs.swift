/// All single-edge repairs: which one edge, led to another node, makes the model sound?
///
/// For an edge u -> v taken away, let R be what the start still reaches and B what still reaches an end. Leading it to w makes the
/// model sound exactly if (1) w is in B, (2) every node outside B reaches u, and (3) w reaches all that R misses. For (3) w is any
/// node if R misses none, else a node of the only source component of what R misses. So each edge costs two or three searches,
/// O(edges · (nodes + edges)) together instead of a check for each of edges · nodes changes.
package struct Repairs: Sendable {
  /// Above this number of edges · (nodes + edges) the search is not done: about a second.
  package static let workLimit = 20_000_000
  private let graph: ModelGraph

  package init(_ graph: ModelGraph) { self.graph = graph }

  package var isAffordable: Bool {
    let (edges, size) = (graph.edges.count, graph.nodes.count + graph.edges.count)
    return size == 0 || edges <= Self.workLimit / size
  }

  /// In the order of the edges, then of the nodes.
  package func all() -> [Repair] {
    let starts = graph.nodes.indices.filter(graph.isStart)
    let ends = graph.nodes.indices.filter(graph.isEnd)
    guard !ends.isEmpty else { return [] }
    return graph.edges.indices.flatMap { edge in
      // Without the edge, a circle that only it entered is a start too; of two, the edge must be led into the other one.
      let freed = graph.targets[edge]
      let isFreed = graph.nodes[freed].shape == .circle && graph.incoming(freed).count == 1
      let open = isFreed ? starts + [freed] : starts
      guard (1...2).contains(open.count) else { return [Repair]() }
      return open.flatMap { newTargets(of: edge, start: $0, ends: ends) }.sorted().map {
        Repair(edge: graph.edges[edge], newTarget: graph.nodes[$0].id)
      }
    }
  }

  private func newTargets(of edge: Int, start: Int, ends: [Int]) -> [Int] {
    let (source, target) = (graph.sources[edge], graph.targets[edge])
    let reached = graph.search(from: [start], ignoring: edge)
    guard reached[source] != nil else { return [] }
    let finishing = graph.search(from: ends, .backward, ignoring: edge)
    let reachingSource = graph.search(from: [source], .backward, ignoring: edge)
    guard graph.nodes.indices.allSatisfy({ finishing[$0] != nil || reachingSource[$0] != nil }) else { return [] }
    let candidates = openings(to: reached.map { $0 == nil }, ignoring: edge) ?? Array(graph.nodes.indices)
    return candidates.filter { $0 != target && $0 != start && finishing[$0] != nil }
  }

  /// The nodes from which all of a set is reached within it; nil if the set is empty.
  private func openings(to isMissed: [Bool], ignoring edge: Int) -> [Int]? {
    // Components come after those that they lead to, so only the last one can reach all others.
    guard let last = graph.strongComponents(within: isMissed, ignoring: edge).last else { return nil }
    let found = graph.search(from: [last[0]], ignoring: edge)
    return graph.nodes.indices.allSatisfy({ !isMissed[$0] || found[$0] != nil }) ? last : []
  }
}
