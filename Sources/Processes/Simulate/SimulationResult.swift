import Statistics

/// What simulated cases came to.
public struct SimulationResult: Sendable {
  /// The cases of one variant, or all.
  public struct Group: Sendable {
    /// Nil if there are no variants.
    public let variant: String?
    public let cases: Int
    public let ends: [End]
    public let nodes: [Visits]
    public let edges: [Passes]
    public let meanNodes: Double
    public let time: Times
    public let meanCost: Double
  }
  public struct End: Sendable, Hashable {
    public let node: String
    public let label: String
    public let cases: Int
    public let interval: Interval
  }
  public struct Visits: Sendable, Hashable {
    public let node: String
    public let visits: Int
  }
  public struct Passes: Sendable, Hashable {
    public let source: String
    public let target: String
    public let label: String?
    public let passes: Int
    /// Visits of the source.
    public let entered: Int
    public let interval: Interval
  }
  /// Seconds from start to end.
  public struct Times: Sendable, Hashable {
    public let mean: Double
    public let standardDeviation: Double
    public let standardError: Double
    public let p50: Double
    public let p90: Double
    public let p95: Double
  }
  /// A pool of servers over all replications.
  public struct Pool: Sendable, Hashable {
    public let name: String
    public let servers: Int
    public let jobs: Int
    /// Seconds in the queue.
    public let meanWait: Double
    public let p95Wait: Double
    /// Share of the servers' open time, up to the last end of work, in which they worked.
    public let utilisation: Double
    public let longestQueue: Int
  }
  public let seed: UInt64
  public let replications: Int
  /// One without variants, else one a variant in their order.
  public let groups: [Group]
  public let pools: [Pool]
  public var cases: Int { groups.reduce(0) { $0 + $1.cases } }
}

/// Counts and times of some cases; they add up.
struct WalkTotals: Sendable {
  var cases = 0
  var visits: [Int]
  var arcs: [Int]
  var ends: [Int]
  var cost = 0.0
  var times: [Double] = []

  init(_ net: ProcessNet) {
    visits = [Int](repeating: 0, count: net.places.count)
    arcs = [Int](repeating: 0, count: net.arcs.count)
    ends = visits
  }

  mutating func add(_ other: WalkTotals) {
    cases += other.cases
    for i in visits.indices { visits[i] += other.visits[i] }
    for i in arcs.indices { arcs[i] += other.arcs[i] }
    for i in ends.indices { ends[i] += other.ends[i] }
    cost += other.cost
    times += other.times
  }

  func group(_ variant: String?, _ net: ProcessNet) -> SimulationResult.Group {
    SimulationResult.Group(
      variant: variant, cases: cases,
      ends: net.ends.map { end in
        SimulationResult.End(
          node: net.name(of: end), label: net.graph.nodes[end].label, cases: ends[end],
          interval: SingleProportion.wilson(ends[end], of: max(cases, 1)))
      },
      nodes: (0..<net.nodeCount).map { .init(node: net.graph.nodes[$0].id, visits: visits[$0]) },
      edges: net.arcs.enumerated().compactMap { index, arc in
        guard let edge = arc.edge else { return nil }
        return SimulationResult.Passes(
          source: net.graph.nodes[net.graph.sources[edge]].id, target: net.graph.nodes[net.graph.targets[edge]].id,
          label: net.graph.edges[edge].label, passes: arcs[index], entered: visits[arc.source],
          interval: SingleProportion.wilson(arcs[index], of: max(visits[arc.source], 1)))
      },
      meanNodes: Double(visits[..<net.nodeCount].reduce(0, +)) / Double(max(cases, 1)), time: summary(),
      meanCost: cost / Double(max(cases, 1)))
  }

  private func summary() -> SimulationResult.Times {
    guard !times.isEmpty else {
      return .init(mean: .nan, standardDeviation: .nan, standardError: .nan, p50: .nan, p90: .nan, p95: .nan)
    }
    let n = Double(times.count)
    let mean = times.reduce(0, +) / n
    let squares = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = times.count > 1 ? (squares / (n - 1)).squareRoot() : .nan
    let sorted = SortedTimes.ascending(times)
    func quantile(_ p: Double) -> Double { sorted[min(sorted.count - 1, Int((p * n).rounded(.up)) - 1)] }
    return .init(
      mean: mean, standardDeviation: deviation, standardError: deviation / n.squareRoot(), p50: quantile(0.5),
      p90: quantile(0.9), p95: quantile(0.95))
  }
}
