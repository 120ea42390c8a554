import Foundation
import Statistics
import TestSupport
import Testing

/// Bounds against published tables. The committed references (rpact, an independent quadrature, relative 1e-9) are checked
/// by the conformance tests.
@Suite struct GroupSequentialDesignTests {
  typealias Design = GroupSequentialDesign

  /// Jennison and Turnbull (2000), table 2.1 (Pocock) and table 2.3 (O'Brien-Fleming), two-sided alpha 0.05.
  @Test(arguments: [
    (2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040), (10, 2.555, 2.087),
  ]) func jennisonTurnbullConstants(looks: Int, pocock: Double, obrienFleming: Double) throws {
    let flat = try Design(looks: looks, alpha: 0.05, efficacy: .pocock)
    let steep = try Design(looks: looks, alpha: 0.05, efficacy: .obrienFleming)
    expectClose(flat.boundary.upper[0], pocock, relative: 0, absolute: 5e-4)
    expectClose(steep.boundary.upper[looks - 1], obrienFleming, relative: 0, absolute: 5e-4)
    expectClose(steep.boundary.upper[0], steep.boundary.upper[looks - 1] * Double(looks).squareRoot())
  }

  /// Jennison and Turnbull (2000), tables 2.2 and 2.4: inflation at five looks, alpha 0.05. They leave out the far side.
  @Test(arguments: [(0.8, 1.229, 1.028), (0.9, 1.207, 1.026)])
  func jennisonTurnbullInflation(power: Double, pocock: Double, obrienFleming: Double) throws {
    let fixed = Normal.standard.inverseSurvival(0.025) + Normal.standard.quantile(power)
    for (family, expected) in [(Design.Efficacy.pocock, pocock), (.obrienFleming, obrienFleming)] {
      let design = try Design(looks: 5, alpha: 0.05, efficacy: family)
      let ratio = try design.boundary.drift(upperExit: power) / fixed
      expectClose(ratio * ratio, expected, relative: 0, absolute: 5e-4)
      expectClose(try design.inflation(power: power), expected, relative: 0, absolute: 1e-3)
    }
  }

  /// Lan-DeMets with O'Brien-Fleming's function, five looks, two-sided 0.05: the values that the LanDeMets program of the
  /// University of Wisconsin (Reboussin et al. 2000) prints.
  @Test func wisconsinProgram() throws {
    let bounds = try Design(looks: 5, alpha: 0.05, efficacy: .spending(.lanDeMetsOBrienFleming)).boundary.upper
    for (got, expected) in zip(bounds, [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]) {
      expectClose(got, expected, relative: 0, absolute: 2e-4, "the program integrates on a coarse grid")
    }
  }

  /// gsDesign's default, as its manual prints it: 3 looks, alpha 0.025 one-sided, power 0.9, Hwang-Shih-DeCani -4 above and
  /// -2 below, futility not binding.
  @Test func gsDesignDefault() throws {
    let design = try Design(
      looks: 3, alpha: 0.025, sides: .one, efficacy: .spending(.hwangShihDeCani(gamma: -4)),
      futility: .init(.spending(.hwangShihDeCani(gamma: -2), beta: 0.1)))
    for (got, expected) in zip(design.boundary.upper, [3.01, 2.55, 2.00]) {
      expectClose(got, expected, relative: 0, absolute: 5e-3)
    }
    for (got, expected) in zip(design.boundary.lower, [-0.24, 0.94, 2.00]) {
      expectClose(got, expected, relative: 0, absolute: 5e-3)
    }
    let drift = try #require(design.plannedDrift)
    expectClose(design.power(drift: drift), 0.9)
    // "Sample size ratio compared to fixed design": 1.070, that is (drift / (1.95996 + 1.28155))².
    expectClose(drift * drift / 10.507_42, 1.0698, relative: 0, absolute: 5e-4)
    expectClose(try design.drift(power: 0.9), drift, relative: 1e-10)
    // beta spent by look: 0.0148, 0.0437, 0.1.
    let exits = design.boundary.exitProbabilities(drift: drift)
    expectClose(exits.lower[0], 0.0148, relative: 0, absolute: 5e-5)
    expectClose(exits.lower[1], 0.0289, relative: 0, absolute: 5e-5)
    expectClose(exits.totalLower, 0.1)
  }

  /// Futility that binds lowers the efficacy bounds, and its test that obeys it keeps alpha exactly.
  @Test func bindingFutility() throws {
    let rule = Design.Futility.Rule.spending(.kimDeMets(rho: 2), beta: 0.2)
    func design(_ futility: Design.Futility?) throws -> Design {
      try Design(
        informationFractions: [0.3, 0.7, 1], alpha: 0.025, sides: .one, efficacy: .spending(.kimDeMets(rho: 2)),
        futility: futility)
    }
    let (open, free, bound) = (try design(nil), try design(.init(rule)), try design(.init(rule, isBinding: true)))
    #expect(free.boundary.upper == open.boundary.upper)
    #expect(bound.boundary.upper[1] < open.boundary.upper[1])
    #expect(bound.boundary.upper[2] < open.boundary.upper[2])
    for one in [open, free, bound] { expectClose(one.cumulativeAlpha[2], 0.025, relative: 1e-11) }
    // A test that obeys bounds which do not bind wastes some of alpha.
    #expect(free.boundary.exitProbabilities(drift: 0).totalUpper < 0.025)
    for one in [free, bound] {
      let drift = try #require(one.plannedDrift)
      expectClose(one.power(drift: drift), 0.8, relative: 1e-10)
      #expect(one.boundary.lower[2] == one.boundary.upper[2])
    }
  }

