import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct PosteriorComparisonTests {
  @Test("mpmath at 50 digits", arguments: try References.cases("beta-binomial"))
  func rates(_ one: ReferenceCase) throws {
    let prior = BetaPosterior.Prior(
      alpha: try #require(one.input["priorAlpha"]?.double), beta: try #require(one.input["priorBeta"]?.double))
    let arms = try (0..<2).map { arm in
      try BetaPosterior(
        successes: #require(one.input["successes"]?[arm]?.int), trials: #require(one.input["trials"]?[arm]?.int),
        prior: prior)
    }
    let comparison = PosteriorComparison(treatment: arms[1], control: arms[0])
    let expected = { (key: String) in one.expected[key]?.double ?? .nan }
    expectClose(comparison.chanceToBeat, expected("chanceToBeat"), relative: one.tolerance)
    expectClose(comparison.expectedLossOfTreatment, expected("expectedLossTreatment"), relative: one.tolerance)
    expectClose(comparison.expectedLossOfControl, expected("expectedLossControl"), relative: one.tolerance)
  }

  /// Beta(1, 1) twice: half, and E max(C - T, 0) = 1/6. Beta(2, 1) against Beta(1, 1): P = E[T] = 2/3.
  @Test func byHand() throws {
    let uniform = try BetaPosterior(successes: 0, trials: 0)
    let same = PosteriorComparison(treatment: uniform, control: uniform)
    expectClose(same.chanceToBeat, 0.5, relative: 1e-14)
    expectClose(same.expectedLossOfTreatment, 1.0 / 6, relative: 1e-14)
    let better = PosteriorComparison(treatment: try BetaPosterior(successes: 1, trials: 1), control: uniform)
    expectClose(better.chanceToBeat, 2.0 / 3, relative: 1e-14)
    // Two exponentials of rates 3 (treatment) and 5: P(T > C) = 5/8, E max(C - T, 0) = 3/8 · 1/5.
    let one = GammaPosterior.Prior(shape: 1, rate: 0)
    let exponentials = PosteriorComparison(
      treatment: try GammaPosterior(events: 0, exposure: 3, prior: one),
      control: try GammaPosterior(events: 0, exposure: 5, prior: one))
    expectClose(exponentials.chanceToBeat, 0.625, relative: 1e-14)
    expectClose(exponentials.expectedLossOfTreatment, 0.075, relative: 1e-14)
    // P(T > 2 C) = 5/(5 + 6)
    expectClose(exponentials.probability(liftAbove: 1), 5.0 / 11, relative: 1e-13)
    expectClose(exponentials.probability(liftBelow: 1), 6.0 / 11, relative: 1e-13)
  }

  /// T ~ Beta(1, b), C ~ Beta(a, 1): P(T > C) = ∫ a x^(a-1) (1-x)^b dx = a B(a, b + 1).
  @Test(arguments: [5, 50, 500]) func extremeChances(n: Int) throws {
    let treatment = try BetaPosterior(successes: 0, trials: n - 1)
    let control = try BetaPosterior(successes: n - 1, trials: n - 1)
    let comparison = PosteriorComparison(treatment: treatment, control: control)
    let exact = exp(log(Double(n)) + Special.lbeta(Double(n), Double(n) + 1))
    expectClose(comparison.chanceToBeat, exact, relative: 1e-12)
    expectClose(comparison.chanceToLose, 1 - exact, relative: 1e-15)
  }

  /// Shapes of 1e8: the chance is the normal approximation's to the order of 1/√n, both sides add up to 1, and the losses
  /// differ by the difference of the means.
  @Test func largeCounts() throws {
    let treatment = try BetaPosterior(successes: 5_002_000, trials: 100_000_000)
    let control = try BetaPosterior(successes: 5_000_000, trials: 100_000_000)
    let comparison = PosteriorComparison(treatment: treatment, control: control)
    let gap = treatment.mean - control.mean
    let z = gap / hypot(treatment.standardDeviation, control.standardDeviation)
    expectClose(comparison.chanceToBeat, Normal.standard.cdf(z), relative: 1e-4)
    expectClose(comparison.chanceToBeat + comparison.chanceToLose, 1, relative: 1e-9)
    expectClose(
      comparison.expectedLossOfControl - comparison.expectedLossOfTreatment, gap, relative: 1e-8,
      "means of 0.05 hold the gap of 2e-5 to 1e-12")
  }

  @Test func differenceAndRegion() throws {
    let treatment = try BetaPosterior(successes: 130, trials: 1000)
    let control = try BetaPosterior(successes: 100, trials: 1000)
    let comparison = PosteriorComparison(treatment: treatment, control: control)
    let interval = comparison.differenceInterval()
    expectClose(comparison.probability(differenceBelow: interval.lower), 0.025, relative: 1e-9)
    expectClose(comparison.probability(differenceAbove: interval.upper), 0.025, relative: 1e-9)
    let lift = comparison.liftInterval()
    expectClose(comparison.probability(liftBelow: lift.lower), 0.025, relative: 1e-9)
    expectClose(comparison.probability(liftAbove: lift.upper), 0.025, relative: 1e-9)
    let region = comparison.region(Interval(-0.005, 0.005))
    expectClose(region.below + region.inside + region.above, 1, relative: 1e-12)
    expectClose(comparison.probability(differenceAbove: 0), comparison.chanceToBeat, relative: 1e-11)
    #expect(comparison.probability(differenceAbove: 1) == 0)
    #expect(comparison.probability(differenceAbove: -1) == 1)
    #expect(comparison.probability(liftBelow: -1) == 0)
  }

  /// Rates drawn from the prior, data from the rates: chances and losses are right on average, within four standard errors.
  @Test func calibratedUnderThePrior() throws {
    var generator = SeededGenerator(seed: 41)
    let (rounds, intervals) = (1500, 250)
    var (chances, losses, covered) = ([Double](), [Double](), 0)
    for round in 0..<rounds {
      let rates = (generator.uniform(), generator.uniform())
      func arm(_ rate: Double, _ n: Int) throws -> BetaPosterior {
        try BetaPosterior(successes: (0..<n).count { _ in generator.uniform() < rate }, trials: n)
      }
      let comparison = PosteriorComparison(treatment: try arm(rates.0, 12), control: try arm(rates.1, 20))
      chances.append(comparison.chanceToBeat - (rates.0 > rates.1 ? 1 : 0))
      losses.append(comparison.expectedLossOfTreatment - max(rates.1 - rates.0, 0))
      if round < intervals, comparison.differenceInterval().contains(rates.0 - rates.1) { covered += 1 }
    }
    for errors in [chances, losses] {
      let moments = Moments(columns: [errors])
      #expect(abs(moments.mean[0]) < 4 * moments.standardError())
    }
    #expect(abs(Double(covered) / Double(intervals) - 0.95) < 4 * (0.95 * 0.05 / Double(intervals)).squareRoot())
  }
}
