import Foundation

/// P(T > C) + P(T = C) / 2 for a treated and a control unit taken at random, without assuming equal shapes.
///
/// - Source: Brunner, E. and Munzel, U. (2000), "The nonparametric Behrens-Fisher problem", Biometrical Journal 42, with
///   Satterthwaite's degrees of freedom; the interval on the logit scale, Brunner, Bathke & Konietschke (2018), Rank and
///   Pseudo-Rank Procedures, section 3.7, so that it stays inside (0, 1).
/// - Checked against: scipy `brunnermunzel`, Datasets/References/rank-tests.json.
public struct ProbabilityOfSuperiority: HypothesisTest, Hashable {
  public static let name = "Brunner-Munzel test"
  /// In [0, 1]; 1/2 when neither arm tends to larger values.
  public let estimate: Double
  public let standardError: Double
  public let null = 0.5
  public let law: ReferenceLaw

  /// - Throws: `DomainError` if an arm has fewer than 2 values or NaN, or the arms do not overlap: then there is no variance.
  public init(treatment: [Double], control: [Double]) throws(DomainError) {
    try requireValues(treatment, atLeast: 2, "the treatment arm")
    try requireValues(control, atLeast: 2, "the control arm")
    let (nt, nc) = (Double(treatment.count), Double(control.count))
    let pooled = Midranks(treatment + control).doubled.map { Double($0) / 2 }
    // A unit's rank in the whole less its rank in its own arm: how many of the other arm lie below it.
    let aboveControl = Self.placements(pooled[..<treatment.count], own: treatment)
    let aboveTreatment = Self.placements(pooled[treatment.count...], own: control)
    estimate = aboveControl.mean[0] / nc
    let (st, sc) = (aboveControl.variance() / (nc * nc * nt), aboveTreatment.variance() / (nt * nt * nc))
    guard st + sc > 0 else {
      throw DomainError("overlap of the arms", .nan, "must exist: every value of one arm is on one side of the other's")
    }
    standardError = (st + sc).squareRoot()
    law = .studentT(degreesOfFreedom: (st + sc) * (st + sc) / (st * st / (nt - 1) + sc * sc / (nc - 1)))
  }

  private static func placements(_ pooled: ArraySlice<Double>, own values: [Double]) -> Moments {
    let own = Midranks(values).doubled
    return Moments(columns: [zip(pooled, own).map { $0 - Double($1) / 2 }])
  }

  /// On the logit scale; [0, 1] wherever the estimate is at an end.
  public func interval(
    _ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided
  ) -> Interval {
    guard estimate > 0, estimate < 1 else { return Interval(0, 1) }
    let tail = alternative == .twoSided ? level.alpha / 2 : level.alpha
    let reach = law.inverseSurvival(tail) * standardError / (estimate * (1 - estimate))
    let centre = Special.logit(estimate)
    return Interval(
      alternative == .less ? 0 : Special.logistic(centre - reach),
      alternative == .greater ? 1 : Special.logistic(centre + reach))
  }
}
