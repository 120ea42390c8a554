import Foundation
import Statistics

extension CalibrationSuite {
  // MARK: - Ranks
  static var ranks: [CalibrationCase] {
    [
      CalibrationCase("Mann-Whitney, exact", "log-normal", "12 + 15", .atMost) { draws in
        let (a, b) = (Population.logNormal.values(12, &draws), Population.logNormal.values(15, &draws))
        return try MannWhitneyTest(treatment: a, control: b).pValue() <= 0.05
      },
      CalibrationCase("Mann-Whitney, normal", "zero-inflated", "400 + 400") { draws in
        let (a, b) = (Population.zeroInflated.values(400, &draws), Population.zeroInflated.values(400, &draws))
        return try MannWhitneyTest(treatment: a, control: b, method: .normal(continuity: false)).pValue() < 0.05
      },
      CalibrationCase("Brunner-Munzel", "normal, deviations 1:3", "50 + 50") { draws in
        try ProbabilityOfSuperiority(treatment: draws.normals(50).map { 3 * $0 }, control: draws.normals(50)).pValue()
          < 0.05
      },
      CalibrationCase("Wilcoxon signed rank, exact", "normal", "20 pairs", .atMost) { draws in
        try SignedRankTest(differences: draws.normals(20)).pValue() <= 0.05
      },
      CalibrationCase("Kolmogorov-Smirnov, exact", "normal", "30 + 40", .atMost) { draws in
        try KolmogorovSmirnovTest(treatment: draws.normals(30), control: draws.normals(40)).exactPValue <= 0.05
      },
    ]
  }

  // MARK: - Counts
  static var counts: [CalibrationCase] {
    [
      CalibrationCase("sample ratio, chi-squared", "3 arms, 5:3:2", "10000") { draws in
        let first = draws.successes(10_000, rate: 0.5)
        let second = draws.successes(10_000 - first, rate: 0.6)
        let counts = [first, second, 10_000 - first - second]
        return try SampleRatioTest(counts: counts, weights: [5, 3, 2]).pValue < 0.05
      },
      table("chi-squared of a table") { $0.chiSquared().pValue < 0.05 },
      table("G test of a table") { $0.likelihoodRatio().pValue < 0.05 },
    ]
  }

  private static func table(_ name: String, _ errs: @escaping @Sendable (ContingencyTable) -> Bool) -> CalibrationCase {
    CalibrationCase(name, "2 x 3, independent", "1000") { draws in
      var counts = [[0, 0, 0], [0, 0, 0]]
      for _ in 0..<1000 {
        let column = draws.uniform() < 0.5 ? 0 : draws.uniform() < 0.6 ? 1 : 2
        counts[draws.uniform() < 0.4 ? 0 : 1][column] += 1
      }
      return errs(try ContingencyTable(counts))
    }
  }
}
