import Foundation

/// Whether values of one arm tend to be larger than those of another, by ranks alone.
///
/// U counts the pairs of a treated and a control unit in which the treated one is larger, ties one half.
/// - Source: Mann, H. B. and Whitney, D. R. (1947), Annals of Mathematical Statistics 18; tie-corrected variance and the
///   interval of the shift: Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods, sections 4.1 and 4.3.
/// - Checked against: R `wilcox.test`, exactRankTests and scipy, Datasets/References/rank-tests.json.
public struct MannWhitneyTest: Sendable, Hashable {
  public static let name = "Mann-Whitney U test"

  /// How the p-value is found.
  public enum Method: Sendable, Hashable {
    /// Exact up to 50 units an arm, else normal with continuity correction.
    case automatic
    /// Over all relabellings of the pooled sample, ties included; two-sided by the distance from the mean.
    case exact
    case normal(continuity: Bool)
  }

  /// Pairs in which the treatment is above the control, ties as halves.
  public let u: Double
  /// How the p-value is found.
  public let method: Method
  private let treatment: [Double]
  private let control: [Double]
  private let ranks: Midranks

  /// - Throws: `DomainError` if an arm is empty, holds NaN, or an exact test is asked for more than 400 units.
  public init(treatment: [Double], control: [Double], method: Method = .automatic) throws(DomainError) {
    try requireValues(treatment, atLeast: 1, "the treatment arm")
    try requireValues(control, atLeast: 1, "the control arm")
    let units = treatment.count + control.count
    if method == .exact, units > 400 {
      throw DomainError("units of both arms", Double(units), "must be at most 400 for an exact rank test")
    }
    let small = max(treatment.count, control.count) <= 50
    self.method = method == .automatic ? (small ? .exact : .normal(continuity: true)) : method
    ranks = Midranks(treatment + control)
    let sum = ranks.doubled.prefix(treatment.count).reduce(0, +)
    u = Double(sum - treatment.count * (treatment.count + 1)) / 2
    self.treatment = treatment.sorted()
    self.control = control.sorted()
  }

  private var pairs: Double { Double(treatment.count) * Double(control.count) }

  /// Of U if the arms have one law, given the ties.
  public var standardDeviation: Double {
    let n = Double(treatment.count + control.count)
    guard n > 1 else { return 0 }
    return (pairs / 12 * (n + 1 - ranks.tieSum / (n * (n - 1)))).squareRoot()
  }

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    switch method {
    case .normal(let continuity): return normal(alternative, continuity: continuity)
    case .exact, .automatic: return exact(alternative)
    }
  }

  private func normal(_ alternative: Alternative, continuity: Bool) -> Double {
    let gap = u - pairs / 2
    let step = continuity ? 0.5 : 0
    let deviation = standardDeviation
    guard deviation > 0 else { return 1 }
    switch alternative {
    case .twoSided: return min(1, 2 * Normal.standard.survival(max(0, abs(gap) - step) / deviation))
    case .greater: return Normal.standard.survival((gap - step) / deviation)
    case .less: return Normal.standard.survival((-gap - step) / deviation)
    }
  }

  private func exact(_ alternative: Alternative) -> Double {
    let law = SubsetSums.fixedSize(ranks.doubled, size: treatment.count)
    let base = Double(treatment.count * (treatment.count + 1))
    // Sums of doubled midranks; every value is a multiple of 1/2 of U, so a quarter is no distance.
    return min(
      1,
      law.enumerated().reduce(0) { total, entry in
        let value = (Double(entry.offset) - base) / 2
        let extreme =
          switch alternative {
          case .twoSided: abs(value - pairs / 2) > abs(u - pairs / 2) - 0.25
          case .greater: value > u - 0.25
          case .less: value < u + 0.25
          }
        return extreme ? total + entry.element : total
      })
  }

  /// Hodges and Lehmann's estimate of the shift: the median of all differences of a treated and a control value.
  public var shift: Double {
    let count = treatment.count * control.count
    let low = OrderedSums.difference((count + 1) / 2, treatment, control)
    return count % 2 == 1 ? low : (low + OrderedSums.difference(count / 2 + 1, treatment, control)) / 2
  }

  /// The shifts that the test does not reject: between two order statistics of the differences.
  ///
  /// With few units the ranks come from the exact law without ties, and the level is at least the one asked for.
  public func shiftInterval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    let count = treatment.count * control.count
    let rank: Int
    if case .normal = method {
      let reach = Normal.standard.inverseSurvival(level.alpha / 2) * standardDeviation
      rank = max(0, Int((pairs / 2 - reach).rounded(.down)))
    } else {
      rank = exactRank(level)
    }
    guard rank >= 1 else { return Interval(-.infinity, .infinity) }
    return Interval(
      OrderedSums.difference(rank, treatment, control), OrderedSums.difference(count + 1 - rank, treatment, control))
  }

  /// The largest k with P(U < k) <= alpha / 2, without ties.
  private func exactRank(_ level: ConfidenceLevel) -> Int {
    let n = treatment.count
    let law = SubsetSums.fixedSize(Array(1...(n + control.count)), size: n)
    var (below, rank) = (0.0, 0)
    for mass in law.dropFirst(n * (n + 1) / 2) {
      below += mass
      if below > level.alpha / 2 { break }
      rank += 1
    }
    return rank
  }
}
