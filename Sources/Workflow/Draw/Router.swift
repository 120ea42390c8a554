/// Finds a way through the bands for each edge: short, with few bends, crossing few of those before it.
///
/// A* search over places and headings (Hart, Nilsson & Raphael, "A formal basis for the heuristic determination of minimum cost
/// paths", IEEE Trans. SSC 4, 1968), edge after edge from the nearest ends to the farthest. The work of all searches together is
/// bounded; edges that are left then go along channels by rule, so that large models take linear time.
struct Router {
  typealias Place = RoutingGrid.Place

  private enum Cost {
    static let bend: Int32 = 64
    static let crossing: Int32 = 40
    static let company: Int32 = 7
  }

  private let grid: RoutingGrid
  private let graph: ModelGraph
  /// The middle of each band, in nominal sizes.
  private let x: [Int32]
  private let y: [Int32]
  /// The number of edges that run through each place along each axis.
  private var horizontals: [Int16]
  private var verticals: [Int16]
  // The state of a search, kept between searches and told apart by a stamp.
  private var costs: [Int32]
  private var cameFrom: [Int32]
  private var stamps: [Int32]
  private var stamp: Int32 = 0
  private var budget: Int
  private(set) var wiring: Wiring

  init(_ graph: ModelGraph, grid: RoutingGrid) {
    (self.graph, self.grid) = (graph, grid)
    x = Self.middles((0..<grid.verticalCount).map { grid.isColumn($0) ? 172 : 48 })
    y = Self.middles(grid.isRow.map { $0 ? 64 : 26 })
    let places = grid.verticalCount * grid.horizontalCount
    horizontals = [Int16](repeating: 0, count: places)
    verticals = horizontals
    costs = [Int32](repeating: 0, count: 4 * places)
    cameFrom = costs
    stamps = costs
    budget = 1_500_000 + 40 * graph.edges.count
    wiring = Wiring(edgeCount: graph.edges.count)
    for edge in graph.edges.indices.sorted(by: { (distance($0), $0) < (distance($1), $1) }) { route(edge) }
  }

  private static func middles(_ sizes: [Int32]) -> [Int32] {
    var start: Int32 = 0
    return sizes.map { size in
      defer { start += size }
      return start + size / 2
    }
  }

  private func distance(_ edge: Int) -> Int32 {
    let (a, b) = (grid.nodes[graph.sources[edge]], grid.nodes[graph.targets[edge]])
    return abs(x[a.v] - x[b.v]) + abs(y[a.h] - y[b.h])
  }

  private mutating func route(_ edge: Int) {
    let (source, target) = (graph.sources[edge], graph.targets[edge])
    let heading = Heading(leaving: graph.edges[edge].source.side)
    let arrival = Heading(leaving: graph.edges[edge].target.side).opposite
    let start = grid.step(from: source, graph.edges[edge].source.side)
    let goal = grid.step(from: target, graph.edges[edge].target.side)
    let turns = search(start, heading, goal, arrival) ?? byRule(start, heading, goal, arrival)
    let corners = [grid.nodes[source]] + turns + [grid.nodes[target]]
    wiring.add(edge: edge, corners: corners, axis: heading.axis)
    for wire in wiring.wires[wiring.routes[edge]] {
      for band in wire.reach {
        let place = wire.axis == .horizontal ? Place(v: band, h: wire.band) : Place(v: wire.band, h: band)
        if wire.axis == .horizontal { horizontals[grid.index(place)] &+= 1 } else { verticals[grid.index(place)] &+= 1 }
      }
    }
  }

  // MARK: - Search

