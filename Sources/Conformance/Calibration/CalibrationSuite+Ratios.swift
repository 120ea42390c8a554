import Foundation
import Statistics

extension CalibrationSuite {
  // MARK: - Ratios, quantiles
  static var ratios: [CalibrationCase] {
    [
      CalibrationCase("ratio z-test (delta method)", "orders and value, correlated", "500 + 500", event: "misses") {
        draws in
        try !RatioTest(treatment: orders(500, 1.1, &draws), control: orders(500, 1, &draws)).interval().contains(2)
      },
      CalibrationCase("ratio z-test on cluster totals", "rows within users, 1 to 20 a user", "200 + 200 users") {
        draws in
        try RatioTest(treatment: users(200, &draws), control: users(200, &draws)).pValue() < 0.05
      },
      CalibrationCase(
        "quantile difference, 50%", "log-normal", "1000 + 1000",
        .approximate(
          0.05...0.06, "the standard error from order statistics is itself uncertain; with more units it is not")
      ) { draws in try quantile(0.5, 1000, &draws) },
      CalibrationCase("quantile difference, 95%", "log-normal", "4000 + 4000", .atMost) { draws in
        try quantile(0.95, 4000, &draws)
      },
      CalibrationCase(
        "quantile difference, 90%, clusters", "rows within users, 1 to 20 a user", "400 + 400 users",
        .approximate(0.04...0.06, "the standard error from order statistics is itself uncertain")
      ) { draws in
        func arm() throws -> QuantileEstimate {
          let rows = (0..<400).flatMap { user -> [(value: Double, user: Int)] in
            let (size, level) = (1 + draws.index(below: 20), draws.normal())
            return (0..<size).map { _ in (level + draws.normal(), user) }
          }
          return try QuantileEstimate(values: rows.map(\.value), clusters: rows.map(\.user), probability: 0.9)
        }
        return try QuantileDifference(treatment: arm(), control: arm()).pValue() < 0.05
      },
      CalibrationCase("exact interval of the median", "log-normal", "101", event: "misses", .atMost) { draws in
        let ranks = try QuantileRanks(exact: 101, probability: 0.5)
        return !ranks.interval(Population.logNormal.values(101, &draws).sorted()).contains(1)
      },
    ]
  }

  /// Two columns a unit: value and orders; value per order is 20 times `factor`.
  private static func orders(_ count: Int, _ factor: Double, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double) in
      let orders = Double(1 + draws.index(below: 4))
      return (orders * (20 * factor + 4 * draws.normal()), orders)
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1)])
  }

  /// Totals a user of rows that share the user's level: value and rows.
  private static func users(_ count: Int, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double) in
      let (size, level) = (1 + draws.index(below: 20), draws.normal())
      return ((0..<size).reduce(0.0) { sum, _ in sum + level + draws.normal() }, Double(size))
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1)])
  }

  private static func quantile(_ p: Double, _ units: Int, _ draws: inout Draws) throws -> Bool {
    let (a, b) = (Population.logNormal.values(units, &draws), Population.logNormal.values(units, &draws))
    return try QuantileDifference(
      treatment: QuantileEstimate(sorted: a.sorted(), probability: p),
      control: QuantileEstimate(sorted: b.sorted(), probability: p)
    ).pValue() < 0.05
  }

  // MARK: - Lifts
  static var lifts: [CalibrationCase] {
    [
      CalibrationCase("lift, delta method", "normal, mean 10, lift 5%", "200 + 200", event: "misses") { draws in
        let (t, c) = (estimate(200, 10.5, &draws), estimate(200, 10, &draws))
        return try !Lift.delta(treatment: t, control: c).contains(0.05)
      },
      CalibrationCase("lift, Fieller", "normal, control 4 standard errors from 0", "16 + 16", event: "misses") {
        draws in
        // Known variances, so that the set is exact: the mean of 16 standard normals around 1 has standard error 1/4.
        let t = Estimate(1.3 + draws.normal() / 4, standardError: 0.25)
        let c = Estimate(1 + draws.normal() / 4, standardError: 0.25)
        switch Lift.fieller(treatment: t, control: c) {
        case .interval(let interval): return !interval.contains(0.3)
        case .complement(let excluded): return excluded.lower < 0.3 && 0.3 < excluded.upper
        case .everything: return false
        }
      },
    ]
  }

  private static func estimate(_ count: Int, _ mean: Double, _ draws: inout Draws) -> Estimate {
    let arm = moments(draws.normals(count).map { $0 + mean })
    return Estimate(arm.mean[0], standardError: (arm.variance() / Double(count)).squareRoot())
  }
}
