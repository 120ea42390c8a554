import Foundation

/// The posterior of an estimated effect, on the law of its test.
///
/// Under a flat prior (and one flat on the logarithm of the variances) the posterior of a difference of means is the t law
/// of the test, scaled by the standard error: exactly so for one common variance, by Welch's approximation to the
/// Behrens-Fisher law otherwise. A normal prior takes the standard error as known; the posterior is normal.
/// - Source: Box, G. E. P. and Tiao, G. C. (1973), Bayesian Inference in Statistical Analysis, sections 2.5.2 and 2.5.3.
public struct EffectPosterior: Sendable, Hashable {
  public let mean: Double
  /// The standard deviation of a normal law; the scale of a t law.
  public let scale: Double
  public let law: ReferenceLaw

  /// - Throws: `DomainError` as `GaussianEffect`.
  public init(
    _ estimate: Estimate, law: ReferenceLaw = .normal, prior: GaussianEffect.Prior = .flat
  ) throws(DomainError) {
    let effect = try GaussianEffect(
      estimate: estimate.value, standardError: estimate.standardError, prior: prior)
    mean = effect.mean
    scale = effect.standardDeviation
    self.law = prior.isFlat ? law : .normal
  }

  /// P(effect > value), P(effect < value).
  public func probability(above value: Double) -> Double { law.survival((value - mean) / scale) }
  /// P(effect < value).
  public func probability(below value: Double) -> Double { law.survival((mean - value) / scale) }

  /// E max(-effect, 0); infinite for a t law without a mean (up to one degree of freedom).
  public var expectedShortfall: Double { scale * unitLoss(mean / scale) }
  /// E max(effect, 0).
  public var expectedGain: Double { scale * unitLoss(-mean / scale) }

  /// Equal-tailed, and as the law is symmetric also the shortest.
  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(center: mean, halfWidth: scale * law.inverseSurvival(level.alpha / 2))
  }

  /// Where the effect lies, seen from an interval of effects that make no practical difference.
  public func region(_ region: Interval) -> RegionProbabilities {
    let (below, above) = (probability(below: region.lower), probability(above: region.upper))
    let inside =
      region.lower > mean
      ? probability(above: region.lower) - above : probability(below: region.upper) - below
    return RegionProbabilities(below: below, inside: max(0, inside), above: above)
  }

  /// E max(T - z, 0); for Student's law (ν + z²)/(ν - 1) f(z) - z P(T > z).
  private func unitLoss(_ z: Double) -> Double {
    switch law {
    case .normal: return GaussianEffect.unitLoss(z)
    case .studentT(let degrees):
      guard degrees > 1, let student = try? StudentT(degreesOfFreedom: degrees) else { return .infinity }
      // Beyond this the law is normal to the last digits.
      guard degrees < 1e12 else { return GaussianEffect.unitLoss(z) }
      return max(0, (degrees + z * z) / (degrees - 1) * student.density(z) - z * student.survival(z))
    }
  }
}
