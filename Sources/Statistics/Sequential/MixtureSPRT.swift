import Foundation

/// The mixture sequential probability ratio test of a normal estimate: its p-value may be looked at after every unit.
///
/// - Source: Johari, R., Koomen, P., Pekelis, L. and Walsh, D. (2022), "Always valid inference: continuous monitoring of
///   A/B tests", Operations Research 70, section 4, with a normal mixture N(null, tau²) over the effect.
/// - Checked against: mpmath, Datasets/References/msprt.json, always-valid.json.
public struct MixtureSPRT: Sendable, Hashable {
  /// Chance of ever rejecting a true null hypothesis, at most.
  public let alpha: Double
  /// Variance of the mixture, in the squared unit of the effect.
  public let mixtureVariance: Double
  public let null: Double

  /// - Throws: `DomainError` unless 0 < alpha < 1 and the mixture's variance is positive.
  public init(alpha: Double, mixtureVariance: Double, null: Double = 0) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard mixtureVariance > 0, mixtureVariance.isFinite else {
      throw DomainError("variance of the mixture", mixtureVariance, "must be positive and finite")
    }
    self.alpha = alpha
    self.mixtureVariance = mixtureVariance
    self.null = null
  }

  /// One look: the estimate and its squared standard error.
  public struct Look: Sendable, Hashable {
    public let estimate: Double
    /// Squared standard error of the estimate.
    public let variance: Double
    /// One look: the estimate so far and its squared standard error.
    public init(estimate: Double, variance: Double) {
      self.estimate = estimate
      self.variance = variance
    }
  }

  /// log of the likelihood ratio of the mixture against the null value: an e-value on the log scale.
  public func logLikelihoodRatio(_ look: Look) -> Double {
    let sum = look.variance + mixtureVariance
    let gap = look.estimate - null
    return 0.5 * log(look.variance / sum) + gap * gap * mixtureVariance / (2 * look.variance * sum)
  }

  /// The values of the effect that this look alone does not reject.
  public func interval(_ look: Look) -> Interval {
    let sum = look.variance + mixtureVariance
    let square = look.variance * sum / mixtureVariance * (log(sum / look.variance) - 2 * log(alpha))
    return Interval(center: look.estimate, halfWidth: square.squareRoot())
  }

  /// What is left after each look when the intervals of all looks so far are intersected. If they have no common point, the
  /// last look's own interval stands for the empty set.
  public func runningIntervals(_ looks: [Look]) -> [Interval] {
    var running = Interval(-.infinity, .infinity)
    return looks.map { look in
      let own = interval(look)
      let common = Interval(max(running.lower, own.lower), min(running.upper, own.upper))
      running = common.lower <= common.upper ? common : own
      return running
    }
  }

  /// The always-valid p-value after each look: the smallest reciprocal likelihood ratio so far, at most 1.
  public func pValues(_ looks: [Look]) -> [Double] {
    var smallest = 1.0
    return looks.map { look in
      smallest = min(smallest, exp(-logLikelihoodRatio(look)))
      return smallest
    }
  }
}
