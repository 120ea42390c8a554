/// What is believed of one arm's parameter after its data, as a law.
///
/// Integrals over posteriors are taken on a natural scale u of the parameter (log odds of a rate, logarithm of an
/// intensity), on which the density is log-concave whatever the shapes are. Products of such densities and tails are
/// log-concave too: each integrand has one maximum, all its values are positive, and no digits cancel.
public protocol Posterior: Sendable {
  associatedtype Law: ContinuousDistribution
  /// Of the parameter itself.
  var law: Law { get }
  var mean: Double { get }
  var standardDeviation: Double { get }
  /// How the density of the parameter runs, which decides what its densest region looks like.
  var outline: PosteriorOutline { get }
  /// The values that the parameter can have.
  var support: Interval { get }

  /// Mean and standard deviation on the natural scale.
  var naturalMean: Double { get }
  var naturalDeviation: Double { get }
  /// The parameter at `u`, and its inverse.
  func value(natural u: Double) -> Double
  func natural(value: Double) -> Double
  /// The logarithm of the derivative of `value(natural:)`.
  func logSlope(natural u: Double) -> Double
  /// The logarithm of the density of u.
  func logDensity(natural u: Double) -> Double
  /// log P(U <= u), log P(U > u).
  func logTails(natural u: Double) -> (lower: Double, upper: Double)
}

/// How a density runs over its support.
public enum PosteriorOutline: Sendable, Hashable {
  case unimodal, decreasing, increasing, flat
  /// High at both ends: the densest values are two intervals.
  case bathtub
}

extension Posterior {
  /// The equal-tailed credible interval.
  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(law.quantile(level.alpha / 2), law.inverseSurvival(level.alpha / 2))
  }

  /// The shortest interval that holds the parameter with the level's probability: the highest-density interval.
  ///
  /// Among intervals [Q(p), Q(p + level)] the shortest has the same density at both ends; the difference of the two
  /// log densities grows with p, so p is found by bisection.
  /// - Throws: `DomainError` if the density is high at both ends of the support, for then the densest values are no interval.
  public func highestDensityInterval(_ level: ConfidenceLevel = .ninetyFive) throws(DomainError) -> Interval {
    switch outline {
    case .flat: return interval(level)
    case .decreasing: return Interval(support.lower, law.inverseSurvival(level.alpha))
    case .increasing: return Interval(law.quantile(level.alpha), support.upper)
    case .bathtub:
      throw DomainError(
        "highest-density interval", .nan,
        "needs a density that is not high at both ends; use the equal-tailed interval")
    case .unimodal: break
    }
    var (low, high) = (0.0, level.alpha)
    for _ in 0..<80 {
      let p = low + (high - low) / 2
      guard p > low, p < high else { break }
      let ends = (law.quantile(p), law.inverseSurvival(level.alpha - p))
      if law.logDensity(ends.0) < law.logDensity(ends.1) { low = p } else { high = p }
    }
    let p = low + (high - low) / 2
    return Interval(law.quantile(p), law.inverseSurvival(level.alpha - p))
  }

  /// Where the parameter lies, seen from an interval of values that make no practical difference.
  public func region(_ region: Interval) -> RegionProbabilities {
    let (below, above) = (law.cdf(region.lower), law.survival(region.upper))
    let inside =
      below <= law.survival(region.lower)
      ? law.cdf(region.upper) - below : law.survival(region.lower) - above
    return RegionProbabilities(below: below, inside: max(0, inside), above: above)
  }
}

/// A region of practical equivalence (ROPE) and what lies on its two sides.
///
/// - Source: Kruschke, J. K. (2018), "Rejecting or accepting parameter values in Bayesian estimation", Advances in
///   Methods and Practices in Psychological Science 1, 270-280; here the whole posterior is split, not an interval of it.
public struct RegionProbabilities: Sendable, Hashable, Codable {
  /// P(effect below the region).
  public let below: Double
  /// P(effect in the region of practical equivalence).
  public let inside: Double
  /// P(effect above the region).
  public let above: Double

  package init(below: Double, inside: Double, above: Double) {
    self.below = below
    self.inside = inside
    self.above = above
  }
}
