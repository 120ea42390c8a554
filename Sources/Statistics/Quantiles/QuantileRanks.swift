import Foundation

/// The order statistics between which a quantile lies with a given confidence, whatever the law of the values.
///
/// - Checked against: mpmath and R `pbinom`, Datasets/References/quantile-interval.json and quantiles.json.
public struct QuantileRanks: Sendable, Hashable {
  /// From 1; 0 stands for minus infinity.
  public let lower: Int
  /// From 1; n + 1 stands for infinity.
  public let upper: Int
  /// P(lower <= B < upper) for B binomial(n, p): the coverage for values without ties.
  public let coverage: Double
  /// Whether a side has no order statistic.
  public let isOpen: Bool

  /// The narrowest ranks with at most alpha / 2 outside on each side.
  ///
  /// - Source: David, H. A. and Nagaraja, H. N. (2003), Order Statistics, section 7.1.
  /// - Throws: `DomainError` unless n >= 1 and p is in (0, 1).
  public init(exact n: Int, probability p: Double, level: ConfidenceLevel = .ninetyFive) throws(DomainError) {
    try Self.require(n, p)
    let law = try Binomial(trials: n, probability: p)
    let tail = level.alpha / 2
    // P(B < l) <= tail: one more than the largest k with P(B <= k) <= tail.
    let lower = DiscreteSearch.smallest(in: 0...n) { law.cdf($0) > tail }
    let upper = DiscreteSearch.smallest(in: 0...(n + 1)) { law.survival($0 - 1) <= tail }
    self.lower = lower
    self.upper = upper
    isOpen = lower == 0 || upper == n + 1
    coverage = 1 - law.cdf(lower - 1) - law.survival(upper - 1)
  }

  static func require(_ n: Int, _ p: Double) throws(DomainError) {
    guard n >= 1 else { throw DomainError("values", Double(n), "must be at least 1") }
    guard p > 0, p < 1 else { throw DomainError("probability of a quantile", p, "must be in (0, 1)") }
  }

  /// The order statistics themselves.
  public func interval(_ sorted: [Double]) -> Interval {
    Interval(
      lower >= 1 && lower <= sorted.count ? sorted[lower - 1] : -.infinity,
      upper >= 1 && upper <= sorted.count ? sorted[upper - 1] : .infinity)
  }
}
