import Foundation
import Statistics

extension CalibrationSuite {
  static var proportions: [CalibrationCase] {
    [
      twoRates("proportion z-test, pooled", 0.1, 0, 1000) { table, _ in
        try arms(table, .pooled).pValue() < 0.05
      },
      twoRates("proportion z-test", 0.1, 0, 1000) { table, _ in try arms(table, .unpooled).pValue() < 0.05 },
      twoRates("proportion z-test", 0.001, 0, 50_000) { table, _ in try arms(table, .unpooled).pValue() < 0.05 },
      twoRates("score test (Miettinen-Nurminen)", 0.1, 0, 500) { table, _ in try ScoreTest(table).pValue() < 0.05 },
      twoRates("score test (Miettinen-Nurminen)", 0.001, 0, 50_000) { table, _ in try ScoreTest(table).pValue() < 0.05
      },
      twoRates("Barnard's exact test", 0.3, 0, 12, .atMost) { table, _ in
        try UnconditionalExactTest(table).pValue() <= 0.05
      },
      twoRates("Boschloo's exact test", 0.3, 0, 8, .atMost) { table, _ in
        try UnconditionalExactTest(table, order: .boschloo).pValue() <= 0.05
      },
      twoRates("non-inferiority by the score test", 0.2, -0.05, 400) { table, margin in
        try ScoreTest(table, null: margin).pValue(.greater) < 0.05
      },
      twoRates("relative risk, log scale", 0.2, 0.05, 1000, event: "misses") { table, _ in
        table.relativeRisk(.ninetyFive)?.interval.contains(1.25) != true
      },
      twoRates("odds ratio, log scale", 0.2, 0.05, 1000, event: "misses") { table, _ in
        table.oddsRatio(.ninetyFive)?.interval.contains(4.0 / 3) != true
      },
      twoRates("score interval (Miettinen-Nurminen)", 0.2, 0.05, 150, event: "misses") { table, truth in
        try !ScoreTest(table).interval().contains(truth)
      },
      twoRates("Newcombe interval", 0.2, 0.05, 150, event: "misses") { table, truth in
        !table.newcombe().contains(truth)
      },
      twoRates("Agresti-Caffo interval", 0.2, 0.05, 150, event: "misses") { table, truth in
        !table.agrestiCaffo().contains(truth)
      },
      twoRates("Fisher's exact test", 0.3, 0, 25, .atMost) { table, _ in FisherExactTest(table).pValue() <= 0.05 },
      oneRate("Wilson interval", 0.1, 400) { !SingleProportion.wilson($0, of: $1).contains($2) },
      oneRate("Agresti-Coull interval", 0.1, 400) { !SingleProportion.agrestiCoull($0, of: $1).contains($2) },
      oneRate("Clopper-Pearson interval", 0.1, 60, .atMost) {
        !SingleProportion.clopperPearson($0, of: $1).contains($2)
      },
      oneRate("Jeffreys interval", 0.1, 400) { !SingleProportion.jeffreys($0, of: $1).contains($2) },
    ]
  }

  private static func arms(
    _ table: TwoProportions, _ kind: ProportionZTest.StandardErrorKind
  ) throws -> ProportionZTest {
    func zeroOne(_ successes: Int, _ trials: Int) -> Moments {
      let (x, n) = (Double(successes), Double(trials))
      return Moments(count: trials, mean: [x / n], crossProducts: [x * (n - x) / n])
    }
    return try ProportionZTest(
      treatment: zeroOne(table.treatmentSuccesses, table.treatmentTrials),
      control: zeroOne(table.controlSuccesses, table.controlTrials), standardError: kind)
  }

  private static func twoRates(
    _ name: String, _ rate: Double, _ effect: Double, _ units: Int, event: String = "rejects",
    _ promise: CalibrationCase.Promise = .nominal,
    _ errs: @escaping @Sendable (TwoProportions, Double) throws -> Bool
  ) -> CalibrationCase {
    let population = effect == 0 ? "Bernoulli \(rate)" : "Bernoulli \(rate), effect \(effect)"
    return CalibrationCase(name, population, "\(units) + \(units)", event: event, promise) { draws in
      let table = try TwoProportions(
        treatment: (draws.successes(units, rate: rate + effect), units),
        control: (draws.successes(units, rate: rate), units))
      return try errs(table, effect)
    }
  }

  /// Coverage of one rate wavers with n; the true rate is drawn around the nominal one to average that out.
  private static func oneRate(
    _ name: String, _ rate: Double, _ units: Int, _ promise: CalibrationCase.Promise = .nominal,
    _ misses: @escaping @Sendable (Int, Int, Double) -> Bool
  ) -> CalibrationCase {
    CalibrationCase(name, "Bernoulli \(rate) ± 20%", "\(units)", event: "misses", promise) { draws in
      let truth = rate * (0.8 + 0.4 * draws.uniform())
      return misses(draws.successes(units, rate: truth), units, truth)
    }
  }
}
