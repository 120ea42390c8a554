/// Difference of two proportions by the normal approximation.
///
/// - Source: Wald interval and test with the unpooled standard error (so that p-value and interval agree), or the score test
///   with the pooled one: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, eqs. 3.5 and 3.13.
/// - Checked against: mpmath, R and statsmodels, Datasets/References/proportions.json.
public struct ProportionZTest: HypothesisTest {
  public static let name = "proportion z-test"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law = ReferenceLaw.normal

  /// Whether both arms have one proportion under the null hypothesis.
  public enum StandardErrorKind: Sendable, Hashable { case unpooled, pooled }

  /// - Parameters:
  ///   - treatment: moments whose column holds 0 or 1.
  ///   - kind: `.pooled` uses one proportion for both arms, as under the null hypothesis; its interval is not a Wald interval.
  /// - Throws: `DomainError` if an arm is empty, or all units of both arms agree.
  public init(
    treatment: Moments, control: Moments, column: Int = 0, standardError kind: StandardErrorKind = .unpooled
  ) throws(DomainError) {
    try treatment.requireCount(atLeast: 1, arm: "treatment")
    try control.requireCount(atLeast: 1, arm: "control")
    let (pt, pc) = (treatment.mean[column], control.mean[column])
    let (nt, nc) = (Double(treatment.count), Double(control.count))
    let variance: Double
    switch kind {
    case .unpooled: variance = pt * (1 - pt) / nt + pc * (1 - pc) / nc
    case .pooled:
      let p = (nt * pt + nc * pc) / (nt + nc)
      variance = p * (1 - p) * (1 / nt + 1 / nc)
    }
    try requirePositive(variance)
    estimate = pt - pc
    standardError = variance.squareRoot()
  }
}
