import Foundation
import Statistics

extension CalibrationSuite {
  static var survival: [CalibrationCase] {
    [
      CalibrationCase(
        "Kaplan-Meier, log-log interval at the median", "exponential, 1/4 censored", "100", event: "misses"
      ) { draws in
        let sample = lifetimes(100, &draws)
        let curve = KaplanMeier(try SurvivalData(time: sample.time, event: sample.event))
        let median = log(2.0)
        guard let place = curve.data.times.lastIndex(where: { $0 <= median }), let lower = curve.lower[place],
          let upper = curve.upper[place]
        else { return true }
        return !(lower...max(lower, upper)).contains(0.5)
      },
      CalibrationCase("log-rank test", "exponential, 1/4 censored", "100 + 100") { draws in
        let sample = lifetimes(200, &draws)
        return try LogRank(
          time: sample.time, event: sample.event, group: (0..<200).map { $0 % 2 }, groups: 2
        ).pValue < 0.05
      },
      CalibrationCase("Cox regression, Wald", "exponential, 1/4 censored, a covariate", "100 + 100") { draws in
        let x = draws.normals(200)
        // A hazard of e^{x/2}: lifetimes of a standard exponential, stretched.
        let time = x.map { draws.exponential() * exp(-$0 / 2) }
        let end = time.map { _ in 3 * draws.exponential() }
        let arm = (0..<200).map { Double($0 % 2) }
        let model = try CoxRegression(
          time: zip(time, end).map { min($0, $1) }, event: zip(time, end).map { $0 <= $1 }, covariates: [arm, x])
        return model.coefficients[0].pValue() < 0.05
      },
      CalibrationCase("restricted mean, difference", "exponential, 1/4 censored", "300 + 300") { draws in
        let (a, b) = (lifetimes(300, &draws), lifetimes(300, &draws))
        let t = try RestrictedMean(KaplanMeier(SurvivalData(time: a.time, event: a.event)), horizon: 1)
        let c = try RestrictedMean(KaplanMeier(SurvivalData(time: b.time, event: b.event)), horizon: 1)
        return try t.difference(from: c).pValue < 0.05
      },
    ]
  }

  /// Exponential with mean 1, censored by an exponential with mean 3.
  private static func lifetimes(_ count: Int, _ draws: inout Draws) -> (time: [Double], event: [Bool]) {
    let pairs = (0..<count).map { _ in (draws.exponential(), 3 * draws.exponential()) }
    return (pairs.map { min($0.0, $0.1) }, pairs.map { $0.0 <= $0.1 })
  }
}
