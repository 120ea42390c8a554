import Foundation
import Statistics
import TestSupport
import Testing

/// What holds for every law, whatever its numbers.
@Suite struct DistributionPropertyTests {
  private static let laws: [any ContinuousDistribution] = {
    let made: [(any ContinuousDistribution)?] = [
      Normal.standard, try? Normal(mean: -3, standardDeviation: 7), try? StudentT(degreesOfFreedom: 0.5),
      try? StudentT(degreesOfFreedom: 7.3), try? StudentT(degreesOfFreedom: 1e6), try? ChiSquared(degreesOfFreedom: 3),
      try? ChiSquared(degreesOfFreedom: 2e5), try? FisherF(4, 9.5), try? FisherF(3e4, 2e4),
      try? Gamma(shape: 0.3, scale: 2), try? Gamma(shape: 40), try? Beta(0.5, 0.5), try? Beta(30, 900),
      try? NoncentralT(degreesOfFreedom: 12, noncentrality: 2.5),
      try? NoncentralT(degreesOfFreedom: 5, noncentrality: -1),
    ]
    return made.compactMap { $0 }
  }()

  @Test func everyLawIsThere() { #expect(Self.laws.count == 15) }

  /// A tail of 1e-200 magnifies the rounding of a quantile near 2e5 by 2e5 / 446 · 30, to some 1e-12; 1e-10 leaves room.
  @Test(arguments: laws.indices, [1e-200, 1e-20, 1e-6, 0.01, 0.3, 0.5, 0.7, 0.99])
  func quantileInvertsTheTails(_ index: Int, _ p: Double) {
    let law = Self.laws[index]
    let (low, high) = (law.quantile(p), law.inverseSurvival(p))
    if abs(low) > 1e-290, low.isFinite { expectClose(law.cdf(low), p, relative: 1e-10, "\(law)") }
    // Near the end of a bounded support the upper quantile has no digits left to tell tails apart.
    if high.isFinite, !(law is Beta && p < 1e-5) { expectClose(law.survival(high), p, relative: 1e-10, "\(law)") }
  }

  @Test(arguments: laws.indices, [0.001, 0.2, 0.6, 0.95])
  func tailsAndTheirLogarithmsAgree(_ index: Int, _ p: Double) {
    let law = Self.laws[index]
    let x = law.quantile(p)
    expectClose(law.cdf(x) + law.survival(x), 1, relative: 1e-14)
    expectClose(exp(law.logCDF(x)), law.cdf(x), relative: 1e-13)
    expectClose(exp(law.logSurvival(x)), law.survival(x), relative: 1e-13)
  }

  /// The central difference of the cdf; its own error is of order h².
  @Test(arguments: laws.indices, [0.2, 0.6, 0.9])
  func densityIsTheSlopeOfTheTail(_ index: Int, _ p: Double) {
    let law = Self.laws[index]
    let x = law.quantile(p)
    let h = 1e-4 * (law.quantile(p + 0.01) - x)
    expectClose((law.cdf(x + h) - law.cdf(x - h)) / (2 * h), law.density(x), relative: 1e-5, "\(law)")
  }

  @Test(arguments: laws.indices)
  func endsOfTheLine(_ index: Int) {
    let law = Self.laws[index]
    #expect(law.cdf(.infinity) == 1)
    #expect(law.survival(.infinity) == 0)
    #expect(law.cdf(-.infinity) == 0)
    #expect(law.survival(-.infinity) == 1)
    #expect(law.quantile(1.5).isNaN)
    #expect(law.inverseSurvival(-0.1).isNaN)
  }

  @Test(arguments: [0.5, 1, 3, 30, 1e5, 1e10], [0.1, 1, 2.5, 8])
  func studentTIsSymmetric(_ df: Double, _ t: Double) throws {
    let law = try StudentT(degreesOfFreedom: df)
    #expect(law.cdf(-t) == law.survival(t))
    // T² is F(1, df).
    expectClose(2 * law.survival(t), try FisherF(1, df).survival(t * t), relative: 1e-12)
  }

  /// t with one degree of freedom is Cauchy: survival(t) = atan(1 / t) / π; with two, (1 - t / √(2 + t²)) / 2.
  @Test(arguments: [0.01, 0.7, 3, 1e4, 1e150, 1e250])
  func studentTInClosedForm(_ t: Double) throws {
    expectClose(try StudentT(degreesOfFreedom: 1).survival(t), atan(1 / t) / .pi, relative: 1e-13)
    let s = (2 + min(t, 1e100) * min(t, 1e100)).squareRoot()
    let two = 1 / (s * (s + min(t, 1e100)))
    expectClose(try StudentT(degreesOfFreedom: 2).survival(min(t, 1e100)), two, relative: 1e-13)
  }

  /// Without an effect the noncentral law is Student's.
  @Test(arguments: [0.5, 4, 90, 1e6], [-6, -1, 0, 0.5, 3, 30.0])
  func noncentralTWithoutEffect(_ df: Double, _ t: Double) throws {
    let (central, law) = (
      try StudentT(degreesOfFreedom: df), try NoncentralT(degreesOfFreedom: df, noncentrality: 0)
    )
    expectClose(law.survival(t), central.survival(t), relative: 1e-11)
    expectClose(law.density(t), central.density(t), relative: 1e-11)
  }

  /// P(T <= 0) = Φ(-δ), and T(-δ) is the mirror of T(δ).
  @Test(arguments: [-8, -0.3, 2, 30.0]) func noncentralTAtZeroAndMirrored(_ delta: Double) throws {
    let law = try NoncentralT(degreesOfFreedom: 9, noncentrality: delta)
    let mirror = try NoncentralT(degreesOfFreedom: 9, noncentrality: -delta)
    expectClose(law.cdf(0), Normal.standard.cdf(-delta), relative: 1e-12)
    expectClose(law.logCDF(1.7), mirror.logSurvival(-1.7), relative: 1e-12)
  }

  /// At the origin the quadrant's probability is 1/4 + asin ρ / 2π (Sheppard 1899).
  @Test(arguments: [-1, -0.999999, -0.9, -0.2, 0, 0.4, 0.99, 0.99999999, 1])
  func quadrantOfTheBivariateNormal(_ rho: Double) throws {
    expectClose(
      try BivariateNormal(correlation: rho).cdf(0, 0), 0.25 + asin(rho) / (2 * .pi), relative: 1e-12,
      absolute: rho < -0.99 ? 1e-16 : 0)
  }

  /// P(X <= x, Y <= y) + P(X <= x, -Y <= -y) = P(X <= x).
  @Test(arguments: [-0.95, -0.3, 0.6, 0.999], [-3, -0.5, 1.2])
  func bivariateNormalAddsUp(_ rho: Double, _ x: Double) throws {
    let (law, mirror) = (try BivariateNormal(correlation: rho), try BivariateNormal(correlation: -rho))
    for y in [-2.0, 0.1, 2.5] {
      expectClose(law.cdf(x, y) + mirror.cdf(x, -y), Normal.standard.cdf(x), relative: 1e-13)
    }
  }

  @Test func binomialAndPoissonSumTheirMasses() throws {
    let (binomial, poisson) = (try Binomial(trials: 40, probability: 0.3), try Poisson(rate: 12.5))
    for k in 0..<40 {
      expectClose((0...k).reduce(0) { $0 + binomial.mass($1) }, binomial.cdf(k), relative: 1e-13)
      expectClose((0...k).reduce(0) { $0 + poisson.mass($1) }, poisson.cdf(k), relative: 1e-13)
    }
  }

  /// mpmath, 50 digits: quantiles so far out that their square overflows.
  @Test(arguments: [
    (0.823201, 4.70569e-215, 5.527352647235381e+259), (0.518174, 4.64738e-107, 1.7764682844231652e+204),
    (0.738774, 3.27234e-158, 3.0430917781457084e+212),
  ])
  func farQuantilesOfStudentT(_ c: (df: Double, p: Double, expected: Double)) throws {
    let law = try StudentT(degreesOfFreedom: c.df)
    expectClose(law.inverseSurvival(c.p), c.expected, relative: 5e-13)
    expectClose(law.quantile(c.p), -c.expected, relative: 5e-13)
    expectClose(law.survival(c.expected), c.p, relative: 5e-13)
  }

  @Test func sentences() {
    expectSentence("degrees of freedom = 0, must be positive.") { _ = try StudentT(degreesOfFreedom: 0) }
    expectSentence("correlation = 2, must be in [-1, 1].") { _ = try BivariateNormal(correlation: 2) }
    expectSentence("noncentrality = inf, must be finite.") {
      _ = try NoncentralT(degreesOfFreedom: 3, noncentrality: .infinity)
    }
  }
}