  /// The places where the way turns, or nil if the work is used up.
  private mutating func search(
    _ start: Place, _ heading: Heading, _ goal: Place, _ arrival: Heading
  ) -> [Place]? {
    guard budget > 0 else { return nil }
    stamp += 1
    let target = state(goal, arrival)
    var queue = PriorityQueue()
    let first = state(start, heading)
    costs[first] = use(start, heading)
    cameFrom[first] = -1
    stamps[first] = stamp
    queue.push(costs[first] + remaining(start, goal), Int32(first))
    var limit = 60_000
    while let (priority, item) = queue.pop() {
      let current = Int(item)
      if current == target { return turns(to: target) }
      let (place, heading) = (place(current), Heading(rawValue: current & 3) ?? .right)
      guard priority == costs[current] + remaining(place, goal) else { continue }
      budget -= 1
      limit -= 1
      guard budget > 0, limit > 0 else { return nil }
      for turn in heading.turns {
        relax(current, place, turn, costs[current] + Cost.bend + use(place, turn), goal, &queue)
      }
      let next = Place(v: place.v + heading.dv, h: place.h + heading.dh)
      guard grid.contains(next), !grid.isBlocked[grid.index(next)] else { continue }
      let length = abs(x[next.v] - x[place.v]) + abs(y[next.h] - y[place.h])
      relax(current, next, heading, costs[current] + length + use(next, heading), goal, &queue)
    }
    return nil
  }

  private mutating func relax(
    _ from: Int, _ place: Place, _ heading: Heading, _ cost: Int32, _ goal: Place, _ queue: inout PriorityQueue
  ) {
    let state = state(place, heading)
    guard stamps[state] != stamp || cost < costs[state] else { return }
    (stamps[state], costs[state], cameFrom[state]) = (stamp, cost, Int32(from))
    queue.push(cost + remaining(place, goal), Int32(state))
  }

  /// What it costs to run along a heading through a place where others are.
  private func use(_ place: Place, _ heading: Heading) -> Int32 {
    let index = grid.index(place)
    let (along, across) =
      heading.axis == .horizontal
      ? (horizontals[index], verticals[index]) : (verticals[index], horizontals[index])
    return Int32(along) * Cost.company + Int32(across) * Cost.crossing
  }

  private func remaining(_ place: Place, _ goal: Place) -> Int32 {
    abs(x[place.v] - x[goal.v]) + abs(y[place.h] - y[goal.h])
  }

  private func state(_ place: Place, _ heading: Heading) -> Int { grid.index(place) * 4 + heading.rawValue }
  private func place(_ state: Int) -> Place {
    Place(v: (state / 4) % grid.verticalCount, h: (state / 4) / grid.verticalCount)
  }

  private func turns(to target: Int) -> [Place] {
    var turns: [Place] = []
    var state = target
    while cameFrom[state] >= 0 {
      let before = Int(cameFrom[state])
      if before / 4 == state / 4 { turns.append(place(state)) }
      state = before
    }
    return turns.reversed()
  }

  // MARK: - Rule

  /// Along channels only, which no node ever blocks.
  private func byRule(_ start: Place, _ heading: Heading, _ goal: Place, _ arrival: Heading) -> [Place] {
    if heading.axis == .horizontal {
      guard arrival.axis == .horizontal else { return [start, Place(v: start.v, h: goal.h), goal] }
      let h = goal.h > start.h ? goal.h - 1 : goal.h + 1
      return [start, Place(v: start.v, h: h), Place(v: goal.v, h: h), goal]
    }
    guard arrival.axis == .vertical else { return [start, Place(v: goal.v, h: start.h), goal] }
    let v = goal.v > start.v ? goal.v - 1 : goal.v + 1
    return [start, Place(v: v, h: start.h), Place(v: v, h: goal.h), goal]
  }
}

/// A binary heap of states by priority; of equal ones the latest first, so that a search goes straight on.
struct PriorityQueue {
  private struct Item {
    let key: Int64
    let state: Int32
  }
  private var items: [Item] = []
  private var count: Int64 = 0

  mutating func push(_ priority: Int32, _ state: Int32) {
    count += 1
    items.append(Item(key: Int64(priority) << 32 - count, state: state))
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child].key < items[parent].key else { break }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (priority: Int32, state: Int32)? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    if !items.isEmpty {
      items[0] = last
      sink()
    }
    return (Int32(truncatingIfNeeded: (first.key + (1 << 32) - 1) >> 32), first.state)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child].key < items[least].key {
        least = child
      }
      guard least != parent else { return }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
