import Foundation
import Statistics

extension CalibrationSuite {
  static var means: [CalibrationCase] {
    [
      welch(.normal, 10, 20, spread: 3), welch(.normal, 500, 500, spread: 1),
      welch(
        .logNormal, 50, 50, spread: 1,
        .approximate(0.035...0.05, "cautious where both arms are equally skewed and small")),
      welch(.logNormal, 2000, 2000, spread: 1), welch(.zeroInflated, 2000, 2000, spread: 1),
      CalibrationCase("pooled t-test", "normal", "10 + 20") { draws in
        try PooledTTest(moments(draws.normals(10)), against: moments(draws.normals(20))).pValue() < 0.05
      },
      CalibrationCase("paired t-test", "normal, correlation 1/2", "15 pairs") { draws in
        let pairs = (0..<15).map { _ in
          let shared = draws.normal()
          return (shared + draws.normal(), shared + draws.normal())
        }
        return try PairedTTest(pairs: Moments(columns: [pairs.map(\.0), pairs.map(\.1)])).pValue() < 0.05
      },
      CalibrationCase("Welch t-test, difference", "log-normal, effect 10%", "1000 + 1000", event: "misses") { draws in
        let treatment = Population.logNormal.values(1000, &draws).map { $0 * 1.1 }
        let test = try WelchTTest(moments(treatment), against: moments(Population.logNormal.values(1000, &draws)))
        return !test.interval().contains(0.1 * Population.logNormal.mean)
      },
      CalibrationCase("equivalence (two one-sided tests)", "normal, at the margin", "60 + 60") { draws in
        let treatment = draws.normals(60).map { $0 + 0.5 }
        return try WelchTTest(moments(treatment), against: moments(draws.normals(60))).equivalencePValue(-2...0.5)
          < 0.05
      },
      CalibrationCase("permutation test, 199 relabellings", "log-normal", "8 + 12") { draws in
        let (a, b) = (Population.logNormal.values(8, &draws), Population.logNormal.values(12, &draws))
        return try draws.randomised { generator in
          try PermutationTest(treatment: a, control: b, permutations: 199, using: &generator).pValue() <= 0.05
        }
      },
      CalibrationCase("permutation test, all relabellings", "log-normal", "6 + 6", .atMost) { draws in
        let (a, b) = (Population.logNormal.values(6, &draws), Population.logNormal.values(6, &draws))
        return try PermutationTest(treatment: a, control: b).pValue() <= 0.05
      },
      CalibrationCase("one-way analysis of variance", "normal, 4 arms", "15 each") { draws in
        try OneWayANOVA(groups: (0..<4).map { _ in moments(draws.normals(15)) }).pValue < 0.05
      },
    ]
  }

  private static func welch(
    _ population: Population, _ n: Int, _ m: Int, spread: Double, _ promise: CalibrationCase.Promise = .nominal
  ) -> CalibrationCase {
    let shape = spread == 1 ? population.rawValue : "\(population.rawValue), deviations 1:\(Int(spread))"
    return CalibrationCase("Welch t-test", shape, "\(n) + \(m)", promise) { draws in
      let control = population.values(m, &draws)
      let treatment = population.values(n, &draws).map { ($0 - population.mean) * spread + population.mean }
      return try WelchTTest(moments(treatment), against: moments(control)).pValue() < 0.05
    }
  }

  static func moments(_ values: [Double]) -> Moments { Moments(columns: [values]) }
}
