/// The ratio of two sums over units, with its standard error by the delta method.
///
/// - Source: Deng, A., Knoblich, U. and Lu, J. (2018), "Applying the delta method in metric analytics", KDD, eq. 3:
///   var(R) = (var(num) - 2 R cov + R² var(den)) / (n mean(den)²). Clustered data: the rows are cluster totals.
/// - Checked against: mpmath and gbstats, Datasets/References/ratio-metrics.json, clustered-ratio.json.
public struct RatioEstimate: Sendable, Hashable {
  public let value: Double
  public let standardError: Double

  /// - Throws: `DomainError` if there are fewer than 2 units, or the denominator's mean is 0.
  public init(_ moments: Moments, numerator: Int = 0, denominator: Int = 1, arm: String) throws(DomainError) {
    try moments.requireCount(atLeast: 2, arm: arm)
    let mean = moments.mean[denominator]
    guard mean != 0, mean.isFinite else {
      throw DomainError("mean of the denominator in the \(arm) arm", mean, "must not be 0")
    }
    let ratio = moments.mean[numerator] / mean
    value = ratio
    let variance =
      moments.meanVariance(numerator) - 2 * ratio * moments.meanCovariance(numerator, denominator)
      + ratio * ratio * moments.meanVariance(denominator)
    standardError = max(0, variance).squareRoot() / abs(mean)
  }
}

/// Difference of two ratios of sums.
public struct RatioTest: HypothesisTest {
  public static let name = "ratio z-test (delta method)"
  /// The treatment's ratio.
  public let treatment: RatioEstimate
  /// The control's ratio.
  public let control: RatioEstimate
  public let standardError: Double
  public let null = 0.0
  public let law = ReferenceLaw.normal
  public var estimate: Double { treatment.value - control.value }

  /// - Throws: `DomainError` if an arm has fewer than 2 units or a denominator with mean 0, or nothing varies.
  public init(
    treatment: Moments, control: Moments, numerator: Int = 0, denominator: Int = 1
  ) throws(DomainError) {
    self.treatment = try RatioEstimate(treatment, numerator: numerator, denominator: denominator, arm: "treatment")
    self.control = try RatioEstimate(control, numerator: numerator, denominator: denominator, arm: "control")
    let (a, b) = (self.treatment.standardError, self.control.standardError)
    try requirePositive(a * a + b * b)
    standardError = (a * a + b * b).squareRoot()
  }
}
