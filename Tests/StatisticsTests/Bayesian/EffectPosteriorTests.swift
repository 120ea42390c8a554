import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct EffectPosteriorTests {
  /// Student's law of 3 degrees: f(0) = 2/(π√3), so E max(T, 0) = 3/2 · 2/(π√3) = √3/π.
  @Test func byHand() throws {
    let posterior = try EffectPosterior(Estimate(0, standardError: 2), law: .studentT(degreesOfFreedom: 3))
    expectClose(posterior.expectedGain, 2 * 3.0.squareRoot() / .pi, relative: 1e-14)
    expectClose(posterior.expectedShortfall, posterior.expectedGain, relative: 1e-15)
    #expect(posterior.probability(above: 0) == 0.5)
    let cauchy = try EffectPosterior(Estimate(1, standardError: 2), law: .studentT(degreesOfFreedom: 1))
    #expect(cauchy.expectedGain == .infinity)
  }

  /// Gain less shortfall is the mean, and many degrees give the normal law.
  @Test(arguments: [2.5, 9, 300, 1e9]) func consistency(degrees: Double) throws {
    let estimate = Estimate(0.7, standardError: 0.4)
    let posterior = try EffectPosterior(estimate, law: .studentT(degreesOfFreedom: degrees))
    expectClose(posterior.expectedGain - posterior.expectedShortfall, 0.7, relative: 1e-12)
    let interval = posterior.interval()
    expectClose(posterior.probability(below: interval.lower), 0.025, relative: 1e-12)
    let region = posterior.region(Interval(-0.1, 0.2))
    expectClose(region.below + region.inside + region.above, 1, relative: 1e-13)
    let normal = try EffectPosterior(estimate)
    if degrees == 1e9 { expectClose(posterior.expectedShortfall, normal.expectedShortfall, relative: 1e-6) }
    let effect = try GaussianEffect(estimate: 0.7, standardError: 0.4)
    #expect(normal.expectedShortfall == effect.expectedLossOfTreatment)
    expectClose(normal.probability(above: 0), effect.chanceToWin, relative: 1e-15)
  }

  /// Means and variances from flat priors, data from them: the t posterior of a pooled difference is calibrated even with
  /// three units an arm. By symmetry that is the frequentist coverage of the t interval.
  @Test func smallSamples() throws {
    var generator = SeededGenerator(seed: 113)
    let rounds = 20_000
    var covered = 0
    for _ in 0..<rounds {
      func arm() -> Moments { Moments(columns: [(0..<3).map { _ in generator.normal() }]) }
      let test = try PooledTTest(arm(), against: arm())
      let posterior = try EffectPosterior(
        Estimate(test.estimate, standardError: test.standardError), law: test.law)
      if posterior.interval().contains(0) { covered += 1 }
    }
    #expect(abs(Double(covered) / Double(rounds) - 0.95) < 4 * (0.95 * 0.05 / Double(rounds)).squareRoot())
  }

  /// Two normal arms: the closed form of the effect, by quadrature.
  @Test func normalArms() throws {
    let arms = [
      try NormalPosterior(mean: 3, standardDeviation: 0.3), try NormalPosterior(mean: 3.5, standardDeviation: 0.4),
    ]
    let effect = try GaussianEffect(estimate: 0.5, standardError: 0.5)
    let comparison = PosteriorComparison(treatment: arms[1], control: arms[0])
    expectClose(comparison.chanceToBeat, effect.chanceToWin, relative: 1e-13)
    expectClose(comparison.expectedLossOfTreatment, effect.expectedLossOfTreatment, relative: 1e-13)
    expectClose(BestArm.probabilities(arms)[1], effect.chanceToWin, relative: 1e-13)
    expectClose(comparison.differenceInterval().lower, effect.interval().lower, relative: 1e-9)
  }
}