  /// One look is the fixed test, whatever the family.
  @Test(arguments: [0.05, 0.01, 1e-6]) func oneLookIsTheFixedTest(alpha: Double) throws {
    let fixed = Normal.standard.inverseSurvival(alpha / 2)
    let families: [Design.Efficacy] = [
      .pocock, .obrienFleming, .wangTsiatis(delta: 0.25), .haybittlePeto(interim: 3),
      .spending(.lanDeMetsOBrienFleming), .spending(.lanDeMetsPocock), .spending(.hwangShihDeCani(gamma: -4)),
      .spending(.kimDeMets(rho: 3)), .spending(.table([.init(fraction: 0.5, share: 0.1)])),
    ]
    for family in families {
      let design = try Design(looks: 1, alpha: alpha, efficacy: family)
      expectClose(design.boundary.upper[0], fixed, relative: 1e-13)
      expectClose(try design.inflation(power: 0.8), 1, relative: 1e-5, "the fixed drift leaves out the far side")
    }
  }

  /// Haybittle-Peto: the interim looks have their constant, the whole test its alpha.
  @Test func haybittlePeto() throws {
    let design = try Design(looks: 5, alpha: 0.05, efficacy: .haybittlePeto(interim: 3))
    #expect(design.boundary.upper.dropLast().allSatisfy { $0 == 3 })
    expectClose(design.cumulativeAlpha[4], 0.05, relative: 1e-12)
    // 1.990: Jennison and Turnbull (2000), chapter 2.
    expectClose(design.boundary.upper[4], 1.990, relative: 0, absolute: 5e-4)
  }

  /// alpha spent is what the function says, at unequal information, on each side.
  @Test(arguments: [Design.Sides.one, .two]) func spendsWhatTheFunctionSays(sides: Design.Sides) throws {
    let fractions = [0.05, 0.3, 0.31, 0.8, 1]
    let functions: [SpendingFunction] = [
      .lanDeMetsOBrienFleming, .lanDeMetsPocock, .hwangShihDeCani(gamma: 1), .hwangShihDeCani(gamma: 0),
      .kimDeMets(rho: 0.5), .table([.init(fraction: 0.3, share: 0.2), .init(fraction: 0.8, share: 0.2)]),
    ]
    for function in functions {
      let design = try Design(
        informationFractions: fractions, alpha: 0.05, sides: sides, efficacy: .spending(function))
      let side = 0.05 / Double(sides.rawValue)
      for (k, fraction) in fractions.enumerated() {
        expectClose(
          design.cumulativeAlpha[k], Double(sides.rawValue) * function.spent(at: fraction, of: side), relative: 1e-10)
      }
    }
  }

  /// Where a table spends nothing, a look cannot stop.
  @Test func nothingSpentIsNoBound() throws {
    let design = try Design(
      looks: 3, alpha: 0.05, efficacy: .spending(.table([.init(fraction: 2.0 / 3, share: 0)])))
    #expect(design.boundary.upper[0] == .infinity)
    #expect(design.boundary.upper[1] == .infinity)
    expectClose(design.boundary.upper[2], Normal.standard.inverseSurvival(0.025), relative: 1e-12)
  }

  /// Looks that almost coincide. Two looks at information t and t(1 + e) have correlation 1/√(1 + e); the orthant
  /// probability of Pocock's two-look test is known from the bivariate normal, which is integrated independently.
  @Test(arguments: [0.5, 0.9, 0.99, 0.999, 0.9999]) func closeLooks(first: Double) throws {
    let design = try Design(informationFractions: [first, 1], alpha: 0.05, efficacy: .spending(.lanDeMetsPocock))
    let (a, b) = (design.boundary.upper[0], design.boundary.upper[1])
    let law = try BivariateNormal(correlation: first.squareRoot())
    let (top, left) = (law.cdf(a, b), law.cdf(-a, b))
    let (right, bottom) = (law.cdf(a, -b), law.cdf(-a, -b))
    let inside = top - left - right + bottom
    expectClose(1 - inside, 0.05, relative: 1e-9)
  }

  /// The power rises with the drift from alpha to 1; more looks cost information; the expected information is less.
  @Test func monotone() throws {
    var last = 0.0
    let design = try Design(looks: 4, alpha: 0.05, efficacy: .obrienFleming)
    expectClose(design.power(drift: 0), 0.05, relative: 1e-11)
    for drift in stride(from: 0.25, through: 7, by: 0.25) {
      let power = design.power(drift: drift)
      #expect(power > last)
      last = power
      expectClose(design.power(drift: -drift), power, relative: 1e-11)
    }
    #expect(last > 0.999_999)
    var inflation = 0.999_9
    for looks in 1...8 {
      let pocock = try Design(looks: looks, alpha: 0.05, efficacy: .pocock)
      #expect(try pocock.inflation(power: 0.9) > inflation)
      inflation = try pocock.inflation(power: 0.9)
      #expect(pocock.expectedInformation(drift: 4) <= 1)
    }
  }

  /// Exit probabilities, and not stopping, are all there is.
  @Test(arguments: [-3.0, 0, 1.5, 6]) func probabilitiesSumToOne(drift: Double) throws {
    let boundary = try GroupSequentialBoundary(
      informationFractions: [0.2, 0.5, 0.55, 1.2], upper: [3, 2.5, .infinity, 2], lower: [-1, 0, 0.5, 2])
    let exits = boundary.exitProbabilities(drift: drift)
    expectClose(exits.totalUpper + exits.totalLower, 1, relative: 1e-12)
  }
}
