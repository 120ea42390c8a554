/// Tests against a margin, from any test of one number: non-inferiority, superiority by a margin, equivalence.
///
/// - Source: Schuirmann, D. J. (1987), "A comparison of the two one-sided tests procedure and the power approach", Journal of
///   Pharmacokinetics and Biopharmaceutics 15. Each is the one-sided test with the null at the margin, so each agrees with the
///   confidence interval: equivalence at alpha is the interval at level 1 - 2 alpha inside the margins.
extension HypothesisTest {
  /// The one-sided p-value of the null hypothesis that the estimand is `margin` or worse.
  ///
  /// - Parameters:
  ///   - margin: on the scale of the estimate. Below 0 for non-inferiority where more is better, above 0 for superiority by a
  ///     margin.
  ///   - alternative: `.greater` where more is better, `.less` where less is; two-sided tests that the estimand is not the
  ///     margin.
  public func pValue(margin: Double, _ alternative: Alternative = .greater) -> Double {
    let z = (estimate - margin) / standardError
    return switch alternative {
    case .twoSided: min(1, 2 * law.survival(abs(z)))
    case .greater: law.survival(z)
    case .less: law.survival(-z)
    }
  }

  /// The larger p-value of the two one-sided tests that the estimand lies inside the margins.
  public func equivalencePValue(_ margins: ClosedRange<Double>) -> Double {
    max(pValue(margin: margins.lowerBound, .greater), pValue(margin: margins.upperBound, .less))
  }
}
