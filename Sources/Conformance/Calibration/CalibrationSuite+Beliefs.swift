import Foundation
import Statistics

extension CalibrationSuite {
  static var beliefs: [CalibrationCase] {
    [
      CalibrationCase("beta-binomial credible interval", "rate drawn from its prior, Beta(2, 8)", "50", event: "misses")
      { draws in
        let rate = draws.beta(2, 8)
        let posterior = try BetaPosterior(
          successes: draws.successes(50, rate: rate), trials: 50, prior: .init(alpha: 2, beta: 8))
        return rate < posterior.law.quantile(0.025) || rate > posterior.law.inverseSurvival(0.025)
      }
    ]
  }
}
