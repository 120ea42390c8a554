/// Difference of two means, unequal variances.
///
/// - Source: Welch, B. L. (1947), "The generalization of 'Student's' problem when several different population variances
///   are involved", Biometrika 34, 28-35; degrees of freedom by Satterthwaite (1946), Biometrics Bulletin 2, eq. 17.
///   Not for ratios of sums: `RatioTest`.
/// - Checked against: mpmath and R `t.test(var.equal = FALSE)`, Datasets/References/t-tests.json, relative 1e-11.
public struct WelchTTest: HypothesisTest {
  public static let name = "Welch t-test"
  public let estimate: Double
  public let standardError: Double
  public let null: Double
  public let law: ReferenceLaw

  /// - Parameters:
  ///   - treatment: count, mean and variance of the arm; `column` says which of its columns.
  ///   - null: the difference under the null hypothesis, in the metric's unit.
  /// - Throws: `DomainError` if an arm has fewer than 2 units, or if both variances are 0.
  public init(
    _ treatment: Moments, against control: Moments, column: Int = 0, null: Double = 0
  ) throws(DomainError) {
    try treatment.requireCount(atLeast: 2, arm: "treatment")
    try control.requireCount(atLeast: 2, arm: "control")
    let (vt, vc) = (treatment.meanVariance(column), control.meanVariance(column))
    try requirePositive(vt + vc)
    estimate = treatment.meanDifference(from: control, column: column)
    standardError = (vt + vc).squareRoot()
    self.null = null
    law = .studentT(
      degreesOfFreedom: satterthwaite([(vt, Double(treatment.count - 1)), (vc, Double(control.count - 1))]))
  }
}

/// Degrees of freedom of a sum of independent variance estimates.
func satterthwaite(_ parts: [(variance: Double, degreesOfFreedom: Double)]) -> Double {
  let total = parts.reduce(0) { $0 + $1.variance }
  // Shares instead of squares: variances of 1e-200 must not underflow.
  return 1 / parts.reduce(0) { $0 + ($1.variance / total) * ($1.variance / total) / $1.degreesOfFreedom }
}

/// Difference of two means, equal variances.
///
/// - Source: Student (1908), "The probable error of a mean", Biometrika 6; two samples by Fisher (1925), section 24.1.
/// - Checked against: mpmath and R `t.test(var.equal = TRUE)`, Datasets/References/t-tests.json.
public struct PooledTTest: HypothesisTest {
  public static let name = "pooled t-test"
  public let estimate: Double
  public let standardError: Double
  public let null: Double
  public let law: ReferenceLaw

  /// - Throws: `DomainError` if an arm is empty, both have one unit, or every unit has the same value.
  public init(
    _ treatment: Moments, against control: Moments, column: Int = 0, null: Double = 0
  ) throws(DomainError) {
    try treatment.requireCount(atLeast: 1, arm: "treatment")
    try control.requireCount(atLeast: 1, arm: "control")
    let degrees = Double(treatment.count + control.count - 2)
    guard degrees > 0 else { throw DomainError("units in both arms", degrees + 2, "must be at least 3") }
    let within = treatment.crossProduct(column, column) + control.crossProduct(column, column)
    let variance = within / degrees * (1 / Double(treatment.count) + 1 / Double(control.count))
    try requirePositive(variance)
    estimate = treatment.meanDifference(from: control, column: column)
    standardError = variance.squareRoot()
    self.null = null
    law = .studentT(degreesOfFreedom: degrees)
  }
}

/// Mean of the differences of pairs.
///
/// - Source: Student (1908), as above. - Checked against: R `t.test(paired = TRUE)`, Datasets/References/t-tests.json.
public struct PairedTTest: HypothesisTest {
  public static let name = "paired t-test"
  public let estimate: Double
  public let standardError: Double
  public let null: Double
  public let law: ReferenceLaw

  /// - Parameter pairs: moments of two columns, treatment then control, one row a pair.
  /// - Throws: `DomainError` if there are fewer than 2 pairs, or all differences are equal.
  public init(pairs: Moments, null: Double = 0) throws(DomainError) {
    try pairs.requireCount(atLeast: 2, arm: "paired")
    let variance = pairs.meanVariance(0) + pairs.meanVariance(1) - 2 * pairs.meanCovariance(0, 1)
    try requirePositive(variance)
    estimate = (pairs.mean[0] - pairs.mean[1]) + (pairs.meanRemainder[0] - pairs.meanRemainder[1])
    standardError = variance.squareRoot()
    self.null = null
    law = .studentT(degreesOfFreedom: Double(pairs.count - 1))
  }
}
