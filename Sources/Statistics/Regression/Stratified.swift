/// Differences of means within strata, put together.
///
/// - Source: Cochran, W. G. (1977), Sampling Techniques, 3rd ed., eqs. 5.2 and 5.6; post-stratification: Miratrix, L. W.,
///   Sekhon, J. S. and Yu, B. (2013), JRSS B 75, 369-396.
/// - Checked against: mpmath and R estimatr, Datasets/References/stratified.json.
public struct StratifiedTest: HypothesisTest {
  public static let name = "stratified z-test"
  /// Mean of the treatment over all strata by their weights.
  public let treatment: Estimate
  /// Mean of the control over all strata by their weights.
  public let control: Estimate
  public let standardError: Double
  public let null = 0.0
  public let law = ReferenceLaw.normal
  public var estimate: Double { treatment.value - control.value }

  /// - Parameters:
  ///   - treatment: moments of the outcome by stratum. - control: the same strata in the same order.
  ///   - weights: the strata's shares of the population; nil takes the shares of the sample, both arms together.
  /// - Throws: `DomainError` if a stratum has fewer than 2 units in an arm, or the lengths do not fit.
  public init(
    treatment: [Moments], control: [Moments], weights: [Double]? = nil, column: Int = 0
  ) throws(DomainError) {
    guard !treatment.isEmpty, treatment.count == control.count, weights?.count ?? treatment.count == treatment.count
    else { throw DomainError("strata", Double(control.count), "must be the same in both arms and in the weights") }
    let sizes = weights ?? zip(treatment, control).map { Double($0.count + $1.count) }
    for size in sizes where !(size >= 0 && size.isFinite) {
      throw DomainError("weight of a stratum", size, "must be finite and not negative")
    }
    let total = sizes.reduce(0, +)
    guard total > 0 else { throw DomainError("sum of the weights", total, "must be positive") }
    let shares = sizes.map { $0 / total }
    for (t, c) in zip(treatment, control) {
      try t.requireCount(atLeast: 2, arm: "treatment, in each stratum,")
      try c.requireCount(atLeast: 2, arm: "control, in each stratum,")
    }
    func combined(_ arm: [Moments]) -> Estimate {
      let value = zip(arm, shares).reduce(0) { $0 + $1.1 * $1.0.mean[column] }
      let variance = zip(arm, shares).reduce(0) { $0 + $1.1 * $1.1 * $1.0.meanVariance(column) }
      return Estimate(value, standardError: variance.squareRoot())
    }
    self.treatment = combined(treatment)
    self.control = combined(control)
    let variance = self.treatment.variance + self.control.variance
    try requirePositive(variance)
    standardError = variance.squareRoot()
  }
}
