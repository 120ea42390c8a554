import Foundation

/// One effect from several estimates of it: segments of an experiment, repetitions, or experiments of one kind.
///
/// - Source: Borenstein, M. et al. (2009), Introduction to Meta-Analysis, chapters 11, 12 and 16; Cochran, W. G. (1954),
///   Biometrics 10, for Q; Higgins, J. P. T. and Thompson, S. G. (2002), Statistics in Medicine 21, for I².
/// - Checked against: statsmodels `combine_effects` and scipy, Datasets/References/meta-analysis.json.
public struct MetaAnalysis: Sendable, Hashable {
  /// Independent estimates of the same quantity, in one unit.
  public let effects: [Estimate]

  /// - Throws: `DomainError` for fewer than 2 estimates, or one without a positive, finite standard error.
  public init(_ effects: [Estimate]) throws(DomainError) {
    guard effects.count >= 2 else {
      throw DomainError("estimates to combine", Double(effects.count), "must be at least 2")
    }
    for effect in effects {
      guard effect.standardError > 0, effect.standardError.isFinite, effect.value.isFinite else {
        throw DomainError("standard error of an estimate", effect.standardError, "must be positive and finite")
      }
    }
    self.effects = effects
  }

  // MARK: - One true effect

  /// The estimate if all measure one true effect: weights are the inverse variances.
  public var common: CombinedEffect { combined(betweenVariance: 0, law: .normal) }

  // MARK: - Heterogeneity

  /// Cochran's Q: how far the estimates are from the common effect, chi-squared if they have one. The interaction test of
  /// segments.
  public var q: Double { squares(around: common.estimate, betweenVariance: 0) }
  public var degreesOfFreedom: Int { effects.count - 1 }
  /// Of Cochran's Q, chi-squared with one degree of freedom less than there are estimates.
  public var heterogeneityPValue: Double {
    (try? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)).survival(q)) ?? .nan
  }
  /// The share of the estimates' variance that is between true effects, in [0, 1).
  public var iSquared: Double { q > 0 ? max(0, (q - Double(degreesOfFreedom)) / q) : 0 }

  // MARK: - Effects that differ

  /// How the variance between true effects is estimated.
  public enum BetweenVariance: String, Sendable, Hashable, CaseIterable {
    /// By moments of Q. - Source: DerSimonian, R. and Laird, N. (1986), Controlled Clinical Trials 7.
    case derSimonianLaird
    /// The variance at which the generalised Q has its expected value. - Source: Paule, R. C. and Mandel, J. (1982).
    case pauleMandel
    /// Restricted maximum likelihood. - Source: Viechtbauer, W. (2005), Journal of Educational and Behavioral Statistics 30,
    /// eq. 10.
    case reml
  }

  /// Variance of the true effects, in the square of their unit; 0 if the estimates differ no more than by chance.
  public func betweenVariance(_ method: BetweenVariance = .reml) -> Double {
    switch method {
    case .derSimonianLaird:
      let weights = effects.map { 1 / $0.variance }
      let sum = weights.reduce(0, +)
      let scale = sum - weights.reduce(0) { $0 + $1 * $1 } / sum
      return max(0, (q - Double(degreesOfFreedom)) / scale)
    case .pauleMandel:
      return root { squares(around: mean(betweenVariance: $0), betweenVariance: $0) - Double(degreesOfFreedom) }
    case .reml: return root(remlSlope)
    }
  }

  /// The mean of the true effects.
  ///
  /// - Parameter adjusted: Hartung and Knapp's standard error with Student's law of k - 1 degrees of freedom, which keeps its
  ///   level with few estimates; else the normal law. - Source: Hartung, J. and Knapp, G. (2001), Statistics in Medicine 20;
  ///   never below the unadjusted one, as Röver, C., Knapp, G. and Friede, T. (2015), BMC Medical Research Methodology 15.
  public func randomEffects(_ method: BetweenVariance = .reml, adjusted: Bool = true) -> CombinedEffect {
    let between = betweenVariance(method)
    guard adjusted else { return combined(betweenVariance: between, law: .normal) }
    let plain = combined(betweenVariance: between, law: .studentT(degreesOfFreedom: Double(degreesOfFreedom)))
    let scale = squares(around: plain.estimate, betweenVariance: between) / Double(degreesOfFreedom)
    return CombinedEffect(
      estimate: plain.estimate, standardError: plain.standardError * max(1, scale).squareRoot(), law: plain.law,
      betweenVariance: between)
  }

  // MARK: - Pieces

  private func mean(betweenVariance between: Double) -> Double {
    let weights = effects.map { 1 / ($0.variance + between) }
    return zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1.value } / weights.reduce(0, +)
  }

  private func combined(betweenVariance between: Double, law: ReferenceLaw) -> CombinedEffect {
    let sum = effects.reduce(0) { $0 + 1 / ($1.variance + between) }
    return CombinedEffect(
      estimate: mean(betweenVariance: between), standardError: (1 / sum).squareRoot(), law: law,
      betweenVariance: between)
  }

  private func squares(around centre: Double, betweenVariance between: Double) -> Double {
    effects.reduce(0) { sum, effect in
      let gap = effect.value - centre
      return sum + gap * gap / (effect.variance + between)
    }
  }

  /// The slope of the restricted log-likelihood in the between-variance, with its sign.
  private func remlSlope(_ between: Double) -> Double {
    let centre = mean(betweenVariance: between)
    var (first, second, pull) = (0.0, 0.0, 0.0)
    for effect in effects {
      let weight = 1 / (effect.variance + between)
      let gap = effect.value - centre
      first += weight
      second += weight * weight
      pull += weight * weight * gap * gap - weight
    }
    return (pull + second / first) / 2
  }

  /// Where a function of the between-variance that ends negative crosses 0 for the last time before; 0 if it starts there.
  private func root(_ function: (Double) -> Double) -> Double {
    guard function(0) > 0 else { return 0 }
    var high = effects.reduce(0) { max($0, $1.variance) }
    while function(high) > 0, high < .greatestFiniteMagnitude / 2 { high *= 2 }
    var low = 0.0
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if function(middle) > 0 { low = middle } else { high = middle }
    }
  }
}

/// What several estimates say together.
public struct CombinedEffect: HypothesisTest, Hashable {
  public static let name = "inverse-variance meta-analysis"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law: ReferenceLaw
  /// Of the true effects; 0 for a common one.
  public let betweenVariance: Double

  /// Where the true effect of one more experiment of the kind lies.
  ///
  /// - Source: Higgins, J. P. T., Thompson, S. G. and Spiegelhalter, D. J. (2009), JRSS A 172, eq. 12, with the law of the mean.
  public func predictionInterval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(
      center: estimate,
      halfWidth: law.inverseSurvival(level.alpha / 2)
        * (standardError * standardError + betweenVariance).squareRoot())
  }
}
