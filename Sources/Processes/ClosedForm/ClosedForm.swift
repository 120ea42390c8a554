import LinearAlgebra
import Workflow

/// What the chain of a model comes to, without simulation: end probabilities, expected visits, and the time to the end.
///
/// With one token and fixed branch probabilities a model is an absorbing Markov chain. With Q the matrix of steps between
/// stations that are no ends and N = (I - Q)⁻¹ its fundamental matrix: expected visits are the start's row of N, end
/// probabilities that row times the steps into ends, and the mean and the variance of the time solve (I - Q) x = b. Servers and
/// hours are not part of it: times are without queues.
///
/// - Source: Kemeny, J. G. and Snell, J. L. (1960), "Finite Markov Chains", theorems 3.2.4, 3.3.3 (visits and their variance),
///   3.3.7 (absorption); the time's variance by the law of total variance at each step.
/// - Checked against: exact rational goldens of seven models to 6 places; one million simulated cases of each.
public struct ClosedForm: Sendable, Hashable {
  public struct End: Sendable, Hashable {
    public let node: String
    public let label: String
    public let probability: Double
  }
  public struct Visits: Sendable, Hashable {
    public let node: String
    /// Expected visits a case.
    public let mean: Double
    public let variance: Double
    /// Probability that a case comes here at all.
    public let reached: Double
  }
  public struct Passes: Sendable, Hashable {
    public let source: String
    public let target: String
    public let label: String?
    /// Probability that the edge is taken at its source.
    public let probability: Double
    /// Expected passes a case.
    public let mean: Double
    /// Probability that a case passes here at all.
    public let passed: Double
  }

  public let ends: [End]
  public let nodes: [Visits]
  public let edges: [Passes]
  /// Expected number of nodes that a case visits, start and end included.
  public let expectedNodes: Double
  /// Seconds from start to end, without queues.
  public let meanTime: Double
  public let timeVariance: Double
  /// Expected `cost=` of a case.
  public let meanCost: Double
  /// Whether nodes have servers, so that real times are longer by the queues.
  public let ignoresQueues: Bool

  /// The equations are dense: 8 n² bytes and n³ operations.
  package static let stationLimit = 2_000

  /// - Throws: `ProcessFault` as `ProcessModel`, or if the model is too large or its equations are singular.
  public init(_ model: Model, overrides: [BranchOverride] = [], folder: String = ".") throws(ProcessFault) {
    try self.init(ProcessModel(model, overrides: overrides, folder: folder))
  }

  package init(_ model: ProcessModel) throws(ProcessFault) {
    let net = model.net
    guard net.places.count <= Self.stationLimit else {
      throw .tooLarge(stations: net.places.count, limit: Self.stationLimit)
    }
    let chain = try Chain(model)
    let visits = chain.visits
    ends = net.ends.map { End(node: net.name(of: $0), label: net.graph.nodes[$0].label, probability: visits[$0]) }
    nodes = (0..<net.nodeCount).map { node in
      let own = chain.returns[node]
      let mean = visits[node]
      return Visits(
        node: net.graph.nodes[node].id, mean: mean, variance: max(0, mean * (2 * own - 1) - mean * mean),
        reached: mean / own)
    }
    edges = net.arcs.enumerated().compactMap { index, arc in
      guard let edge = arc.edge else { return nil }
      let p = model.probabilities[index]
      let mean = visits[arc.source] * p
      return Passes(
        source: net.graph.nodes[net.graph.sources[edge]].id, target: net.graph.nodes[net.graph.targets[edge]].id,
        label: net.graph.edges[edge].label, probability: p, mean: mean,
        passed: mean / (1 + p * chain.expectedVisits(of: arc.source, from: arc.target)))
    }
    expectedNodes = visits[..<net.nodeCount].reduce(0, +)
    (meanTime, timeVariance) = (chain.meanTime, chain.timeVariance)
    meanCost = zip(visits, model.costs).reduce(0) { $0 + $1.0 * $1.1 }
    ignoresQueues = !model.pools.isEmpty
  }
}

/// The solved equations of a chain.
struct Chain: Sendable {
  /// By station: expected visits from the start; of an end, the probability to come there.
  let visits: [Double]
  /// By station: expected visits of a case that is there, this one included.
  let returns: [Double]
  let meanTime: Double
  let timeVariance: Double
  private let place: [Int?]
  private let fundamental: Matrix
  /// By end: where it is entered from.
  private let into: [[(source: Int, probability: Double)]]

