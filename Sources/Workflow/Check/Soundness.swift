/// Can every case end, and can every node be part of one?
///
/// One token makes the model's Petri net a state machine; it is sound exactly if every node is reached from the start and an
/// end is reached from every node. (van der Aalst, "The application of Petri nets to workflow management", 1998, defines
/// soundness: option to complete, proper completion, no dead transition.) Two breadth-first searches, O(nodes + edges).
package struct Soundness: Sendable {
  /// How the forward search came to each node.
  package let fromStart: [Int?]
  /// How the backward search from the ends came to each node.
  package let toEnd: [Int?]
  package let hasOneStart: Bool
  package let hasEnd: Bool
  private let graph: ModelGraph

  package init(_ graph: ModelGraph) {
    self.graph = graph
    let starts = graph.nodes.indices.filter(graph.isStart)
    let ends = graph.nodes.indices.filter(graph.isEnd)
    hasOneStart = starts.count == 1
    hasEnd = !ends.isEmpty
    fromStart = graph.search(from: starts)
    toEnd = graph.search(from: ends, .backward)
  }

  package var isSound: Bool {
    hasOneStart && hasEnd && fromStart.allSatisfy { $0 != nil } && toEnd.allSatisfy { $0 != nil }
  }

  package func findings() -> [Finding] { unreachable() + traps() }

  private func unreachable() -> [Finding] {
    guard graph.nodes.indices.contains(where: graph.isStart) else { return [] }
    let missed = graph.nodes.indices.filter { fromStart[$0] == nil }
    var findings = missed.filter(graph.isEnd).map { end in
      let node = graph.nodes[end]
      return Finding(
        code: .endUnreachable, nodes: [node.id], witness: [],
        sentence: "end \(node.id) \"\(node.label)\" is not reachable from the start.")
    }
    if !missed.isEmpty {
      let ids = missed.map { graph.nodes[$0].id }
      let reached = graph.nodes.count - missed.count
      findings.append(
        Finding(
          code: .unreachable, nodes: ids, witness: [],
          sentence: "only \(reached) of \(graph.nodes.count) nodes are reachable from the start; never reached: "
            + "\(names(ids))."))
    }
    return findings
  }

  /// Closed sets of nodes that a case can enter and never leave.
  private func traps() -> [Finding] {
    guard hasEnd else { return [] }
    let isDoomed = toEnd.map { $0 == nil }
    let closed = graph.strongComponents(within: isDoomed).filter { component in
      let members = Set(component)
      return component.allSatisfy { node in
        !graph.outgoing(node).isEmpty && graph.outgoing(node).allSatisfy { members.contains(graph.targets[$0]) }
      }
    }
    let doomed = isDoomed.count { $0 }
    return closed.map { component in
      let members = component.map { graph.nodes[$0].id }
      let entry = component.filter { fromStart[$0] != nil }.map { graph.path(to: $0, fromStart) }
        .min { $0.count < $1.count }
      let round = walk(component, from: entry?.last ?? component[0])
      let path = ((entry?.dropLast() ?? []) + round).map { graph.nodes[$0].id }
      let others = doomed - component.count
      return Finding(
        code: .trap, nodes: members, witness: path,
        sentence: "trap: \(names(members)) lead only to each other and never to an end"
          + (others > 0 ? "; \(others) other node\(others == 1 ? "" : "s") can never reach an end either." : "."))
    }
  }

  /// A walk inside a component that comes back to where it began, or stops when it meets itself.
  private func walk(_ component: [Int], from first: Int) -> [Int] {
    var path = [first]
    var visited: Set<Int> = []
    while let last = path.last, visited.insert(last).inserted, let edge = graph.outgoing(last).first {
      path.append(graph.targets[edge])
    }
    return path
  }
}
