/// A procedure for many hypotheses.
public enum Correction: String, Sendable, Hashable, Codable, CaseIterable {
  case holm, hochberg, hommel, bonferroni, bh, by, none

  /// What the procedure keeps below alpha.
  public var controls: String {
    switch self {
    case .holm, .hochberg, .hommel, .bonferroni: "family-wise error rate"
    case .bh, .by: "false discovery rate"
    case .none: "each test alone"
    }
  }
}

/// Adjusted p-values, and intervals that agree with them.
public enum Multiplicity {
  /// p-values adjusted by a procedure, in the input's order, at most 1.
  ///
  /// - Source: Holm (1979), Scandinavian Journal of Statistics 6; Hochberg (1988), Biometrika 75; Hommel (1988), Biometrika
  ///   75 (adjusted form: Wright 1992, Biometrics 48, section 3.2); Benjamini & Hochberg (1995), JRSS B 57; Benjamini &
  ///   Yekutieli (2001), Annals of Statistics 29.
  /// - Checked against: R `p.adjust`, Datasets/References/multiple-testing.json.
  public static func adjust(_ pValues: [Double], by correction: Correction) -> [Double] {
    let m = Double(pValues.count)
    switch correction {
    case .none: return pValues
    case .bonferroni: return pValues.map { min(1, $0 * m) }
    case .holm: return stepDown(pValues) { p, rank in p * (m - Double(rank)) }
    case .hochberg: return stepUp(pValues) { p, rank in p * (m - Double(rank)) }
    case .hommel: return hommel(pValues)
    case .bh: return stepUp(pValues) { p, rank in p * m / Double(rank + 1) }
    case .by:
      let harmonic = (1...max(1, pValues.count)).reduce(0) { $0 + 1 / Double($1) }
      return stepUp(pValues) { p, rank in p * harmonic * m / Double(rank + 1) }
    }
  }

  /// From the smallest p-value up, each at least its predecessor. `rank` counts from 0.
  private static func stepDown(_ pValues: [Double], _ scaled: (Double, Int) -> Double) -> [Double] {
    var adjusted = pValues
    var floor = 0.0
    for (rank, index) in ascending(pValues).enumerated() {
      floor = max(floor, min(1, scaled(pValues[index], rank)))
      adjusted[index] = floor
    }
    return adjusted
  }

  /// From the largest p-value down, each at most its predecessor.
  private static func stepUp(_ pValues: [Double], _ scaled: (Double, Int) -> Double) -> [Double] {
    var adjusted = pValues
    var ceiling = 1.0
    for (rank, index) in ascending(pValues).enumerated().reversed() {
      ceiling = min(ceiling, scaled(pValues[index], rank))
      adjusted[index] = ceiling
    }
    return adjusted
  }

  private static func ascending(_ pValues: [Double]) -> [Int] {
    pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  }

  /// Wright's algorithm for Hommel's procedure, O(m²).
  private static func hommel(_ pValues: [Double]) -> [Double] {
    let order = ascending(pValues)
    let p = order.map { pValues[$0] }
    let m = p.count
    guard m > 1 else { return pValues }
    let simes = (0..<m).map { Double(m) * p[$0] / Double($0 + 1) }.min() ?? 1
    var q = [Double](repeating: simes, count: m)
    var best = q
    for size in stride(from: m - 1, to: 1, by: -1) {
      let lead = m - size
      let tail = (2...size).map { Double(size) * p[lead + $0 - 1] / Double($0) }.min() ?? 1
      for i in 0...lead { q[i] = min(Double(size) * p[i], tail) }
      for i in lead + 1..<max(m, lead + 1) { q[i] = q[lead] }
      for i in 0..<m { best[i] = max(best[i], q[i]) }
    }
    var adjusted = pValues
    for (rank, index) in order.enumerated() { adjusted[index] = min(1, max(best[rank], p[rank])) }
    return adjusted
  }

  /// The alpha at which each comparison's own interval is to be drawn, so that it excludes the null value exactly when the
  /// adjusted p-value is at most `alpha`; nil where the procedure has no such interval.
  ///
  /// Bonferroni: alpha/m for all, which covers all estimands at once. Holm: with r hypotheses rejected, a rejected one gets
  /// the level at which Holm's step rejected it, alpha/(m - rank), and all others alpha/(m - r): the decision agrees, and
  /// those that are not rejected keep simultaneous coverage (a rejected one's interval is a marginal statement at its step).
  /// Hochberg, Hommel, BH and BY have no intervals that agree in general.
  ///
  /// - Source: Bonferroni: Dunn (1961), JASA 56. For Holm, the step levels of Holm (1979); simultaneous intervals that agree
  ///   with Holm exist only in one-sided problems and are then mostly uninformative: Strassburger & Bretz (2008),
  ///   Statistics in Medicine 27, 4914-4927.
  public static func intervalAlphas(_ pValues: [Double], by correction: Correction, alpha: Double) -> [Double]? {
    let m = Double(pValues.count)
    switch correction {
    case .none: return pValues.map { _ in alpha }
    case .bonferroni: return pValues.map { _ in alpha / m }
    case .holm:
      let adjusted = adjust(pValues, by: .holm)
      let rejected = adjusted.count { $0 <= alpha }
      var alphas = [Double](repeating: alpha / max(1, m - Double(rejected)), count: pValues.count)
      for (rank, index) in ascending(pValues).enumerated() where rank < rejected {
        alphas[index] = alpha / (m - Double(rank))
      }
      return alphas
    case .hochberg, .hommel, .bh, .by: return nil
    }
  }
}
