/// In which row of its lane each node stands, where a lane has several nodes in one column.
///
/// The nodes of a lane and column are ordered by the mean place of their neighbours, in sweeps from left to right and back
/// (Sugiyama, Tagawa & Toda, "Methods for visual understanding of hierarchical system structures", IEEE Trans. SMC 11, 1981),
/// then given rows so that they stand level with the neighbours to which they are linked sideways.
struct Rows {
  /// The row of each node, counted over all lanes from the top.
  private(set) var rows: [Int]
  /// The number of rows of each lane, at least one.
  private(set) var counts: [Int]

  private let graph: ModelGraph
  private let columns: [Int]
  private let lanes: [Int]
  private var firsts: [Int] = []

  init(_ graph: ModelGraph, columns: [Int], lanes: [Int], laneCount: Int) {
    (self.graph, self.columns, self.lanes) = (graph, columns, lanes)
    counts = [Int](repeating: 1, count: laneCount)
    rows = [Int](repeating: 0, count: graph.nodes.count)
    var cells = Dictionary(grouping: graph.nodes.indices) { [columns[$0], lanes[$0]] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    for cell in cells { counts[lanes[cell[0]]] = max(counts[lanes[cell[0]]], cell.count) }
    var next = 0
    for count in counts {
      firsts.append(next)
      next += count
    }
    for cell in cells { for (row, node) in cell.enumerated() { rows[node] = firsts[lanes[node]] + row } }
    for sweep in 0..<6 {
      for index in sweep.isMultiple(of: 2) ? Array(cells.indices) : cells.indices.reversed() {
        cells[index] = ordered(cells[index])
        align(cells[index])
      }
    }
  }

  /// The order of least cost if there are few; else by the mean row of all neighbours.
  private func ordered(_ cell: [Int]) -> [Int] {
    guard cell.count > 1 else { return cell }
    guard cell.count > 3 else {
      let orders = Self.orders(cell).map { (cost: aligned($0).cost, order: $0) }
      return orders.min { $0.cost < $1.cost }?.order ?? cell
    }
    let means = Dictionary(uniqueKeysWithValues: cell.map { ($0, meanRow($0)) })
    return cell.sorted { (means[$0] ?? 0, $0) < (means[$1] ?? 0, $1) }
  }

  /// All orders of a few items, in lexicographic order of their places.
  private static func orders(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { index in
      var rest = items
      let first = rest.remove(at: index)
      return orders(rest).map { [first] + $0 }
    }
  }

  private func meanRow(_ node: Int) -> Double {
    var (sum, count) = (0.0, 0.0)
    for edge in graph.incoming(node) where graph.sources[edge] != node {
      (sum, count) = (sum + Double(rows[graph.sources[edge]]), count + 1)
    }
    for edge in graph.outgoing(node) where graph.targets[edge] != node {
      (sum, count) = (sum + Double(rows[graph.targets[edge]]), count + 1)
    }
    return count > 0 ? sum / count : Double(rows[node])
  }

  private mutating func align(_ cell: [Int]) {
    for (node, row) in zip(cell, aligned(cell).rows) { rows[node] = row }
  }

  /// The rows of least cost for the nodes of a cell in their order: a small dynamic programme.
  private func aligned(_ cell: [Int]) -> (cost: Double, rows: [Int]) {
    guard let first = cell.first else { return (0, []) }
    let (base, count) = (firsts[lanes[first]], counts[lanes[first]])
    // best[r]: the least cost with the nodes so far in the first r rows.
    var best = [Double](repeating: 0, count: count + 1)
    var choices: [[Bool]] = []
    for (place, node) in cell.enumerated() {
      var next = [Double](repeating: .infinity, count: count + 1)
      var takes = [Bool](repeating: false, count: count + 1)
      for row in place..<count {
        let here = best[row] + misfit(node, base + row)
        takes[row + 1] = here < next[row]
        next[row + 1] = min(next[row], here)
      }
      choices.append(takes)
      best = next
    }
    var found = [Int](repeating: base, count: cell.count)
    var row = count
    for place in cell.indices.reversed() {
      while row > 1, !choices[place][row] { row -= 1 }
      row -= 1
      found[place] = base + row
    }
    return (best[count], found)
  }

  private func misfit(_ node: Int, _ row: Int) -> Double {
    var cost = Double(row - firsts[lanes[node]]) * 0.1
    for edge in graph.incoming(node) where graph.sources[edge] != node {
      cost += misfit(edge, from: rows[graph.sources[edge]], to: row)
    }
    for edge in graph.outgoing(node) where graph.targets[edge] != node {
      cost += misfit(edge, from: row, to: rows[graph.targets[edge]])
    }
    return cost
  }

  /// How badly an edge's ends stand to each other: level if it leaves and arrives sideways, else as its sides say.
  private func misfit(_ edge: Int, from source: Int, to target: Int) -> Double {
    let (a, b) = (graph.sources[edge], graph.targets[edge])
    let distance = Double(abs(target - source))
    let down = Self.down(graph.edges[edge].source.side) - Self.down(graph.edges[edge].target.side)
    guard lanes[a] == lanes[b] else {
      return distance * (down * (target - source) > 0 && columns[a] == columns[b] ? 3 : 0.3)
    }
    if down == 0 {
      let isSideways = Self.down(graph.edges[edge].source.side) == 0 && columns[a] != columns[b]
      return distance * (isSideways ? 3 : 0.5)
    }
    return down * (target - source) > 0 ? (distance - 1) * 0.5 : 1.5 + distance
  }

  /// 1 for the bottom, -1 for the top, 0 for the sides.
  private static func down(_ side: Side) -> Int { side == .bottom ? 1 : side == .top ? -1 : 0 }
}
