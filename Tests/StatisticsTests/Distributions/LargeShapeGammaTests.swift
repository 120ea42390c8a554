import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct LargeShapeGammaTests {
  /// P and Q by Python's mpmath 1.3: quadrature of the density in log x with 50 digits; far tails by the series (NIST DLMF
  /// 8.11.4) and the continued fraction (8.9.2) with 60, where that quadrature keeps only 9.
  @Test(arguments: [
    (1e6, 970_000.0, 4.9209087785911618951e-202, 1.0), (1e6, 995_000, 2.7495803592700708e-7, 0.99999972504196407),
    (1e6, 999_000, 0.15865521357430365, 0.84134478642569635), (1e6, 1e6, 0.50013298076087259, 0.49986701923912741),
    (1e6, 1_001_000, 0.84134478636834029, 0.15865521363165971), (1e6, 1_030_000, 1, 3.2624301448767339856e-194),
    (1e12, 999_970_000_000, 4.8627508055368162362e-198, 1),
    (1e12, 999_999_000_000, 0.15865525393141672, 0.84134474606858328),
    (1e12, 1e12, 0.50000013298076013, 0.49999986701923987),
    (1e12, 1_000_005_000_000, 0.99999971333653416, 2.8666346583725959e-7),
    (1e12, 1_000_030_000_000, 1, 4.9510725050395360306e-198),
    (9e18, 8.999999997e18, 0.15865521263512358, 0.84134478736487642),
    (9e18, 9e18, 0.50000000004432692, 0.49999999995567308),
    (9e18, 9.000000015e18, 0.99999971334867789, 2.8665132211042062e-7),
  ])
  func tails(a: Double, x: Double, lower: Double, upper: Double) {
    // The exponent of a far tail, some 450, keeps 13 digits less than all.
    expectClose(Special.gammaP(a, x), lower, relative: 4e-13)
    expectClose(Special.gammaQ(a, x), upper, relative: 4e-13)
  }

  /// The expansion and the series agree where the series ends; near x = a and far from it, where tails are given by logarithms.
  @Test(arguments: [1e6, 1e7, 3e9]) func agreesWithTheSeries(a: Double) {
    let near = stride(from: -36.0, through: 36, by: 1.5).map { a + $0 * a.squareRoot() }
    for x in near + [0.01, 0.5, 0.6, 0.61, 0.9, 1.2, 1.8, 1.9, 3, 100].map({ $0 * a }) {
      let (fast, slow) = (LargeShapeGamma.tails(a, x), Special.gammaTailsBySeries(a, x))
      expectClose(fast.logLower, slow.logLower, relative: 1e-12, absolute: 1e-12)
      expectClose(fast.logUpper, slow.logUpper, relative: 1e-12, absolute: 1e-12)
    }
  }

  /// A quantile of a chi-squared law of many degrees of freedom, and back; its last digits are 1e-7 standard deviations.
  @Test(arguments: [1e10, 1e12, 1e14]) func quantilesOfManyDegrees(degrees: Double) throws {
    let law = try ChiSquared(degreesOfFreedom: degrees)
    for p in [1e-12, 0.025, 0.5, 0.975] { expectClose(law.cdf(law.quantile(p)), p, relative: 1e-6) }
  }
}
