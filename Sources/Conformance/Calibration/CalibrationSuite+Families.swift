import Foundation
import Statistics

extension CalibrationSuite {
  static var families: [CalibrationCase] {
    [
      CalibrationCase("equal effects of segments (Cochran's Q)", "4 segments, one effect", "known variances") { draws in
        let errors = [0.1, 0.2, 0.3, 0.15]
        let effects = errors.map { Estimate(0.5 + $0 * draws.normal(), standardError: $0) }
        return try MetaAnalysis(effects).heterogeneityPValue < 0.05
      },
      CalibrationCase("random effects, REML with Hartung-Knapp", "8 experiments, true effects differ", "1", .atMost) {
        draws in
        let errors = [0.1, 0.2, 0.3, 0.15, 0.1, 0.2, 0.3, 0.15]
        let effects = errors.map { Estimate(0.3 * draws.normal() + $0 * draws.normal(), standardError: $0) }
        return try MetaAnalysis(effects).randomEffects().pValue() < 0.05
      },
      CalibrationCase("trend of the effect", "14 days, no trend", "known variances") { draws in
        let effects = (0..<14).map { _ in Estimate(1 + 0.2 * draws.normal(), standardError: 0.2) }
        return try EffectTrend(effects, at: (0..<14).map(Double.init)).pValue() < 0.05
      },
      anyFalse("Holm", .holm), anyFalse("Hochberg", .hochberg), anyFalse("Hommel", .hommel),
      anyFalse("Benjamini-Hochberg", .bh), anyFalse("Benjamini-Yekutieli", .by),
      CalibrationCase("Dunnett, any false rejection", "normal, 3 arms against a control", "20 each") { draws in
        let arms = (0..<3).map { _ in moments(draws.normals(20)) }
        let test = try DunnettTest(treatments: arms, control: moments(draws.normals(20)))
        return test.adjustedPValues().contains { $0 < 0.05 }
      },
    ]
  }

  private static func anyFalse(_ name: String, _ correction: Correction) -> CalibrationCase {
    CalibrationCase("\(name), any false rejection", "4 metrics, correlation 1/2", "200 + 200", .atMost) { draws in
      let shared = draws.normal()
      let pValues = (0..<4).map { _ in
        2 * Normal.standard.survival(abs((shared + draws.normal()) / 2.0.squareRoot()))
      }
      return Multiplicity.adjust(pValues, by: correction).contains { $0 < 0.05 }
    }
  }
}
