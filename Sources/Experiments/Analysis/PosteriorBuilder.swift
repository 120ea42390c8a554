import Foundation
import Statistics

/// From an estimate and a prior on the lift to the posterior, and to the estimate that the rest of the analysis uses.
///
/// A flat prior leaves the estimate and its t or normal law as they are. A normal prior on the lift becomes one on the
/// difference by the size of the control's value, as GrowthBook does; the posterior is normal.
struct PosteriorBuilder {
  /// What intervals, decisions and guardrails are made from.
  let effect: EffectEstimate
  let posterior: Analysis.Posterior
  /// The posterior of the lift; nil under a flat prior, where the usual interval holds.
  let lift: Analysis.Lift?
  let notes: [String]

  init(
    _ estimate: EffectEstimate, plan: AnalysisPlan, metric: Metric, level: ConfidenceLevel
  ) throws(DomainError) {
    let size = abs(estimate.control.value)
    // Relative to nothing there is no prior.
    let prior = plan.prior.isFlat || size == 0 ? GaussianEffect.Prior.flat : plan.prior
    let difference = try EffectPosterior(
      estimate.difference, law: estimate.law, prior: prior.isFlat ? .flat : prior.scaled(by: size))
    effect = prior.isFlat ? estimate : Self.shrunk(estimate, to: difference)
    lift = prior.isFlat ? nil : try Self.lift(estimate, prior, level)
    posterior = Self.summary(
      difference, prior, isBetterUp: metric.options.direction == .up, level,
      negligible: plan.negligibleLift.map { $0 * size })
    notes = Self.notes(posterior, isUndefined: !plan.prior.isFlat && prior.isFlat)
  }

  private static func shrunk(_ estimate: EffectEstimate, to posterior: EffectPosterior) -> EffectEstimate {
    var effect = estimate
    effect.difference = Estimate(posterior.mean, standardError: posterior.scale)
    effect.law = posterior.law
    effect.test += ", normal prior"
    return effect
  }

  private static func lift(
    _ estimate: EffectEstimate, _ prior: GaussianEffect.Prior, _ level: ConfidenceLevel
  ) throws(DomainError) -> Analysis.Lift {
    let control = estimate.control
    let controlVariance = control.standardError * control.standardError
    let variance =
      estimate.difference.standardError * estimate.difference.standardError + 2 * estimate.covarianceWithControl
      + controlVariance
    let treatment = Estimate(control.value + estimate.difference.value, standardError: max(0, variance).squareRoot())
    // Relative to the size of the control's value, so that a lift has the sign of the difference.
    let posterior = try GaussianEffect(
      estimate: estimate.difference.value / control.value,
      standardError: Lift.standardError(
        treatment: treatment, control: control, covariance: estimate.covarianceWithControl + controlVariance),
      prior: control.value > 0 ? prior : prior.scaled(by: -1))
    let interval = posterior.interval(level)
    return Analysis.Lift(
      estimate: posterior.mean, lower: interval.lower, upper: interval.upper, method: "posterior")
  }

  private static func summary(
    _ posterior: EffectPosterior, _ prior: GaussianEffect.Prior, isBetterUp: Bool, _ level: ConfidenceLevel,
    negligible: Double?
  ) -> Analysis.Posterior {
    let interval = posterior.interval(level)
    let losses = [posterior.expectedShortfall, posterior.expectedGain].map { $0.isFinite ? $0 : nil }
    let region = negligible.map { bound in
      let parts = posterior.region(Interval(-bound, bound))
      return Analysis.Posterior.Region(
        lower: -bound, upper: bound, worse: isBetterUp ? parts.below : parts.above, negligible: parts.inside,
        better: isBetterUp ? parts.above : parts.below)
    }
    return Analysis.Posterior(
      prior: prior.isFlat ? nil : .init(mean: prior.mean, standardDeviation: prior.standardDeviation),
      mean: posterior.mean, standardDeviation: posterior.scale, lower: interval.lower, upper: interval.upper,
      chanceToWin: isBetterUp ? posterior.probability(above: 0) : posterior.probability(below: 0),
      expectedLoss: .init(treatment: losses[isBetterUp ? 0 : 1], control: losses[isBetterUp ? 1 : 0]), region: region)
  }

  // MARK: - Words

  private static func notes(_ posterior: Analysis.Posterior, isUndefined: Bool) -> [String] {
    var sentence = "Chance to win \(percentage(posterior.chanceToWin))"
    if let region = posterior.region { sentence += ", by more than is negligible \(percentage(region.better))" }
    if posterior.prior == nil {
      sentence += ", under a flat prior. Intervals are posterior intervals."
    } else {
      sentence +=
        ". Effects are posterior means, drawn towards the prior; p is twice the posterior probability of the less likely sign."
    }
    let undefined = "The prior is on the lift, which a control of 0 does not have: a flat prior is used."
    return [sentence] + (isUndefined ? [undefined] : [])
  }

  static func percentage(_ share: Double) -> String {
    let text = "\((share * 1000).rounded() / 10) %"
    return share > 0.9995 && share < 1 ? "over 99.9 %" : (share < 0.0005 && share > 0 ? "under 0.1 %" : text)
  }
}

extension AnalysisPlan {
  /// - Throws: `DomainError` for a prior or a region that cannot be, or that another method would not use.
  func validateBeliefs() throws(DomainError) {
    guard prior.standardDeviation > 0, prior.isFlat || prior.mean.isFinite else {
      throw DomainError("the prior's standard deviation", prior.standardDeviation, "must be positive")
    }
    if let negligibleLift, !(negligibleLift > 0 && negligibleLift.isFinite) {
      throw DomainError("the lift that is negligible", negligibleLift, "must be positive")
    }
    guard method == .bayesian || (prior.isFlat && negligibleLift == nil) else {
      throw DomainError("a prior or a region of negligible effects", .nan, "needs the method 'bayesian'")
    }
  }
}
