import LinearAlgebra
import Statistics

/// Whether variants take other ways through the model: first one test of the whole table of edge flows, then the edges.
///
/// A branch's rate is its passes over the passes of all branches of its node. Rates of one unit's visits are not independent,
/// so their covariances are summed over units. The global test is Wald's on all free rates; without repeated visits it is, for
/// large samples, the chi-square test of homogeneity at each node, summed. Edges are tested one by one and corrected by Holm;
/// their adjusted p-values are at least the global one, so that no edge is significant where the table is not.
///
/// - Source: Anderson, T. W. and Goodman, L. A. (1957), Annals of Mathematical Statistics 28, 89-110 (homogeneity of chains);
///   Liang, K.-Y. and Zeger, S. L. (1986) (covariance by units); Holm (1979).
public struct VariantComparison: Sendable, Hashable {
  public struct Edge: Sendable, Hashable {
    public let variant: String
    public let source: String
    public let target: String
    public let label: String?
    public let controlRate: Double
    public let rate: Double
    public let difference: Double
    public let standardError: Double
    public let interval: Interval
    public let pValue: Double
    /// By Holm over all edges and variants, and not below the global p-value.
    public let adjustedPValue: Double
  }
  public let control: String
  public let statistic: Double
  public let degreesOfFreedom: Int
  /// Of the hypothesis that all variants have the same rates.
  public let pValue: Double
  public let edges: [Edge]

  struct Arm {
    let name: String
    let counts: FlowCounts
  }

  /// Nil if no branch was taken differently by any two visits, so that there is nothing to compare.
  init?(_ control: Arm, _ others: [Arm], _ net: ProcessNet, branchArcs: [Int], level: ConfidenceLevel) {
    let rates = ([control] + others).map { BranchRates($0.counts, net, branchArcs) }
    let free = Self.freeBranches(rates, net, branchArcs)
    guard !free.isEmpty, !others.isEmpty else { return nil }
    self.control = control.name
    (statistic, degreesOfFreedom) = Self.wald(rates, free)
    guard degreesOfFreedom > 0, let law = try? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)) else {
      return nil
    }
    pValue = law.survival(statistic)
    edges = Self.edges(control, others, rates, Self.tested(free, net, branchArcs), net, branchArcs, level, pValue)
  }

  /// Branches whose rate can differ: all of a node but its last that was taken, and no rate that is 0 or 1 in every arm.
  private static func freeBranches(_ rates: [BranchRates], _ net: ProcessNet, _ branchArcs: [Int]) -> [Int] {
    var kept: [Int] = []
    for place in branchArcs.indices {
      guard rates.allSatisfy({ $0.visits[place] > 0 }), rates.contains(where: { $0.isVaried(place) }) else { continue }
      kept.append(place)
    }
    return kept.filter { place in
      kept.contains { $0 > place && net.arcs[branchArcs[$0]].source == net.arcs[branchArcs[place]].source }
    }
  }

  /// The edges that are reported: of two branches one says what the other says, of more each says its own.
  private static func tested(_ free: [Int], _ net: ProcessNet, _ branchArcs: [Int]) -> [Int] {
    var all = Set(free)
    for place in free {
      let source = net.arcs[branchArcs[place]].source
      let siblings = branchArcs.indices.filter { net.arcs[branchArcs[$0]].source == source }
      if siblings.count > 2 { all.formUnion(siblings) }
    }
    return all.sorted()
  }

  /// Differences from the control with their joint covariance, in which all share the control's.
  private static func wald(_ rates: [BranchRates], _ free: [Int]) -> (Double, Int) {
    let (control, others) = (rates[0], rates.dropFirst())
    let size = free.count * others.count
    var covariance = Matrix(rows: size, columns: size)
    var differences: [Double] = []
    for (a, own) in others.enumerated() {
      for (i, place) in free.enumerated() {
        differences.append(own.rates[place] - control.rates[place])
        for b in 0..<others.count {
          for (j, other) in free.enumerated() {
            let shared = control.covariance(place, other)
            covariance[a * free.count + i, b * free.count + j] = shared + (a == b ? own.covariance(place, other) : 0)
          }
        }
      }
    }
    return quadratic(differences, covariance)
  }

  /// dᵀ C⁻¹ d over the directions in which C has a variance, and their number.
  private static func quadratic(_ d: [Double], _ covariance: Matrix) -> (Double, Int) {
    // Scaled to correlations, so that small rates are not taken for none.
    let scale = (0..<d.count).map { covariance[$0, $0] > 0 ? 1 / covariance[$0, $0].squareRoot() : 0 }
    var correlation = covariance
    for i in 0..<d.count { for j in 0..<d.count { correlation[i, j] *= scale[i] * scale[j] } }
    guard let eigen = try? SymmetricEigen(correlation) else { return (0, 0) }
    var (sum, rank) = (0.0, 0)
    for k in 0..<d.count where eigen.values[k] > 1e-9 {
      var projection = 0.0
      for i in 0..<d.count { projection += eigen.vectors[i, k] * d[i] * scale[i] }
      sum += projection * projection / eigen.values[k]
      rank += 1
    }
    return (sum, rank)
  }

  private static func edges(
    _ control: Arm, _ others: [Arm], _ rates: [BranchRates], _ tested: [Int], _ net: ProcessNet, _ branchArcs: [Int],
    _ level: ConfidenceLevel, _ globalPValue: Double
  ) -> [Edge] {
    struct Draft {
      let arm: Int
      let place: Int
      let error: Double
      let pValue: Double
    }
    var drafts: [Draft] = []
    for arm in 1..<rates.count {
      for place in tested {
        let variance = rates[0].covariance(place, place) + rates[arm].covariance(place, place)
        guard variance > 0 else { continue }
        let error = variance.squareRoot()
        let z = abs(rates[arm].rates[place] - rates[0].rates[place]) / error
        drafts.append(Draft(arm: arm, place: place, error: error, pValue: 2 * Normal.standard.survival(z)))
      }
    }
    let adjusted = Multiplicity.adjust(drafts.map(\.pValue), by: .holm)
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    return zip(drafts, adjusted).map { draft, adjusted in
      let edge = net.arcs[branchArcs[draft.place]].edge ?? 0
      let (before, now) = (rates[0].rates[draft.place], rates[draft.arm].rates[draft.place])
      return Edge(
        variant: others[draft.arm - 1].name, source: net.graph.nodes[net.graph.sources[edge]].id,
        target: net.graph.nodes[net.graph.targets[edge]].id, label: net.graph.edges[edge].label, controlRate: before,
        rate: now, difference: now - before, standardError: draft.error,
        interval: Interval(center: now - before, halfWidth: z * draft.error), pValue: draft.pValue,
        adjustedPValue: max(adjusted, globalPValue))
    }
  }
}

