import Foundation
import Statistics
import TestSupport
import Testing

/// Seeded Monte Carlo of independent increments of the score: error rates and coverage with optional stopping.
@Suite struct GroupSequentialSimulationTests {
  typealias Design = GroupSequentialDesign

  struct Family: Sendable, CustomTestStringConvertible {
    let efficacy: Design.Efficacy
    let sides: Design.Sides
    var futility: Design.Futility?
    var testDescription: String { "\(efficacy), \(sides)-sided, futility \(futility.map { "\($0)" } ?? "none")" }
  }
  static let families: [Family] = [
    Family(efficacy: .pocock, sides: .two), Family(efficacy: .obrienFleming, sides: .two),
    Family(efficacy: .wangTsiatis(delta: 0.25), sides: .one), Family(efficacy: .haybittlePeto(interim: 3), sides: .two),
    Family(efficacy: .spending(.lanDeMetsOBrienFleming), sides: .two),
    Family(efficacy: .spending(.lanDeMetsPocock), sides: .one),
    Family(efficacy: .spending(.hwangShihDeCani(gamma: -4)), sides: .two),
    Family(efficacy: .spending(.kimDeMets(rho: 2)), sides: .one),
    Family(
      efficacy: .spending(.lanDeMetsOBrienFleming), sides: .one,
      futility: .init(.spending(.lanDeMetsPocock, beta: 0.2), isBinding: true)),
  ]
  static let fractions = [0.15, 0.4, 0.5, 0.9, 1]

  /// z at each look under a drift.
  static func path(_ fractions: [Double], drift: Double, _ generator: inout SeededGenerator) -> [Double] {
    var (score, last) = (0.0, 0.0)
    return fractions.map { t in
      score += drift * (t - last) + (t - last).squareRoot() * generator.normal()
      last = t
      return score / t.squareRoot()
    }
  }

  /// The first look that stops, and what it says.
  static func stop(_ design: Design, _ path: [Double]) throws -> (look: Int, advice: Design.Advice) {
    for look in 1..<path.count {
      let advice = try design.advice(look: look, z: path[look - 1])
      if advice != .carryOn { return (look, advice) }
    }
    return (path.count, try design.advice(look: path.count, z: path[path.count - 1]))
  }

  /// Stopping at the first crossing of 20,000 null experiments: the rate of rejections is alpha within 3.3 standard errors
  /// (99.9 %), and its power under an effect is what the design says.
  @Test(arguments: families) func errorRateAndPower(family: Family) throws {
    let design = try Design(
      informationFractions: Self.fractions, alpha: 0.05, sides: family.sides, efficacy: family.efficacy,
      futility: family.futility)
    for (drift, seed) in [(0.0, 11), (2.5, 12)] {
      var generator = SeededGenerator(seed: UInt64(seed))
      let rounds = 20_000
      var rejected = 0
      for _ in 0..<rounds {
        let (_, advice) = try Self.stop(design, Self.path(Self.fractions, drift: drift, &generator))
        if advice == .stopForEfficacy || advice == .stopForHarm { rejected += 1 }
      }
      let expected = drift == 0 ? 0.05 : design.power(drift: drift)
      let error = (expected * (1 - expected) / Double(rounds)).squareRoot()
      expectClose(Double(rejected) / Double(rounds), expected, relative: 0, absolute: 3.3 * error)
    }
  }

  /// Repeated intervals of all looks cover the effect together at the nominal rate, without any stopping.
  @Test(arguments: [0.0, 2, 5]) func repeatedCoverage(drift: Double) throws {
    let design = try Design(
      informationFractions: Self.fractions, alpha: 0.1, efficacy: .spending(.lanDeMetsPocock))
    var generator = SeededGenerator(seed: 21)
    let rounds = 20_000
    var missed = 0
    for _ in 0..<rounds {
      let path = Self.path(Self.fractions, drift: drift, &generator)
      let isMissed = try path.indices.contains { k in
        let unit = 1 / Self.fractions[k].squareRoot()
        return try !design.repeatedInterval(look: k + 1, estimate: path[k] * unit, standardError: unit).contains(drift)
      }
      if isMissed { missed += 1 }
    }
    expectClose(Double(missed) / Double(rounds), 0.1, relative: 0, absolute: 3.3 * (0.09 / Double(rounds)).squareRoot())
  }

  /// The interval in stagewise ordering covers at its level and the estimate is too low half of the time, after stopping;
  /// the naive interval does not cover.
  @Test(arguments: [0.0, 1.5, 3.5]) func stagewiseCoverage(drift: Double) throws {
    let fractions = [0.2, 0.6, 1]
    let design = try Design(informationFractions: fractions, alpha: 0.1, efficacy: .pocock)
    var generator = SeededGenerator(seed: 31)
    let level = try ConfidenceLevel(alpha: 0.1)
    let rounds = 2_000
    var (missed, tooLow, rejected) = (0, 0, 0)
    for _ in 0..<rounds {
      let path = Self.path(fractions, drift: drift, &generator)
      let (look, _) = try Self.stop(design, path)
      let final = try design.stagewiseInference(look: look, z: path[look - 1], confidence: level)
      if !final.interval.contains(drift) { missed += 1 }
      if final.medianUnbiased < drift { tooLow += 1 }
      if final.pValue <= 0.1 { rejected += 1 }
    }
    let n = Double(rounds)
    expectClose(Double(missed) / n, 0.1, relative: 0, absolute: 3.3 * (0.09 / n).squareRoot())
    expectClose(Double(tooLow) / n, 0.5, relative: 0, absolute: 3.3 * (0.25 / n).squareRoot())
    if drift == 0 { expectClose(Double(rejected) / n, 0.1, relative: 0, absolute: 3.3 * (0.09 / n).squareRoot()) }
  }

  /// The repeated p-value of the worst look is at most alpha as often as alpha: it may be read at every look.
  @Test func repeatedPValueIsValid() throws {
    let design = try Design(looks: 3, alpha: 0.05, efficacy: .spending(.lanDeMetsOBrienFleming))
    var generator = SeededGenerator(seed: 41)
    let rounds = 3_000
    var smallest: [Double] = []
    for _ in 0..<rounds {
      let path = Self.path(design.informationFractions, drift: 0, &generator)
      smallest.append(try (1...3).map { try design.repeatedPValue(look: $0, z: path[$0 - 1]) ?? 1 }.min() ?? 1)
    }
    for level in [0.02, 0.1, 0.3] {
      let share = Double(smallest.count { $0 <= level }) / Double(rounds)
      expectClose(
        share, level, relative: 0, absolute: 3.3 * (level * (1 - level) / Double(rounds)).squareRoot())
    }
  }
}
