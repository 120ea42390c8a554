import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct GaussianEffectTests {
  /// Equal precisions: the posterior mean is the middle, its variance half.
  @Test func byHand() throws {
    let effect = try GaussianEffect(estimate: 4, standardError: 2, prior: .init(mean: 1, standardDeviation: 2))
    expectClose(effect.mean, 2.5, relative: 1e-15)
    expectClose(effect.standardDeviation, 2.0.squareRoot(), relative: 1e-15)
    let flat = try GaussianEffect(estimate: 0, standardError: 3)
    #expect(flat.chanceToWin == 0.5)
    // E max(Z, 0) = 1/√(2π)
    expectClose(flat.expectedLossOfControl, 3 / (2 * Double.pi).squareRoot(), relative: 1e-15)
  }

  /// Far in the tail φ(z) - z Q(z) = φ(z)/z² (1 - 3/z² + 15/z⁴ - 105/z⁶ + …).
  @Test(arguments: [20.0, 30, 37]) func lossInTheTail(z: Double) throws {
    let effect = try GaussianEffect(estimate: z, standardError: 1)
    let s = 1 / (z * z)
    let series = s * (1 - 3 * s + 15 * s * s - 105 * s * s * s + 945 * s * s * s * s - 10395 * s * s * s * s * s)
    expectClose(
      effect.expectedLossOfTreatment, exp(-0.5 * z * z) / (2 * Double.pi).squareRoot() * series, relative: 1e-10)
    expectClose(effect.expectedLossOfControl, z, relative: 1e-15)
  }

  /// The two formulas of the loss meet at z = 3.
  @Test func lossIsContinuous() throws {
    let below = try GaussianEffect(estimate: 3, standardError: 1).expectedLossOfTreatment
    let above = try GaussianEffect(estimate: 3.0.nextUp, standardError: 1).expectedLossOfTreatment
    expectClose(below, above, relative: 1e-12)
  }

  @Test func extremesOfThePrior() throws {
    let pinned = try GaussianEffect(
      estimate: 1, standardError: 1e-3, prior: .init(mean: 0.2, standardDeviation: 1e-200))
    expectClose(pinned.mean, 0.2, relative: 1e-15)
    expectClose(pinned.standardDeviation, 1e-200, relative: 1e-15)
    let vague = try GaussianEffect(
      estimate: 1, standardError: 1e-200, prior: .init(mean: 0.2, standardDeviation: 1e200))
    expectClose(vague.mean, 1, relative: 1e-15)
    expectClose(vague.standardDeviation, 1e-200, relative: 1e-15)
    let prior = GaussianEffect.Prior(mean: 0.1, standardDeviation: 0.3).scaled(by: -20)
    #expect(prior == GaussianEffect.Prior(mean: -2, standardDeviation: 6))
  }

  /// Effects from the prior, estimates from the effects: the 95 % interval holds the effect in 95 % of the rounds, the
  /// chance to win is right on average, and so is the loss.
  @Test func calibratedUnderThePrior() throws {
    var generator = SeededGenerator(seed: 47)
    let prior = GaussianEffect.Prior(mean: 0.02, standardDeviation: 0.1)
    let rounds = 40_000
    var (covered, wins, losses) = (0, [Double](), [Double]())
    for _ in 0..<rounds {
      let truth = prior.mean + prior.standardDeviation * generator.normal()
      let effect = try GaussianEffect(estimate: truth + 0.15 * generator.normal(), standardError: 0.15, prior: prior)
      if effect.interval().contains(truth) { covered += 1 }
      wins.append(effect.chanceToWin - (truth > 0 ? 1 : 0))
      losses.append(effect.expectedLossOfTreatment - max(-truth, 0))
    }
    #expect(abs(Double(covered) / Double(rounds) - 0.95) < 4 * (0.95 * 0.05 / Double(rounds)).squareRoot())
    for errors in [wins, losses] {
      let moments = Moments(columns: [errors])
      #expect(abs(moments.mean[0]) < 4 * moments.standardError())
    }
  }

  @Test func regionKeepsItsDigits() throws {
    let effect = try GaussianEffect(estimate: 0, standardError: 1)
    let region = effect.region(Interval(10, 11))
    expectClose(region.above, Normal.standard.survival(11), relative: 1e-14)
    expectClose(region.inside, Normal.standard.survival(10) - Normal.standard.survival(11), relative: 1e-12)
    expectClose(region.below, 1, relative: 1e-15)
  }

  @Test func refusals() {
    for (error, words) in [
      (0.0, "the effect's standard error = 0, must be positive and finite."),
      (-1.0, "the effect's standard error = -1, must be positive and finite."),
    ] {
      #expect(throws: DomainError.self) { try GaussianEffect(estimate: 1, standardError: error) }
      do { _ = try GaussianEffect(estimate: 1, standardError: error) } catch { #expect("\(error)".contains(words)) }
    }
    #expect(throws: DomainError.self) {
      try GaussianEffect(estimate: 1, standardError: 1, prior: .init(standardDeviation: 0))
    }
    #expect(throws: DomainError.self) {
      try GaussianEffect.relative(treatment: Estimate(1, standardError: 1), control: Estimate(0, standardError: 1))
    }
  }
}
