import Foundation

/// The probability that a statistic (Z + shift) / s falls where the null hypothesis is rejected, s = √(χ²/ν) or 1.
enum PowerFunction {
  /// P(statistic > critical), and with `farTail` also P(statistic < -critical).
  ///
  /// - Parameters:
  ///   - shift: expected statistic, in standard errors.
  ///   - degreesOfFreedom: infinity for the normal law.
  /// - Source: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, section 31.2.
  static func rejection(shift: Double, critical: Double, degreesOfFreedom: Double, farTail: Bool) -> Double {
    guard degreesOfFreedom.isFinite else {
      let normal = Normal.standard
      return normal.survival(critical - shift) + (farTail ? normal.survival(critical + shift) : 0)
    }
    guard let law = try? NoncentralT(degreesOfFreedom: degreesOfFreedom, noncentrality: shift) else {
      // Only a shift beyond all doubles is no law: certain rejection.
      return shift > 0 ? 1 : 0
    }
    return min(1, law.survival(critical) + (farTail ? law.cdf(-critical) : 0))
  }

  /// P(both one-sided tests of equivalence reject): (Z + toUpper)/s > critical seen from the upper margin and the same from
  /// the lower one, with the distances of the effect to the margins in standard errors.
  ///
  /// Given s it is Φ(a - cs) - Φ(cs - b), positive for s < (a + b)/(2c); the law of s is integrated over.
  /// - Source: Owen, D. B. (1965), "A special case of a bivariate non-central t-distribution", Biometrika 52, 437-446; Phillips
  ///   (1990), J. Pharmacokinetics and Biopharmaceutics 18, 137-144.
  static func equivalence(toUpper a: Double, toLower b: Double, critical c: Double, degreesOfFreedom v: Double)
    -> Double
  {
    guard c > 0 else { return .nan }
    guard v.isFinite else { return exp(logBetween(a - c, c - b)) }
    let limit = log((a + b) / (2 * c))
    guard limit.isFinite else { return limit > 0 ? 1 : 0 }
    let logIntegrand = { (u: Double) -> Double in
      let cs = c * exp(u)
      return 0.6931471805599453 + Special.logGammaKernel(v / 2, logRatio: 2 * u) + logBetween(a - cs, cs - b)
    }
    let scale = 1 / (2 * v + c * c).squareRoot()
    // The law of s has its mode at 0; beyond the limit nothing is left.
    var mode = min(0, limit - scale)
    for _ in 0..<60 where logIntegrand(mode - scale) > logIntegrand(mode) { mode -= scale }
    return min(1, exp(UnimodalIntegral.log(mode: mode, scale: scale, upper: limit, logIntegrand)))
  }

  /// log of Φ(high) - Φ(low), -inf if that is not positive.
  private static func logBetween(_ high: Double, _ low: Double) -> Double {
    guard high > low else { return -.infinity }
    let normal = Normal.standard
    if low > 0 { return log(normal.survival(low) - normal.survival(high)) }
    if high < 0 { return log(normal.cdf(high) - normal.cdf(low)) }
    return log1p(-(normal.survival(high) + normal.cdf(low)))
  }
}
