import Basics
import Statistics

/// What an event log says about a model.
public struct FlowMeasurement: Sendable {
  public var model: String
  public let quality: LogQuality
  public let files: [InputFile]
  public let cases: Int
  public let units: Int
  /// Whether some unit has several cases, so that intervals are wider by clustering.
  public let isClustered: Bool
  /// Units whose cases are in several variants; they are left out.
  public let mixedUnits: Int
  /// Seconds since 1970 at which observation ends.
  public let asOf: Double
  public let window: Double?
  public let level: Double
  /// All cases first, then by variant, by cohort, and by both.
  public let groups: [Group]
  public let conformance: Conformance
  /// Nil without two variants.
  public let comparison: VariantComparison?
  public let notices: [String]

  public struct Group: Sendable, Hashable {
    public let variant: String?
    public let cohort: String?
    public let cases: Int
    public let units: Int
    public let open: Int
    public let dropped: Int
    public let ends: [End]
    public let nodes: [NodeMeasure]
    public let edges: [EdgeMeasure]
    /// From the first event to the end, open cases censored.
    public let cycle: KaplanMeierQuantiles
  }

  public struct End: Sendable, Hashable {
    public let node: String
    public let label: String
    public let cases: Int
    /// Of the cases that ended or were dropped.
    public let share: Double?
    public let interval: Interval?
  }

  public struct NodeMeasure: Sendable, Hashable {
    public let node: String
    public let label: String
    public let visits: Int
    public let cases: Int
    /// Cases with two or more visits.
    public let reworked: Int
    public let open: Int
    public let dropped: Int
    /// Visits that ended in a jump which the model does not have, and that began with one.
    public let jumpedFrom: Int
    public let jumpedTo: Int
    /// From this event to the next one of the case; nil for silent nodes.
    public let dwell: KaplanMeierQuantiles?
    /// From start to complete; nil if the log has no starts.
    public let work: KaplanMeierQuantiles?
  }

  public struct EdgeMeasure: Sendable, Hashable {
    public let source: String
    public let target: String
    public let label: String?
    /// Visits of the source.
    public let entered: Int
    /// Visits that went on by this edge.
    public let passes: Int
    public let cases: Int
    /// Visits that stand at the source, or were dropped there.
    public let open: Int
    public let dropped: Int
    /// Passes of the visits whose next step is known.
    public let rate: Double?
    /// Wilson's interval for the number of visits that independent ones would be worth.
    public let interval: Interval?
    /// Variance by units over that of independent visits; 1 if every unit comes once.
    public let designEffect: Double
  }
}

extension FlowCounts {
  func group(
    _ variant: String?, _ cohort: String?, _ table: StepTable, level: ConfidenceLevel
  ) -> FlowMeasurement.Group {
    let net = table.net
    let endings = net.ends
    let decidedCases = ended.reduce(0, +) + dropped.reduce(0, +)
    return FlowMeasurement.Group(
      variant: variant, cohort: cohort, cases: cases, units: units, open: open.reduce(0, +),
      dropped: dropped.reduce(0, +),
      ends: endings.map { end in
        FlowMeasurement.End(
          node: net.name(of: end), label: net.graph.nodes[end].label, cases: ended[end],
          share: decidedCases > 0 ? Double(ended[end]) / Double(decidedCases) : nil,
          interval: decidedCases > 0 ? SingleProportion.wilson(ended[end], of: decidedCases, level: level) : nil)
      },
      nodes: (0..<net.nodeCount).map { node($0, table, level) },
      edges: net.arcs.indices.compactMap { edge($0, net, level) },
      cycle: KaplanMeierQuantiles(keys: cycle, level: level))
  }

  private func node(_ station: Int, _ table: StepTable, _ level: ConfidenceLevel) -> FlowMeasurement.NodeMeasure {
    let node = table.net.graph.nodes[station]
    let showsDwell = table.isLogged[station] && !table.net.isEnd(station)
    return FlowMeasurement.NodeMeasure(
      node: node.id, label: node.label, visits: visits[station], cases: visitedCases[station],
      reworked: reworkedCases[station], open: open[station], dropped: dropped[station],
      jumpedFrom: jumpedFrom[station], jumpedTo: jumpedTo[station],
      dwell: showsDwell ? KaplanMeierQuantiles(keys: dwell[station], level: level) : nil,
      work: work[station].isEmpty ? nil : KaplanMeierQuantiles(keys: work[station], level: level))
  }

  private func edge(_ index: Int, _ net: ProcessNet, _ level: ConfidenceLevel) -> FlowMeasurement.EdgeMeasure? {
    let arc = net.arcs[index]
    guard let edge = arc.edge else { return nil }
    let decided = decided(arc.source)
    let effect = designEffect(index, source: arc.source, decided: decided)
    return FlowMeasurement.EdgeMeasure(
      source: net.graph.nodes[net.graph.sources[edge]].id, target: net.graph.nodes[net.graph.targets[edge]].id,
      label: net.graph.edges[edge].label, entered: visits[arc.source], passes: passes[index],
      cases: passedCases[index], open: open[arc.source], dropped: dropped[arc.source],
      rate: decided > 0 ? Double(passes[index]) / Double(decided) : nil,
      interval: decided > 0 ? Wilson.interval(passes[index], of: decided, designEffect: effect, level) : nil,
      designEffect: effect)
  }

  /// The variance of the rate by units, as a ratio of sums, over the binomial one.
  ///
  /// - Source: Kish, L. (1965), "Survey Sampling", 8.2; the ratio estimator's variance as in Cochran (1977), eq. 6.13.
  private func designEffect(_ index: Int, source: Int, decided: Int) -> Double {
    let (n, x) = (Double(decided), Double(passes[index]))
    guard n > 0, x > 0, x < n, units > 1 else { return 1 }
    let p = x / n
    let squares = passesSquared[index] - 2 * p * passesTimesVisits[index] + p * p * visitsSquared[source]
    let small = Double(units) / Double(units - 1)
    return max(1, small * squares / (n * p * (1 - p)))
  }
}

enum Wilson {
  /// Wilson's interval with the trials divided by a design effect.
  ///
  /// - Source: Wilson, E. B. (1927), JASA 22, 209-212; effective sample size: Kish (1965), section 8.2; use in Wilson's
  ///   interval: Korn, E. L. and Graubard, B. I. (1998), Survey Methodology 24, 193-201.
  static func interval(_ x: Int, of n: Int, designEffect: Double, _ level: ConfidenceLevel) -> Interval {
    guard designEffect > 1 else { return SingleProportion.wilson(x, of: n, level: level) }
    let trials = Double(n) / designEffect
    let p = Double(x) / Double(n)
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let center = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    let half = z / (1 + z * z / trials) * (p * (1 - p) / trials + z * z / (4 * trials * trials)).squareRoot()
    return Interval(max(0, center - half), min(1, center + half))
  }
}
