/// The effect as GrowthBook's statistics (gbstats) define it, so that a programme run there can be audited.
///
/// A relative effect divides by the control's unadjusted mean; its variance takes numerator and denominator as
/// independent, vt/c² + t² vc/c⁴ with unadjusted means t and c and adjusted variances. With a covariate that leaves out
/// a covariance: `CUPED.lift` does not.
/// - Checked against: gbstats 0.8.0, Datasets/References/gbstats-effect.json.
package struct PlatformEffect: Sendable {
  package let estimate: Double
  package let standardError: Double
  /// Satterthwaite's, from the arms' variances; it does not depend on whether the effect is relative.
  package let degreesOfFreedom: Double
  package let controlMean: Double

  /// An arm: adjusted mean and variance per unit, and the mean as it was.
  package struct Arm: Sendable {
    package var mean: Double
    package var unitVariance: Double
    package var unadjustedMean: Double
    package var count: Int
    package init(mean: Double, unitVariance: Double, unadjustedMean: Double? = nil, count: Int) {
      self.mean = mean
      self.unitVariance = unitVariance
      self.unadjustedMean = unadjustedMean ?? mean
      self.count = count
    }
    fileprivate var meanVariance: Double { unitVariance / Double(count) }
  }

  /// - Throws: `DomainError` if an arm has fewer than 2 units, nothing varies, or a relative effect has no base.
  package init(treatment: Arm, control: Arm, relative: Bool) throws(DomainError) {
    for (arm, name) in [(treatment, "treatment"), (control, "control")] where arm.count < 2 {
      throw DomainError("units in the \(name) arm", Double(arm.count), "must be at least 2")
    }
    let base = control.unadjustedMean
    guard !relative || base != 0 else { throw DomainError("the control's value", base, "must not be 0 for a lift") }
    let difference = treatment.mean - control.mean
    let variance: Double
    if relative {
      let ratio = treatment.unadjustedMean / base
      variance = (treatment.meanVariance + ratio * ratio * control.meanVariance) / (base * base)
    } else {
      variance = treatment.meanVariance + control.meanVariance
    }
    try requirePositive(variance)
    estimate = relative ? difference / base : difference
    standardError = variance.squareRoot()
    degreesOfFreedom = satterthwaite([
      (treatment.meanVariance, Double(treatment.count - 1)), (control.meanVariance, Double(control.count - 1)),
    ])
    controlMean = base
  }
}