/// The branch rates of one arm, with covariances by units.
private struct BranchRates {
  let rates: [Double]
  /// By branch: the passes of all branches of its node.
  let visits: [Double]
  private let products: [Double]
  private let size: Int
  private let siblings: [[Int]]
  private let small: Double

  init(_ counts: FlowCounts, _ net: ProcessNet, _ branchArcs: [Int]) {
    let siblings = branchArcs.map { arc in
      branchArcs.indices.filter { net.arcs[branchArcs[$0]].source == net.arcs[arc].source }
    }
    self.siblings = siblings
    let visits = siblings.map { $0.reduce(0.0) { $0 + Double(counts.passes[branchArcs[$1]]) } }
    self.visits = visits
    rates = branchArcs.indices.map { visits[$0] > 0 ? Double(counts.passes[branchArcs[$0]]) / visits[$0] : 0 }
    (products, size) = (counts.products, branchArcs.count)
    small = counts.units > 1 ? Double(counts.units) / Double(counts.units - 1) : 1
  }

  func isVaried(_ place: Int) -> Bool { rates[place] > 0 && rates[place] < 1 }

  private func product(_ i: Int, _ j: Int) -> Double { products[min(i, j) * size + max(i, j)] }

  /// Sum over units of (x_i - p_i n_i)(x_j - p_j n_j) / (N_i N_j), where n is the sum of x over the node's branches.
  func covariance(_ i: Int, _ j: Int) -> Double {
    guard visits[i] > 0, visits[j] > 0 else { return 0 }
    var sum = product(i, j)
    for a in siblings[i] { sum -= rates[i] * product(a, j) }
    for b in siblings[j] {
      sum -= rates[j] * product(i, b)
      for a in siblings[i] { sum += rates[i] * rates[j] * product(a, b) }
    }
    return small * sum / (visits[i] * visits[j])
  }
}
