/// The cheapest walk through a model that explains a case's events, exactly, in time linear in the events.
///
/// A walk is where the token was when each event was written. With one token its state is a single station, so the cheapest walk
/// is a shortest path in the grid of events and stations. From any station that is no end every event can be reached by a jump;
/// so a state that costs a jump more than the cheapest of these can never win again and is let go. A case that fits keeps one
/// state until its end.
///
/// - Source: alignments as in Adriansyah, A. (2014), "Aligning observed and modeled behavior", with jumps as one more move; the
///   pruning is ours.
/// - Checked against: Dijkstra's search of the whole product of model and trace, on 10,000 random models and traces.
package struct Aligner: Sendable {
  /// How one event is explained.
  package enum Move: Sendable, Hashable {
    /// By a way of the table, direct or past one station.
    case way(Int)
    case jump(from: Int, to: Int)
    /// Not part of the walk, which stayed where it was.
    case insertion(at: Int)
  }

  package let table: StepTable
  private struct State {
    var position: Int
    var cost: Int
    /// Index into `trail`, -1 at the beginning.
    var last: Int32
  }
  private struct Link {
    let row: Int
    let move: Move
    let previous: Int32
  }
  private var states: [State] = []
  private var next: [State] = []
  private var trail: [Link] = []
  private var settledCost = 0

  package init(_ table: StepTable) { self.table = table }

  /// Begins a case.
  package mutating func begin() {
    states.removeAll(keepingCapacity: true)
    states.append(State(position: table.origin, cost: 0, last: -1))
    trail.removeAll(keepingCapacity: true)
    settledCost = 0
  }

  /// Takes one event, which names one of these stations. `commit` gets the moves that are certain, in the order of the rows.
  @inline(__always)
  package mutating func take(_ row: Int, _ stations: [Int], commit: (Int, Move) -> Void) {
    if states.count == 1, stations.count == 1, let way = table.way(from: states[0].position, to: stations[0]),
      table.ways[way].cost == 0, !table.isFinal(stations[0])
    {
      states[0].position = stations[0]
      commit(row, .way(way))
      return
    }
    advance(row, stations)
    if states.count == 1 { flush(commit) }
  }

  /// Ends a case and returns the cost of its walk, and where the token is.
  package mutating func finish(commit: (Int, Move) -> Void) -> (cost: Int, position: Int) {
    let best = states.min { $0.cost < $1.cost } ?? State(position: table.origin, cost: 0, last: -1)
    states = [best]
    flush(commit)
    return (settledCost, best.position)
  }

  private mutating func advance(_ row: Int, _ stations: [Int]) {
    next.removeAll(keepingCapacity: true)
    for state in states {
      for station in stations {
        if let way = table.way(from: state.position, to: station) {
          reach(station, state.cost + table.ways[way].cost, row, .way(way), state.last)
        } else if !table.isFinal(state.position), state.position != station {
          reach(station, state.cost + StepTable.jumpCost, row, .jump(from: state.position, to: station), state.last)
        }
      }
      reach(state.position, state.cost + StepTable.insertionCost, row, .insertion(at: state.position), state.last)
    }
    var best = Int.max
    for state in next where !table.isFinal(state.position) { best = min(best, state.cost) }
    let limit = best == .max ? .max : best + StepTable.jumpCost
    states.removeAll(keepingCapacity: true)
    for state in next where state.cost < limit { states.append(state) }
  }

  private mutating func reach(_ position: Int, _ cost: Int, _ row: Int, _ move: Move, _ previous: Int32) {
    let known = next.firstIndex { $0.position == position }
    if let known, next[known].cost <= cost { return }
    trail.append(Link(row: row, move: move, previous: previous))
    let state = State(position: position, cost: cost, last: Int32(trail.count - 1))
    if let known { next[known] = state } else { next.append(state) }
  }

  /// One state is left: the moves that led to it are certain.
  private mutating func flush(_ commit: (Int, Move) -> Void) {
    var chain: [Link] = []
    var index = states[0].last
    while index >= 0 {
      chain.append(trail[Int(index)])
      index = trail[Int(index)].previous
    }
    for link in chain.reversed() { commit(link.row, link.move) }
    settledCost += states[0].cost
    states[0].cost = 0
    states[0].last = -1
    trail.removeAll(keepingCapacity: true)
  }
}
