import Foundation
import Statistics
import TestSupport
import Testing

/// Looks as they fall, and what is expected of those to come.
@Suite struct GroupSequentialMonitoringTests {
  typealias Design = GroupSequentialDesign
  static let plan = Result { try Design(looks: 4, alpha: 0.05, efficacy: .spending(.lanDeMetsOBrienFleming)) }

  /// As planned, the observed design is the plan.
  @Test func asPlanned() throws {
    let plan = try Self.plan.get()
    #expect(try plan.observed(at: plan.informationFractions).boundary == plan.boundary)
    let second = try plan.observed(at: [0.25, 0.5])
    #expect(second.boundary.upper == Array(plan.boundary.upper.prefix(2)))
  }

  /// Early, late, more and fewer looks: what is spent is the function of the real information.
  @Test func unplannedLooks() throws {
    let plan = try Self.plan.get()
    let seen = [0.1, 0.33, 0.34, 0.6]
    let design = try plan.observed(at: seen)
    for (k, fraction) in seen.enumerated() {
      let spent = 2 * SpendingFunction.lanDeMetsOBrienFleming.spent(at: fraction, of: 0.025)
      expectClose(design.cumulativeAlpha[k], spent, relative: 1e-9)
    }
  }

  /// A test that ends early spends the rest; one that runs over has its real correlations; nothing is left after.
  @Test func underAndOverRunning() throws {
    let plan = try Self.plan.get()
    let short = try plan.observed(at: [0.25, 0.5, 0.8], isFinal: true)
    expectClose(short.cumulativeAlpha[2], 0.05, relative: 1e-12)
    #expect(try short.advice(look: 3, z: 1.9) == .stopForFutility)
    let over = try plan.observed(at: [0.25, 0.5, 0.75, 1.3])
    expectClose(over.cumulativeAlpha[3], 0.05, relative: 1e-12)
    // The last look is less correlated with those before it than planned, so its bound is higher.
    #expect(over.boundary.upper[3] > plan.boundary.upper[3])
    let after = try plan.observed(at: [0.25, 0.5, 0.75, 1.3, 1.4])
    #expect(after.boundary.upper[4] == .infinity)
    #expect(after.boundary.upper[3] == over.boundary.upper[3])
  }

  /// Haybittle-Peto's bounds adapt too: the constant at every look that does not end the test, the rest at the one that does.
  @Test func haybittlePetoAdapts() throws {
    let plan = try Design(looks: 3, alpha: 0.05, efficacy: .haybittlePeto(interim: 3))
    #expect(try plan.observed(at: [0.2, 0.4, 0.5]).boundary.upper == [3, 3, 3])
    let ended = try plan.observed(at: [0.2, 0.6], isFinal: true)
    #expect(ended.boundary.upper[0] == 3)
    expectClose(ended.cumulativeAlpha[1], 0.05, relative: 1e-12)
  }

  @Test func advice() throws {
    let plan = try Self.plan.get()
    let bound = plan.boundary.upper[1]
    #expect(try plan.advice(look: 2, z: bound) == .stopForEfficacy)
    #expect(try plan.advice(look: 2, z: -bound) == .stopForHarm)
    #expect(try plan.advice(look: 2, z: bound - 1e-9) == .carryOn)
    #expect(try plan.advice(look: 4, z: 0) == .stopForFutility)
    let oneSided = try Design(
      looks: 2, alpha: 0.025, sides: .one, efficacy: .obrienFleming, futility: .init(.bounds([0])))
    #expect(try oneSided.advice(look: 1, z: 0) == .stopForFutility)
    #expect(try oneSided.advice(look: 1, z: 0.01) == .carryOn)
  }

  /// Beta spending at the looks as they fall keeps the drift of the plan.
  @Test func futilityAtUnplannedLooks() throws {
    let plan = try Design(
      looks: 3, alpha: 0.025, sides: .one, efficacy: .spending(.lanDeMetsOBrienFleming),
      futility: .init(.spending(.lanDeMetsPocock, beta: 0.2)))
    let drift = try #require(plan.plannedDrift)
    let seen = try plan.observed(at: [0.2, 0.5])
    #expect(seen.plannedDrift == drift)
    let exits = seen.boundary.exitProbabilities(drift: drift)
    expectClose(exits.lower[0], SpendingFunction.lanDeMetsPocock.spent(at: 0.2, of: 0.2), relative: 1e-10)
    expectClose(exits.totalLower, SpendingFunction.lanDeMetsPocock.spent(at: 0.5, of: 0.2), relative: 1e-10)
  }

  /// With one look left: Φ((z √t + drift (1 - t) - c) / √(1 - t)). - Source: Jennison and Turnbull (2000), eq. 10.3.
  @Test(arguments: [-1.0, 0.3, 2.4]) func conditionalPowerByHand(z: Double) throws {
    let design = try Design(
      informationFractions: [0.6, 1], alpha: 0.025, sides: .one, efficacy: .spending(.lanDeMetsOBrienFleming))
    let c = design.boundary.upper[1]
    let power = try design.conditionalPower(look: 1, z: z, drift: 3)
    expectClose(power[0], Normal.standard.cdf((z * 0.6.squareRoot() + 3 * 0.4 - c) / 0.4.squareRoot()), relative: 1e-12)
    // Flat prior: Φ((z / √t - c) / √(1/t - 1)), the drift having mean z/√t and variance 1/t. - Source: eq. 10.5.
    let predicted = try design.predictivePower(look: 1, z: z)
    expectClose(
      predicted[0], Normal.standard.cdf((z / 0.6.squareRoot() - c) / (1 / 0.6 - 1).squareRoot()), relative: 1e-12)
  }

  /// Predictive power is conditional power averaged over the posterior: here by brute force, with two looks to come.
  @Test func predictivePowerIsTheAverage() throws {
    let design = try Design(
      looks: 3, alpha: 0.025, sides: .one, efficacy: .pocock, futility: .init(.bounds([-0.5, 0.2])))
    let (z, priorMean, priorSd) = (1.1, 2.0, 1.5)
    let precision = 1.0 / 3 + 1 / (priorSd * priorSd)
    let mean = (z * (1.0 / 3).squareRoot() + priorMean / (priorSd * priorSd)) / precision
    let posterior = try Normal(mean: mean, standardDeviation: 1 / precision.squareRoot())
    var average = [0.0, 0.0]
    let steps = 400
    for i in 0..<steps {  // midpoints over ±9 standard deviations
      let width = 18 * posterior.standardDeviation / Double(steps)
      let drift = mean + (Double(i) + 0.5 - Double(steps) / 2) * width
      let power = try design.conditionalPower(look: 1, z: z, drift: drift)
      for k in 0..<2 { average[k] += power[k] * posterior.density(drift) * width }
    }
    let predicted = try design.predictivePower(look: 1, z: z, priorMean: priorMean, priorStandardDeviation: priorSd)
    for k in 0..<2 { expectClose(predicted[k], average[k], relative: 1e-9) }
  }
}
