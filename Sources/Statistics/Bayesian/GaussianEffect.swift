import Foundation

/// The effect of a treatment after an estimate with a normal error, under a normal prior on the effect.
///
/// - Source: Gelman, A. et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.5; loss: the unit normal loss
///   integral, Raiffa & Schlaifer (1961), Applied Statistical Decision Theory, section 5.3.
/// - Checked against: mpmath and gbstats, Datasets/References/gaussian-effect.json, bayesian.json, gbstats-effect.json.
public struct GaussianEffect: Sendable, Hashable {
  /// Of the posterior, in the effect's unit.
  public let mean: Double
  public let standardDeviation: Double

  /// What is believed of the effect before the data.
  public struct Prior: Sendable, Hashable, Codable {
    public var mean: Double
    /// Infinity: every effect alike.
    public var standardDeviation: Double

    /// In the unit of the effect; an infinite deviation is a flat prior.
    public init(mean: Double = 0, standardDeviation: Double) {
      self.mean = mean
      self.standardDeviation = standardDeviation
    }

    /// Says nothing about the effect.
    public static let flat = Prior(standardDeviation: .infinity)
    /// Whether the deviation is infinite.
    public var isFlat: Bool { standardDeviation == .infinity }

    /// The prior of factor · effect: a prior on the lift becomes one on the difference by the control's value.
    public func scaled(by factor: Double) -> Prior {
      Prior(mean: mean * factor, standardDeviation: standardDeviation * abs(factor))
    }
  }

  /// - Parameters: the estimate and its standard error, and the prior, all in one unit.
  /// - Throws: `DomainError` unless the standard error is positive, all is finite, and the prior's deviation is positive.
  public init(estimate: Double, standardError: Double, prior: Prior = .flat) throws(DomainError) {
    guard estimate.isFinite else { throw DomainError("the effect's estimate", estimate, "must be finite") }
    guard standardError > 0, standardError.isFinite else {
      throw DomainError("the effect's standard error", standardError, "must be positive and finite")
    }
    guard prior.standardDeviation > 0 else {
      throw DomainError("the prior's standard deviation", prior.standardDeviation, "must be positive")
    }
    guard prior.isFlat || prior.mean.isFinite else {
      throw DomainError("the prior's mean", prior.mean, "must be finite")
    }
    guard !prior.isFlat else {
      mean = estimate
      standardDeviation = standardError
      return
    }
    // Weights as shares: neither precision can overflow.
    let ratio = standardError / prior.standardDeviation
    let share = 1 / (1 + ratio * ratio)
    mean = share * estimate + (ratio < 1 ? ratio * ratio * share : 1 / (1 + 1 / (ratio * ratio))) * prior.mean
    standardDeviation =
      ratio < 1 ? standardError * share.squareRoot() : prior.standardDeviation / (1 + 1 / (ratio * ratio)).squareRoot()
  }

  /// The relative effect treatment / control - 1 with its delta-method error, under a prior on the lift.
  ///
  /// - Throws: `DomainError` as above, or if the control's value is 0.
  public static func relative(
    treatment: Estimate, control: Estimate, covariance: Double = 0, prior: Prior = .flat
  ) throws(DomainError) -> GaussianEffect {
    guard control.value != 0, control.value.isFinite else {
      throw DomainError("the control's value", control.value, "must not be 0 for a lift")
    }
    return try GaussianEffect(
      estimate: Lift.estimate(treatment: treatment.value, control: control.value),
      standardError: Lift.standardError(treatment: treatment, control: control, covariance: covariance), prior: prior)
  }

  private var z: Double { mean / standardDeviation }

  /// P(effect > 0).
  public var chanceToWin: Double { Normal.standard.cdf(z) }
  /// P(effect < 0).
  public var chanceToLose: Double { Normal.standard.survival(z) }
  /// E max(-effect, 0): what choosing the treatment is expected to cost.
  public var expectedLossOfTreatment: Double { standardDeviation * Self.unitLoss(z) }
  /// E max(effect, 0).
  public var expectedLossOfControl: Double { standardDeviation * Self.unitLoss(-z) }

  /// Equal-tailed, and as the law is symmetric also the shortest.
  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(center: mean, halfWidth: standardDeviation * Normal.standard.inverseSurvival(level.alpha / 2))
  }

  /// Where the effect lies, seen from an interval of effects that make no practical difference.
  public func region(_ region: Interval) -> RegionProbabilities {
    let low = (region.lower - mean) / standardDeviation
    let high = (region.upper - mean) / standardDeviation
    let normal = Normal.standard
    let inside = low > 0 ? normal.survival(low) - normal.survival(high) : normal.cdf(high) - normal.cdf(low)
    return RegionProbabilities(below: normal.cdf(low), inside: max(0, inside), above: normal.survival(high))
  }

  /// φ(z) - z P(Z > z) = E max(Z - z, 0).
  ///
  /// In the upper tail by Laplace's continued fraction of Mills' ratio R = 1/(z + K), K = 1/(z + 2/(z + 3/…)): the loss is
  /// φ(z) K/(z + K), where 1 - zR would cancel. - Source: NIST DLMF eq. 7.9.1.
  static func unitLoss(_ z: Double) -> Double {
    let density = exp(-0.5 * z * z - Special.halfLogTwoPi)
    guard z > 3 else { return density - z * Normal.standard.survival(z) }
    var k = 0.0
    for n in stride(from: 250.0, through: 1, by: -1) { k = n / (z + k) }
    // Here k = 1/(z + 2/(z + …)).
    return density * k / (z + k)
  }
}
