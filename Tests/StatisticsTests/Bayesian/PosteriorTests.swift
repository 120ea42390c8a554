import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct PosteriorTests {
  /// An exponential posterior of rate 2: the densest 95 % are [0, log(20)/2].
  @Test func highestDensityByHand() throws {
    let posterior = try GammaPosterior(events: 0, exposure: 2, prior: .init(shape: 1, rate: 0))
    let interval = try posterior.highestDensityInterval()
    #expect(interval.lower == 0)
    expectClose(interval.upper, log(20) / 2, relative: 1e-14)
    // Beta(1, 3): decreasing; 1 - (1 - x)³ = 0.9.
    let rare = try BetaPosterior(successes: 0, trials: 2)
    expectClose(try rare.highestDensityInterval(ConfidenceLevel(0.9)).upper, 1 - cbrt(0.1), relative: 1e-13)
    // Beta(3, 1): the mirror image.
    let sure = try BetaPosterior(successes: 2, trials: 2)
    expectClose(try sure.highestDensityInterval(ConfidenceLevel(0.9)).lower, cbrt(0.1), relative: 1e-13)
  }

  @Test(arguments: [(3, 40), (20, 40), (39, 40), (700, 100_000), (1, 1)]) func shortestInterval(
    successes: Int, trials: Int
  ) throws {
    let posterior = try BetaPosterior(successes: successes, trials: trials, prior: .jeffreys)
    let shortest = try posterior.highestDensityInterval()
    let equalTailed = posterior.interval()
    let law = posterior.law
    expectClose(law.cdf(shortest.upper) - law.cdf(shortest.lower), 0.95, relative: 1e-11)
    #expect(shortest.width <= equalTailed.width * (1 + 1e-12))
    if posterior.outline == .unimodal {
      expectClose(law.density(shortest.lower), law.density(shortest.upper), relative: 1e-7)
    }
    if 2 * successes == trials { expectClose(shortest.lower, equalTailed.lower, relative: 1e-7) }
    expectClose(law.cdf(equalTailed.lower), 0.025, relative: 1e-10)
  }

  /// Rates from the prior Beta(1, 1), 30 trials: both kinds of interval hold the rate in 90 % of the rounds.
  @Test func coverageUnderThePrior() throws {
    var generator = SeededGenerator(seed: 43)
    let level = try ConfidenceLevel(0.9)
    let rounds = 4000
    var covered = (equal: 0, shortest: 0)
    for _ in 0..<rounds {
      let rate = generator.uniform()
      let posterior = try BetaPosterior(successes: (0..<30).count { _ in generator.uniform() < rate }, trials: 30)
      if posterior.interval(level).contains(rate) { covered.equal += 1 }
      if try posterior.highestDensityInterval(level).contains(rate) { covered.shortest += 1 }
    }
    for count in [covered.equal, covered.shortest] {
      #expect(abs(Double(count) / Double(rounds) - 0.9) < 4 * (0.9 * 0.1 / Double(rounds)).squareRoot())
    }
  }

  @Test func regionAddsUp() throws {
    let posterior = try BetaPosterior(successes: 12, trials: 100)
    let region = posterior.region(Interval(0.1, 0.15))
    expectClose(region.below + region.inside + region.above, 1, relative: 1e-13)
    expectClose(region.below, posterior.law.cdf(0.1), relative: 1e-14)
  }

  @Test func refusals() {
    func sentence(_ body: () throws -> some Any) -> String {
      do { _ = try body() } catch { return "\(error)" }
      return "nothing thrown"
    }
    #expect(
      sentence { try BetaPosterior(successes: 3, trials: 2) }.contains("trials = 2, must be at least the 3 successes."))
    #expect(sentence { try BetaPosterior(successes: -1, trials: 2) }.contains("successes = -1, must not be negative."))
    #expect(
      sentence { try GammaPosterior(events: 1, exposure: 0, prior: .jeffreys) }
        .contains("exposure and the prior's rate together = 0, must be positive."))
    #expect(
      sentence { try BetaPosterior(successes: 0, trials: 0, prior: .jeffreys).highestDensityInterval() }
        .contains("needs a density that is not high at both ends; use the equal-tailed interval"))
  }
}
