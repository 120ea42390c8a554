import Foundation
import Statistics

extension CalibrationSuite {
  static var resamplings: [CalibrationCase] {
    [
      CalibrationCase(
        "bootstrap, percentile", "normal", "400", event: "misses",
        .approximate(0.045...0.06, "a quantile of 599 replicates, and no correction for few rows")
      ) { draws in
        let values = Population.normal.values(400, &draws)
        return try !bootstrap(&draws, [values], .poisson, .percentile).contains(Population.normal.mean)
      },
      CalibrationCase(
        "bootstrap, basic", "normal", "400", event: "misses",
        .approximate(0.045...0.06, "a quantile of 599 replicates, and no correction for few rows")
      ) { draws in
        let values = Population.normal.values(400, &draws)
        return try !bootstrap(&draws, [values], .multinomial, .basic).contains(Population.normal.mean)
      },
      CalibrationCase(
        "bootstrap, BCa", "log-normal", "200", event: "misses",
        .approximate(0.05...0.09, "too short for means of skewed values below some thousand rows")
      ) { draws in
        let values = Population.logNormal.values(200, &draws)
        return try !bootstrap(&draws, [values], .multinomial, .bca).contains(Population.logNormal.mean)
      },
      CalibrationCase(
        "cluster bootstrap, percentile", "values of 1 to 20 rows a cluster", "200 clusters", event: "misses",
        .approximate(0.045...0.065, "a quantile of 599 replicates, and no correction for few clusters")
      ) { draws in
        var (value, cluster) = ([Double](), [Int]())
        for label in 0..<200 {
          let level = draws.normal()
          for _ in 0..<(1 + draws.index(below: 20)) {
            value.append(level + draws.normal())
            cluster.append(label)
          }
        }
        let totals = try ClusterTotals(columns: [value], clusters: cluster)
        return try !bootstrap(&draws, totals.columns + [totals.sizes], .multinomial, .percentile) {
          $0[0].mean[0] / $0[0].mean[1]
        }.contains(0)
      },
    ]
  }

  private static func bootstrap(
    _ draws: inout Draws, _ columns: [[Double]], _ weights: Bootstrap.Weights, _ method: BootstrapDistribution.Method,
    of functional: @Sendable ([Moments]) -> Double = { $0[0].mean[0] }
  ) throws -> Interval {
    try Bootstrap(replicates: 599, weights: weights, seed: UInt64(draws.index(below: .max))).distribution(
      samples: [columns], acceleration: method == .bca, threads: 1, of: functional
    ).interval(.ninetyFive, method)
  }
}
