import Foundation

/// The mean survival time up to a horizon: the area under the Kaplan-Meier curve, with the variance of this estimate.
///
/// - Source: Irwin, J. O. (1949); variance: Klein, J. P. and Moeschberger, M. L. (2003), "Survival Analysis", eq. 4.5.2,
///   sum over events of (area to the right)² d / (n (n - d)); not the variance of the restricted time itself.
/// - Checked against: R survival 3.5-3 `survfit` rmean, Datasets/References/survival.json.
public struct RestrictedMean: Sendable, Hashable {
  /// Up to where the curve is integrated, in the unit of time.
  public let horizon: Double
  public let estimate: Double
  public let standardError: Double

  /// - Throws: `DomainError` unless the horizon is positive and finite. Beyond the last time the curve is taken to stay level.
  public init(_ curve: KaplanMeier, horizon: Double) throws(DomainError) {
    guard horizon > 0, horizon.isFinite else { throw DomainError("horizon", horizon, "must be positive and finite") }
    let data = curve.data
    var steps: [(start: Double, survival: Double, events: Double, atRisk: Double)] = [(0, 1, 0, 0)]
    for k in data.times.indices where data.times[k] <= horizon && data.events[k] > 0 {
      steps.append((data.times[k], curve.survival[k], data.events[k], data.atRisk[k]))
    }
    var (area, variance, end) = (0.0, 0.0, horizon)
    for step in steps.reversed() {
      area += step.survival * (end - step.start)
      end = step.start
      // Where the curve falls to 0 the area to its right is 0, and so is the term.
      if step.events > 0, step.atRisk > step.events {
        variance += area * area * step.events / (step.atRisk * (step.atRisk - step.events))
      }
    }
    self.horizon = horizon
    estimate = area
    standardError = variance.squareRoot()
  }

  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(center: estimate, halfWidth: Normal.standard.inverseSurvival(level.alpha / 2) * standardError)
  }

  /// The difference of two independent restricted means at one horizon: estimate, standard error and two-sided p-value.
  ///
  /// - Throws: `DomainError` if the horizons differ, or if both standard errors are 0.
  public func difference(from control: RestrictedMean) throws(DomainError) -> Difference {
    guard horizon == control.horizon else {
      throw DomainError("horizon", horizon, "must be the control's, \(control.horizon)")
    }
    let error = (standardError * standardError + control.standardError * control.standardError).squareRoot()
    guard error > 0 else { throw DomainError("standard error of the restricted means", 0, "must be positive") }
    return Difference(estimate: estimate - control.estimate, standardError: error)
  }

  /// Difference of two independent restricted means.
  public struct Difference: Sendable, Hashable {
    public let estimate: Double
    public let standardError: Double
    public var pValue: Double { 2 * Normal.standard.survival(abs(estimate) / standardError) }
    public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
      Interval(center: estimate, halfWidth: Normal.standard.inverseSurvival(level.alpha / 2) * standardError)
    }
  }
}
