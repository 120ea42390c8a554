import Foundation

/// A number with its standard error.
public struct Estimate: Sendable, Hashable {
  public let value: Double
  public let standardError: Double
  /// A value with its standard error, both in one unit.
  public init(_ value: Double, standardError: Double) {
    self.value = value
    self.standardError = standardError
  }
  var variance: Double { standardError * standardError }
}

/// Relative effect: treatment / control - 1, as a fraction.
///
/// - Checked against: mpmath, gbstats and tea-tasting, Datasets/References/lift.json.
public enum Lift {
  /// A set of lifts that the data do not exclude.
  public enum ConfidenceSet: Sendable, Hashable {
    case interval(Interval)
    /// Everything outside the open interval: the control's value is not significantly different from 0.
    case complement(of: Interval)
    case everything
  }

  /// The estimate treatment / control - 1.
  public static func estimate(treatment: Double, control: Double) -> Double { (treatment - control) / control }

  /// Standard error by the first-order delta method.
  ///
  /// - Source: Deng, Knoblich & Lu (2018), KDD, section 2: var = vt/c² + t² vc/c⁴ - 2 t cov/c³.
  public static func standardError(treatment: Estimate, control: Estimate, covariance: Double = 0) -> Double {
    let ratio = treatment.value / control.value
    let scaled = treatment.variance + ratio * ratio * control.variance - 2 * ratio * covariance
    return max(0, scaled).squareRoot() / abs(control.value)
  }

  /// The symmetric delta-method interval.
  ///
  /// - Throws: `DomainError` if the control's value is 0.
  public static func delta(
    treatment: Estimate, control: Estimate, covariance: Double = 0, level: ConfidenceLevel = .ninetyFive,
    law: ReferenceLaw = .normal
  ) throws(DomainError) -> Interval {
    guard control.value != 0, control.value.isFinite else {
      throw DomainError("the control's value", control.value, "must not be 0 for a lift")
    }
    return Interval(
      center: estimate(treatment: treatment.value, control: control.value),
      halfWidth: law.inverseSurvival(level.alpha / 2)
        * standardError(treatment: treatment, control: control, covariance: covariance))
  }

  /// The delta-method interval made on the log of the ratio, which never falls below -1; nil unless both values have the
  /// same sign.
  public static func logDelta(
    treatment: Estimate, control: Estimate, covariance: Double = 0, level: ConfidenceLevel = .ninetyFive,
    law: ReferenceLaw = .normal
  ) -> Interval? {
    let ratio = treatment.value / control.value
    guard ratio > 0, ratio.isFinite else { return nil }
    let half =
      law.inverseSurvival(level.alpha / 2)
      * standardError(treatment: treatment, control: control, covariance: covariance) / ratio
    return Interval(expm1(log(ratio) - half), expm1(log(ratio) + half))
  }

  /// Fieller's set {ρ - 1 : (t - ρ c)² <= z² (vt - 2 ρ cov + ρ² vc)}, which may be unbounded and then says so.
  ///
  /// - Source: Fieller, E. C. (1954), "Some problems in interval estimation", JRSS B 16, 175-185, eq. 3.
  public static func fieller(
    treatment: Estimate, control: Estimate, covariance: Double = 0, level: ConfidenceLevel = .ninetyFive,
    law: ReferenceLaw = .normal
  ) -> ConfidenceSet {
    fieller(
      treatment: treatment, control: control, covariance: covariance, critical: law.inverseSurvival(level.alpha / 2))
  }

  /// Fieller's set with the critical value given, in standard errors.
  public static func fieller(
    treatment: Estimate, control: Estimate, covariance: Double, critical: Double
  ) -> ConfidenceSet {
    // With δ = ρ - 1 and d = t - c: (d - δ c)² <= z² (p + 2 δ q + δ² r), in which small lifts keep their digits.
    let square = critical * critical
    let difference = treatment.value - control.value
    let (r, q) = (control.variance, control.variance - covariance)
    let p = treatment.variance - covariance + q
    let a = control.value * control.value - square * r
    let b = difference * control.value + square * q
    let c = difference * difference - square * p
    // b² - a c, the products of t and c left out that cancel.
    let spread = p * control.value * control.value + 2 * q * difference * control.value + r * difference * difference
    let discriminant = square * (spread + square * (q * q - r * p))
    guard discriminant >= 0, a != 0 else { return .everything }
    // The root of larger size first, the other by the product of roots.
    let larger = b + (b >= 0 ? 1 : -1) * discriminant.squareRoot()
    guard larger != 0 else { return .everything }
    let roots = [larger / a, c / larger].sorted()
    let interval = Interval(roots[0], roots[1])
    return a > 0 ? .interval(interval) : .complement(of: interval)
  }
}
