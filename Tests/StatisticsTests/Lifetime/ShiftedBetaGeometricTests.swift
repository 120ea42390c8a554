import Statistics
import TestSupport
import Testing

@Suite struct ShiftedBetaGeometricTests {
  /// alpha, beta, renewals, discount, lifetime.
  ///
  /// mpmath 1.3 at 360 digits: b / (alpha + b) · 2F1(1, b + 1; alpha + b + 1; 1 / (1 + discount)), b = beta + renewals - 1.
  private static let lowDiscounts: [(Double, Double, Int, Double, Double)] = [
    (0.668, 3.806, 1, 1e-05, 280.35696990747071),
    (0.668, 3.806, 5, 1e-09, 10157.73705617569),
    (0.02, 1, 1, 1e-100, 1.0006582768034462e+98),
    (1e-08, 3.8, 50, 1e-300, 9.9999313761054006e+299),
    (0.49, 100, 50, 1e-05, 6873.9682532221725),
    (1, 0.5, 2, 1e-300, 1034.2427333890004),
    (1.2, 1_000_000, 1, 1e-09, 3542583.9543226296),
    (3.5, 3.8, 1_000_000, 1e-20, 400001.11999999733),
    (300, 1_000_000, 1, 1e-05, 3235.9069692425916),
  ]

  /// 1e-12: a sum of some hundred exponentials, and the logarithm of discounts of 1e-300.
  @Test func lifetimesOfLowDiscounts() throws {
    for (alpha, beta, renewals, discount, expected) in Self.lowDiscounts {
      let model = try ShiftedBetaGeometric(alpha: alpha, beta: beta)
      let found = try model.discountedExpectedResidualLifetime(renewals: renewals, discount: discount)
      expectClose(found, expected, relative: 1e-12)
    }
  }

  @Test func theSeriesAndTheIntegralAgree() throws {
    for alpha in [1e-6, 0.004, 0.3, 1, 2.5, 40, 1e6, 1e17] {
      for beta in [1e-3, 1, 12.5, 1e4, 1e12] {
        let model = try ShiftedBetaGeometric(alpha: alpha, beta: beta)
        for discount in [1e-4, 1e-3, 0.05, 2] {
          expectClose(model.integral(3, discount), model.series(3, discount), relative: 1e-10)
        }
      }
    }
  }

  @Test func noArgumentIsWithoutEnd() throws {
    let extremes = [.leastNonzeroMagnitude, 1e-300, 1e-9, 1, 1e9, 1e300, .greatestFiniteMagnitude]
    for alpha in extremes {
      for beta in extremes {
        let model = try ShiftedBetaGeometric(alpha: alpha, beta: beta)
        for discount in extremes {
          for renewals in [1, 1_000_000, .max] {
            let found = try? model.discountedExpectedResidualLifetime(renewals: renewals, discount: discount)
            #expect(found.map { $0.isFinite && $0 >= 0 } ?? true, "\(alpha) \(beta) \(renewals) \(discount)")
          }
        }
      }
    }
  }
}
