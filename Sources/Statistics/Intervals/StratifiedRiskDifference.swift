/// The difference of two shares within strata, pooled with the Mantel-Haenszel weights n₁n₀/n.
///
/// The variance holds both for few large strata and for many small ones.
/// - Source: Greenland, S. and Robins, J. M. (1985), Biometrics 41, 55-68 (estimate); Sato, T. (1989), "On the variance estimator
///   for the Mantel-Haenszel risk difference", Biometrics 45, 1323-1324.
/// - Checked against: the difference of two shares for one stratum, a hand calculation, and coverage by simulation.
public struct StratifiedRiskDifference: Sendable, Hashable {
  /// Of one stratum: successes and trials of the exposed and of the others.
  public struct Stratum: Sendable, Hashable {
    /// Successes among the exposed units.
    public var exposedSuccesses: Int
    /// Exposed units.
    public var exposed: Int
    /// Successes among the others.
    public var otherSuccesses: Int
    /// Units that are not exposed.
    public var others: Int
    /// Counts of one stratum.
    public init(exposedSuccesses: Int, exposed: Int, otherSuccesses: Int, others: Int) {
      self.exposedSuccesses = exposedSuccesses
      self.exposed = exposed
      self.otherSuccesses = otherSuccesses
      self.others = others
    }
  }
  public let estimate: Double
  public let standardError: Double
  public var pValue: Double { min(1, 2 * Normal.standard.survival(abs(estimate) / standardError)) }

  /// Strata with only exposed or only others say nothing and are passed over.
  ///
  /// - Throws: `DomainError` if no stratum has both, or the standard error is 0.
  public init(_ strata: [Stratum]) throws(DomainError) {
    var (weights, difference, p, q) = (0.0, 0.0, 0.0, 0.0)
    for stratum in strata where stratum.exposed > 0 && stratum.others > 0 {
      let (n1, n0) = (Double(stratum.exposed), Double(stratum.others))
      let (y1, y0) = (Double(stratum.exposedSuccesses), Double(stratum.otherSuccesses))
      let n = n1 + n0
      weights += n1 * n0 / n
      difference += (y1 * n0 - y0 * n1) / n
      p += (n1 * n1 * y0 - n0 * n0 * y1 + n1 * n0 * (n0 - n1) / 2) / (n * n)
      q += (y1 * (n0 - y0) + y0 * (n1 - y1)) / (2 * n)
    }
    guard weights > 0 else { throw DomainError("strata with both groups", 0, "must be at least 1") }
    estimate = difference / weights
    let variance = (estimate * p + q) / (weights * weights)
    guard variance > 0 else { throw DomainError("variance of the difference", variance, "must be positive") }
    standardError = variance.squareRoot()
  }

  public func interval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    Interval(center: estimate, halfWidth: Normal.standard.inverseSurvival(level.alpha / 2) * standardError)
  }
}