  init(_ model: ProcessModel) throws(ProcessFault) {
    let net = model.net
    let transient = net.places.indices.filter { !net.isEnd($0) }
    var place = [Int?](repeating: nil, count: net.places.count)
    for (row, station) in transient.enumerated() { place[station] = row }
    var system = Matrix.identity(transient.count)
    for (index, arc) in net.arcs.enumerated() {
      guard let from = place[arc.source], let to = place[arc.target] else { continue }
      system[from, to] -= model.probabilities[index]
    }
    do {
      let factor = try LU(system)
      fundamental = try factor.solve(.identity(transient.count))
      var visits = [Double](repeating: 0, count: net.places.count)
      guard let start = place[net.start] else { throw ProcessFault.singular }
      for (row, station) in transient.enumerated() { visits[station] = fundamental[start, row] }
      for (index, arc) in net.arcs.enumerated() where place[arc.target] == nil {
        visits[arc.target] += visits[arc.source] * model.probabilities[index]
      }
      let means = try Self.means(model, transient, place, factor)
      meanTime = means[net.start]
      timeVariance = try Self.variances(model, means, transient, place, factor)[net.start]
      self.visits = visits
    } catch {
      throw .singular
    }
    guard visits.allSatisfy(\.isFinite), meanTime.isFinite, timeVariance.isFinite else { throw .singular }
    let fundamental = fundamental
    returns = place.map { row in row.map { fundamental[$0, $0] } ?? 1 }
    self.place = place
    var into = [[(source: Int, probability: Double)]](repeating: [], count: net.places.count)
    for (index, arc) in net.arcs.enumerated() where place[arc.target] == nil {
      into[arc.target].append((arc.source, model.probabilities[index]))
    }
    self.into = into
  }

  func expectedVisits(of station: Int, from origin: Int) -> Double {
    guard let row = place[origin], let column = place[station] else { return 0 }
    return fundamental[row, column]
  }

  /// How often a case that is at a station comes to a target: how many times in the mean, with what variance, and whether at all.
  ///
  /// The visits after the first are geometric, for the chain forgets how it came there.
  func visits(to target: MetricPlace, from origin: Int) -> (mean: Double, variance: Double, reached: Double) {
    let (mean, again): (Double, Double)
    switch target {
    case .station(let station):
      if place[station] == nil {
        mean = absorbed(station, from: origin)
        again = 1
      } else {
        mean = expectedVisits(of: station, from: origin)
        again = expectedVisits(of: station, from: station)
      }
    case .arc(let source, let end, let p):
      mean = p * expectedVisits(of: source, from: origin)
      again = 1 + p * expectedVisits(of: source, from: end)
    }
    return (mean, max(0, mean * (2 * again - 1) - mean * mean), mean / again)
  }

  enum MetricPlace {
    case station(Int)
    case arc(source: Int, target: Int, probability: Double)
  }

  private func absorbed(_ end: Int, from origin: Int) -> Double {
    guard place[origin] != nil else { return origin == end ? 1 : 0 }
    return into[end].reduce(0) { $0 + expectedVisits(of: $1.source, from: origin) * $1.probability }
  }

  /// Mean time from each station to the end: its own, and that of where it leads.
  private static func means(
    _ model: ProcessModel, _ transient: [Int], _ place: [Int?], _ factor: LU
  ) throws -> [Double] {
    var right = transient.map { model.times[$0].mean }
    for (index, arc) in model.net.arcs.enumerated() where place[arc.target] == nil {
      if let row = place[arc.source] { right[row] += model.probabilities[index] * model.times[arc.target].mean }
    }
    return spread(try factor.solve(right), over: model, transient) { $0.mean }
  }

  /// Variance from each station: its own, that of the mean of where it leads, and the mean of the variances there.
  private static func variances(
    _ model: ProcessModel, _ means: [Double], _ transient: [Int], _ place: [Int?], _ factor: LU
  ) throws -> [Double] {
    var right = transient.map { model.times[$0].variance }
    for (row, station) in transient.enumerated() {
      let arcs = model.net.outgoing[station]
      let ahead = arcs.reduce(0) { $0 + model.probabilities[$1] * means[model.net.arcs[$1].target] }
      for arc in arcs {
        let target = model.net.arcs[arc].target
        let gap = means[target] - ahead
        right[row] += model.probabilities[arc] * gap * gap
        if place[target] == nil { right[row] += model.probabilities[arc] * model.times[target].variance }
      }
    }
    return spread(try factor.solve(right), over: model, transient) { $0.variance }
  }

  private static func spread(
    _ solution: [Double], over model: ProcessModel, _ transient: [Int], ends: (StationTime) -> Double
  ) -> [Double] {
    var all = model.times.map(ends)
    for (row, station) in transient.enumerated() { all[station] = solution[row] }
    return all
  }
}
