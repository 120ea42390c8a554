import Foundation

/// The incomplete gamma functions for large shapes, by an expansion that holds for all x alike.
///
/// With μ = x/a - 1 and η²/2 = μ - log(1 + μ), η of the sign of μ:
/// Q(a, x) = erfc(η √(a/2)) / 2 + exp(-a η²/2) / √(2πa) · (C₀(η) + C₁(η)/a + …), P(a, x) with -η and the sum taken away.
/// The next term is below 1e-17 of either tail from a = 1e6 on.
/// - Source: Temme, N. M. (1979), "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10,
///   757-766; NIST DLMF eqs. 8.12.3, 8.12.4, 8.12.7-8.12.10. The coefficients near η = 0 are the exact power series of C₀
///   and C₁, by reversion of η²/2 = μ - log(1 + μ) with 60 digits.
/// - Checked against: the series and the continued fraction, where those end.
package enum LargeShapeGamma {
  static let least = 1e6

  private static let c0: [Double] = [
    -1.0 / 3, 1.0 / 12, -2.0 / 135, 1.0 / 864, 1.0 / 2835, -1.78755144032921811e-4, 3.91926317852243778e-5,
    -2.18544851067999216e-6, -1.85406221071515996e-6, 8.29671134095308601e-7, -1.76659527368260793e-7,
    6.70785354340149858e-9, 1.0261809784240308e-8, -4.38203601845335319e-9, 9.14769958223679023e-10,
    -2.55141939949462498e-11, -5.83077213255042507e-11, 2.43619480206674162e-11,
  ]
  private static let c1: [Double] = [
    -1.0 / 540, -1.0 / 288, 1.0 / 378, -9.90226337448559671e-4, 2.05761316872427984e-4, -4.01877572016460905e-7,
    -1.80985503344899778e-5, 7.64916091608111008e-6, -1.6120900894563446e-6,
  ]

  /// - Parameters: a >= `least`; x finite, above 0.
  package static func tails(_ a: Double, _ x: Double) -> TailPair {
    let mu = (x - a) / a
    // a η²/2, without cancellation.
    let half = Special.deviance(a, x)
    let eta = (mu < 0 ? -1 : 1) * (2 * half / a).squareRoot()
    let correction = coefficients(eta, mu, a) / (2 * Double.pi * a).squareRoot()
    let scaled = 0.5 * Special.erfcx(half.squareRoot())
    return mu < 0
      ? TailPair(logLower: log(scaled - correction) - half) : TailPair(logUpper: log(scaled + correction) - half)
  }

  /// C₀(η) + C₁(η)/a.
  private static func coefficients(_ eta: Double, _ mu: Double, _ a: Double) -> Double {
    func series(_ coefficients: [Double]) -> Double { coefficients.reversed().reduce(0) { $0 * eta + $1 } }
    if abs(eta) < 0.5 { return series(c0) + series(c1) / a }
    let second = 1 / (eta * eta * eta) - 1 / (mu * mu * mu) - 1 / (mu * mu) - 1 / (12 * mu)
    return 1 / mu - 1 / eta + second / a
  }
}
