/// In which column each node stands: time goes from left to right.
///
/// Edges that lead back to a node from which a depth-first search came are set aside (that search follows the model's own order,
/// so they are the loops that its author meant). The rest is layered by longest path. A handoff from a node's bottom to the top
/// of a node in a lane below may stay in its column: it is then a straight line down.
struct Layering {
  private(set) var columns: [Int]
  let isBack: [Bool]
  private let graph: ModelGraph
  private let lanes: [Int]
  /// Nodes in an order in which every edge that is not set aside leads forward.
  private let order: [Int]
  private var occupants: [Cell: Int] = [:]

  private struct Cell: Hashable {
    let lane, column: Int
  }

  /// - Parameter lanes: the index of each node's lane.
  init(_ graph: ModelGraph, lanes: [Int]) {
    self.graph = graph
    self.lanes = lanes
    columns = [Int](repeating: 0, count: graph.nodes.count)
    (order, isBack) = Self.depthFirst(graph)
    place()
    for pass in 0..<6 { settle(pass.isMultiple(of: 2) ? order.reversed() : order) }
    closeGaps()
  }

  /// The reverse of the order in which a depth-first search leaves the nodes, and the edges that lead back.
  private static func depthFirst(_ graph: ModelGraph) -> (order: [Int], isBack: [Bool]) {
    enum State { case new, open, done }
    var state = [State](repeating: .new, count: graph.nodes.count)
    var isBack = [Bool](repeating: false, count: graph.edges.count)
    var finished: [Int] = []
    let roots =
      graph.nodes.indices.filter(graph.isStart) + graph.nodes.indices.filter { graph.incoming($0).isEmpty }
      + graph.nodes.indices
    for root in roots where state[root] == .new {
      var calls = [(node: root, next: graph.outgoing(root).endIndex)]
      state[root] = .open
      while let (node, next) = calls.last {
        let edges = graph.outgoing(node)
        guard next > edges.startIndex else {
          state[node] = .done
          finished.append(node)
          calls.removeLast()
          continue
        }
        // From the last branch to the first, so that the first one comes first in the reversed order.
        calls[calls.count - 1].next -= 1
        let edge = edges[next - 1]
        let target = graph.targets[edge]
        switch state[target] {
        case .new:
          state[target] = .open
          calls.append((target, graph.outgoing(target).endIndex))
        case .open: isBack[edge] = true
        case .done: break
        }
      }
    }
    return (finished.reversed(), isBack)
  }

  // MARK: - Columns

  /// The least number of columns that an edge goes to the right.
  private func span(_ edge: Int) -> Int { isHandoff(edge) ? 0 : 1 }

  /// Whether an edge leaves downwards to the top of a node below, or upwards to the bottom of one above.
  private func isHandoff(_ edge: Int) -> Bool {
    let (source, target) = (graph.sources[edge], graph.targets[edge])
    switch (graph.edges[edge].source.side, graph.edges[edge].target.side) {
    case (.bottom, .top): return lanes[target] > lanes[source] || (lanes[target] == lanes[source] && source != target)
    case (.top, .bottom): return lanes[target] < lanes[source]
    default: return false
    }
  }

  private mutating func place() {
    for node in order {
      let entering = graph.incoming(node).filter { !isBack[$0] }
      var column = entering.map { columns[graph.sources[$0]] + span($0) }.max() ?? 0
      let isBelowItsSource = entering.contains {
        isHandoff($0) && columns[graph.sources[$0]] == column && lanes[graph.sources[$0]] == lanes[node]
      }
      // One step aside rather than a second row, except right below a node of the same lane.
      if !isFree(node, column), !isBelowItsSource || occupants[Cell(lane: lanes[node], column: column), default: 0] > 1
      {
        if entering.contains(where: { isHandoff($0) && columns[graph.sources[$0]] == column }) { column += 1 }
      } else if entering.contains(where: { isHandoff($0) && isObstructed($0, column) }) {
        column += 1
      }
      move(node, to: column, isNew: true)
    }
  }

  /// Whether a node stands in the way of a handoff that stays in its column.
  private func isObstructed(_ edge: Int, _ column: Int) -> Bool {
    let (a, b) = (lanes[graph.sources[edge]], lanes[graph.targets[edge]])
    guard columns[graph.sources[edge]] == column, abs(a - b) > 1 else { return false }
    return (min(a, b) + 1..<max(a, b)).contains { occupants[Cell(lane: $0, column: column), default: 0] > 0 }
  }

  private func isFree(_ node: Int, _ column: Int) -> Bool {
    occupants[Cell(lane: lanes[node], column: column), default: 0] == 0
  }

  private mutating func move(_ node: Int, to column: Int, isNew: Bool = false) {
    if !isNew { occupants[Cell(lane: lanes[node], column: columns[node]), default: 1] -= 1 }
    columns[node] = column
    occupants[Cell(lane: lanes[node], column: column), default: 0] += 1
  }

  /// Moves each node to where its edges are shortest, between its predecessors and its successors.
  private mutating func settle(_ nodes: some Sequence<Int>) {
    for node in nodes {
      let entering = graph.incoming(node).filter { !isBack[$0] && graph.sources[$0] != node }
      let leaving = graph.outgoing(node).filter { !isBack[$0] && graph.targets[$0] != node }
      guard !leaving.isEmpty, !(entering.isEmpty && leaving.isEmpty) else { continue }
      let now = columns[node]
      let least = entering.map { columns[graph.sources[$0]] + span($0) }.max() ?? 0
      let most = leaving.map { columns[graph.targets[$0]] - span($0) }.min() ?? now
      guard least < most else { continue }
      var best = (cost: cost(node, now, entering, leaving), column: now)
      for column in max(least, now - 12)...min(max(most, least), now + 12) where column != now {
        let cost = cost(node, column, entering, leaving) + (isFree(node, column) ? 0 : 3)
        if cost < best.cost { best = (cost, column) }
      }
      if best.column != now { move(node, to: best.column) }
    }
  }

  private func cost(_ node: Int, _ column: Int, _ entering: [Int], _ leaving: [Int]) -> Int {
    entering.reduce(0) { $0 + abs(column - columns[graph.sources[$1]]) }
      + leaving.reduce(0) { $0 + abs(columns[graph.targets[$1]] - column) }
  }

  private mutating func closeGaps() {
    let used = Set(columns).sorted()
    let rank = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    columns = columns.map { rank[$0] ?? 0 }
  }
}
