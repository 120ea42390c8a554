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
      },
      CalibrationCase(
        "gamma-Poisson credible interval", "rate drawn from its prior, gamma(3, 2)", "10", event: "misses"
      ) { draws in
        let rate = (draws.exponential() + draws.exponential() + draws.exponential()) / 2
        var (events, time) = (0, draws.exponential())
        while time < 10 * rate {
          events += 1
          time += draws.exponential()
        }
        return try !GammaPosterior(events: events, exposure: 10, prior: .init(shape: 3, rate: 2)).interval(.ninetyFive)
          .contains(rate)
      },
      CalibrationCase(
        "Gaussian effect credible interval", "effect drawn from its prior, N(0, 1/2)", "1", event: "misses"
      ) { draws in
        let effect = draws.normal() / 2
        return try !GaussianEffect(
          estimate: effect + 0.3 * draws.normal(), standardError: 0.3, prior: .init(standardDeviation: 0.5)
        ).interval().contains(effect)
      },
    ]
  }
}
