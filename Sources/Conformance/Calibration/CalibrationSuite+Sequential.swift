import Foundation
import Statistics

extension CalibrationSuite {
  static var sequences: [CalibrationCase] {
    [
      CalibrationCase(
        "asymptotic confidence sequence", "log-normal, 100 looks", "100 to 10000", event: "ever misses", .atMost
      ) { draws in
        let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: 5000)
        var arm = Moments(columns: 1)
        for _ in 0..<100 {
          arm.merge(moments(Population.logNormal.values(100, &draws)))
          let error = (arm.variance() / Double(arm.count)).squareRoot()
          let interval = sequence.interval(
            estimate: arm.mean[0], standardError: error, units: Double(arm.count))
          if !interval.contains(Population.logNormal.mean) { return true }
        }
        return false
      },
      CalibrationCase("mixture SPRT", "normal, known variance, 200 looks", "1 to 200", event: "ever rejects", .atMost) {
        draws in
        let test = try MixtureSPRT(alpha: 0.05, mixtureVariance: 0.1)
        var sum = 0.0
        for n in 1...200 {
          sum += draws.normal()
          let look = MixtureSPRT.Look(estimate: sum / Double(n), variance: 1 / Double(n))
          if test.logLikelihoodRatio(look) >= log(1 / 0.05) { return true }
        }
        return false
      },
      CalibrationCase(
        "empirical Bernstein sequence", "Beta(2, 8), 300 looks", "1 to 300", event: "ever misses", .atMost
      ) { draws in
        var sequence = try EmpiricalBernsteinSequence(alpha: 0.05)
        for _ in 0..<300 {
          try sequence.take(draws.beta(2, 8))
          if !sequence.interval.contains(0.2) { return true }
        }
        return false
      },
      CalibrationCase("betting sequence", "Beta(2, 8), 300 looks", "1 to 300", event: "ever misses", .atMost) { draws in
        let values = (0..<300).map { _ in draws.beta(2, 8) }
        let capitals = try BettingConfidenceSequence(values, alpha: 0.05).logCapitals(against: 0.2)
        return capitals.contains { $0 >= log(1 / 0.05) }
      },
      CalibrationCase("sequential sample ratio", "2 arms, 100 looks", "50 to 5000", event: "ever rejects", .atMost) {
        draws in
        let test = try SequentialSampleRatioTest(weights: [1, 1], concentration: 1000)
        var first = 0
        for look in 1...100 {
          first += draws.successes(50, rate: 0.5)
          if try test.logBayesFactor(counts: [first, 50 * look - first]) >= log(1 / 0.05) { return true }
        }
        return false
      },
      groupSequential("O'Brien-Fleming", .obrienFleming, equal), groupSequential("Pocock", .pocock, equal),
      groupSequential("Lan-DeMets, O'Brien-Fleming", .spending(.lanDeMetsOBrienFleming), unequal),
      groupSequential("Lan-DeMets, Pocock", .spending(.lanDeMetsPocock), unequal),
      groupSequential("Hwang-Shih-DeCani, gamma -2", .spending(.hwangShihDeCani(gamma: -2)), unequal),
      groupSequential("Kim-DeMets, rho 2", .spending(.kimDeMets(rho: 2)), unequal),
      groupSequential("Wang-Tsiatis, delta 1/4", .wangTsiatis(delta: 0.25), unequal),
      groupSequential("Haybittle-Peto", .haybittlePeto(interim: 3), unequal), repeatedInterval, stagewiseInterval,
    ]
  }

  private static let equal = [0.2, 0.4, 0.6, 0.8, 1]
  private static let unequal = [0.1, 0.35, 0.5, 0.9, 1]

  /// Over all looks together, for an effect of two standard errors of the full information.
  private static var repeatedInterval: CalibrationCase {
    let design = Result { try GroupSequentialDesign(informationFractions: equal, alpha: 0.05, efficacy: .pocock) }
    return CalibrationCase(
      "repeated interval, Pocock", "normal increments, drift 2", "5 equal steps", event: "ever misses"
    ) {
      draws in
      var sum = 0.0
      for (look, fraction) in equal.enumerated() {
        sum += 0.4 + 0.2.squareRoot() * draws.normal()
        let interval = try design.get().repeatedInterval(
          look: look + 1, estimate: sum / fraction, standardError: 1 / fraction.squareRoot())
        if !interval.contains(2) { return true }
      }
      return false
    }
  }

  private static var stagewiseInterval: CalibrationCase {
    let design = Result {
      try GroupSequentialDesign(informationFractions: [0.5, 1], alpha: 0.05, efficacy: .spending(.lanDeMetsPocock))
    }
    return CalibrationCase("stagewise interval", "normal increments, drift 2", "2 equal steps", event: "misses") {
      draws in
      let (design, first) = (try design.get(), 1 + 0.5.squareRoot() * draws.normal())
      let z = first / 0.5.squareRoot()
      let isOver = z >= design.boundary.upper[0] || z <= design.boundary.lower[0]
      return try !design.stagewiseInference(
        look: isOver ? 1 : 2, z: isOver ? z : first + 1 + 0.5.squareRoot() * draws.normal(), confidence: .ninetyFive
      ).interval.contains(2)
    }
  }

  private static func groupSequential(
    _ name: String, _ efficacy: GroupSequentialDesign.Efficacy, _ fractions: [Double]
  ) -> CalibrationCase {
    let design = Result { try GroupSequentialDesign(informationFractions: fractions, alpha: 0.05, efficacy: efficacy) }
    let steps = fractions == equal ? "5 equal steps" : "5 unequal steps"
    return CalibrationCase(name, "normal increments", steps, event: "ever rejects") { draws in
      let bounds = try design.get().boundary
      var (sum, before) = (0.0, 0.0)
      for (look, fraction) in fractions.enumerated() {
        sum += (fraction - before).squareRoot() * draws.normal()
        before = fraction
        let z = sum / fraction.squareRoot()
        if z >= bounds.upper[look] || z <= bounds.lower[look] { return true }
      }
      return false
    }
  }
}
