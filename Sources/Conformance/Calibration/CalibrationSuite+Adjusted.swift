import Foundation
import Statistics

extension CalibrationSuite {
  // MARK: - Adjusted
  static var adjusted: [CalibrationCase] {
    [
      CalibrationCase("CUPED, two covariates", "log-normal, correlated before", "300 + 300", event: "misses") { draws in
        let (a, b) = (history(300, 0.2, &draws), history(300, 0, &draws))
        return try !CUPED.mean(treatment: a, control: b, covariates: [1, 2]).interval().contains(0.2)
      },
      CalibrationCase("lift with CUPED", "log-normal, correlated before", "300 + 300", event: "misses") { draws in
        let (a, b) = (history(300, 0.2, &draws), history(300, 0, &draws))
        // The mean of exp(0.3 Z) is exp(0.045).
        return try !CUPED.mean(treatment: a, control: b, covariates: [1, 2]).lift().contains(0.2 / exp(0.045))
      },
      CalibrationCase("CUPED of a ratio", "orders, correlated before", "500 + 500") { draws in
        func arm(_ draws: inout Draws) -> Moments {
          let rows = (0..<500).map { _ -> (Double, Double, Double) in
            let (level, size) = (draws.normal(), Double(1 + draws.index(below: 4)))
            return (size * (5 + level + draws.normal()), size, level)
          }
          return Moments(columns: [rows.map(\.0), rows.map(\.1), rows.map(\.2)])
        }
        return try CUPED.ratio(treatment: arm(&draws), control: arm(&draws), covariates: [2]).pValue() < 0.05
      },
      CalibrationCase("post-stratification", "three normal strata, effect 0.3", "300", event: "misses") { draws in
        var arms = [[[Double]]](repeating: [[], [], []], count: 2)
        for unit in 0..<300 {
          let (arm, stratum) = (unit % 2, draws.index(below: 3))
          arms[arm][stratum].append(2 * Double(stratum) + (arm == 0 ? 0.3 : 0) + draws.normal())
        }
        return try !StratifiedTest(treatment: arms[0].map(moments), control: arms[1].map(moments)).interval().contains(
          0.3)
      },
      CalibrationCase("regression adjustment (Lin), HC2", "heteroscedastic", "100 + 100", event: "misses") { draws in
        let x = draws.normals(200)
        let treated = x.indices.map { $0 % 2 == 0 }
        let y = x.indices.map { x[$0] + (treated[$0] ? 0.3 + (1 + 0.5 * x[$0]) * draws.normal() : draws.normal()) }
        return try !RegressionAdjustment(response: y, treated: treated, covariates: [x]).interval().contains(0.3)
      },
    ]
  }

  /// Outcome and two covariates of units with a lasting level.
  private static func history(_ count: Int, _ effect: Double, _ draws: inout Draws) -> Moments {
    let rows = (0..<count).map { _ -> (Double, Double, Double) in
      let level = draws.normal()
      return (exp(0.3 * level) + effect + 0.3 * draws.normal(), level + draws.normal(), exp(0.5 * level))
    }
    return Moments(columns: [rows.map(\.0), rows.map(\.1), rows.map(\.2)])
  }

  // MARK: - Regression
  static var regressions: [CalibrationCase] {
    [
      CalibrationCase(
        "least squares, HC3", "heteroscedastic", "100",
        .approximate(
          0.045...0.065, "the variance of a slope that few distant rows decide; CR2 has degrees of freedom for it")
      ) { draws in
        let x = draws.normals(100)
        let y = x.map { $0 + (0.5 + abs($0)) * draws.normal() }
        let fit = try LeastSquares(columns: [[Double](repeating: 1, count: 100), x], response: y)
        return rejects(fit.coefficients[1], fit.standardErrors(.hc3)[1], truth: 1, df: Double(fit.degreesOfFreedom))
      },
      CalibrationCase("switchback, CR2", "6 regions x 10 days, arms by day", "8 hours each") { draws in
        try switchback(&draws)
      },
      CalibrationCase("least squares, CR2 with Satterthwaite", "20 clusters of 5 to 14", "treatment by cluster") {
        draws in try clustered(&draws) { _ in nil }
      },
      CalibrationCase(
        "weighted least squares, CR2 with Satterthwaite", "20 clusters of 5 to 14, weights 1 to 3",
        "treatment by cluster", .approximate(0.04...0.06, "its working model has independent errors")
      ) { draws in try clustered(&draws) { rows in (0..<rows).map { 1 + Double($0 % 3) } } },
    ]
  }

  /// Rows of clusters with levels of their own, half of them treated; weights by the number of rows.
  private static func clustered(_ draws: inout Draws, weights: (Int) -> [Double]?) throws -> Bool {
    var (x, y, clusters) = ([Double](), [Double](), [Int]())
    for cluster in 0..<20 {
      let level = draws.normal()
      for _ in 0..<(5 + draws.index(below: 10)) {
        x.append(cluster < 10 ? 1 : 0)
        y.append(level + draws.normal())
        clusters.append(cluster)
      }
    }
    let fit = try LeastSquares(columns: [x.map { _ in 1 }, x], response: y, weights: weights(x.count))
    let df = try fit.clusterDegreesOfFreedom(clusters: clusters)[1] ?? 0
    return rejects(fit.coefficients[1], try fit.standardErrors(clusters: clusters)[1], truth: 0, df: df)
  }

  /// Regions whose arm changes by the day, with shocks that a region's day shares.
  private static func switchback(_ draws: inout Draws) throws -> Bool {
    var (response, treated, clusters, hours) = ([Double](), [Bool](), [Int](), [Int]())
    for region in 0..<6 {
      for day in 0..<10 {
        let (arm, shock) = (draws.uniform() < 0.5, draws.normal())
        for hour in 0..<8 {
          response.append(Double(hour) + shock + draws.normal())
          treated.append(arm)
          clusters.append(10 * region + day)
          hours.append(hour)
        }
      }
    }
    return try ClusterDesignTest(response: response, treated: treated, clusters: clusters, blocks: hours).pValue()
      < 0.05
  }

  private static func rejects(_ value: Double?, _ error: Double?, truth: Double, df: Double) -> Bool {
    guard let value, let error else { return false }
    return abs(value - truth) > ReferenceLaw.studentT(degreesOfFreedom: df).inverseSurvival(0.025) * error
  }
}
