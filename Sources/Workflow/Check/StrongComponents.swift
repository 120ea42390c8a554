extension ModelGraph {
  /// The strongly connected components of the nodes in a set, each in the order of its members' indices.
  ///
  /// Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972), with its own stack instead of recursion.
  /// Components come after those that they lead to.
  package func strongComponents(within isMember: [Bool], ignoring ignored: Int? = nil) -> [[Int]] {
    var order = [Int](repeating: -1, count: nodes.count)
    var low = order
    var isOpen = [Bool](repeating: false, count: nodes.count)
    var open: [Int] = []
    var components: [[Int]] = []
    var counter = 0
    for root in nodes.indices where isMember[root] && order[root] < 0 {
      var calls: [(node: Int, edge: Int)] = []
      func enter(_ node: Int) {
        (order[node], low[node]) = (counter, counter)
        counter += 1
        open.append(node)
        isOpen[node] = true
        calls.append((node, outgoing(node).startIndex))
      }
      enter(root)
      while let (node, position) = calls.last {
        let edges = outgoing(node)
        guard position < edges.endIndex else {
          calls.removeLast()
          if let caller = calls.last { low[caller.node] = min(low[caller.node], low[node]) }
          if low[node] == order[node] { components.append(closeComponent(of: node, &open, &isOpen)) }
          continue
        }
        calls[calls.count - 1].edge += 1
        let target = targets[edges[position]]
        guard isMember[target], edges[position] != ignored else { continue }
        if order[target] < 0 {
          enter(target)
        } else if isOpen[target] {
          low[node] = min(low[node], order[target])
        }
      }
    }
    return components
  }

  private func closeComponent(of node: Int, _ open: inout [Int], _ isOpen: inout [Bool]) -> [Int] {
    var component: [Int] = []
    while let last = open.popLast() {
      isOpen[last] = false
      component.append(last)
      if last == node { break }
    }
    return component.sorted()
  }
}
