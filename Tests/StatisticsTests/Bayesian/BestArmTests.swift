import Basics
import Statistics
import TestSupport
import Testing

@Suite struct BestArmTests {
  private func arms(_ counts: [(Int, Int)]) throws -> [BetaPosterior] {
    try counts.map { try BetaPosterior(successes: $0.0, trials: $0.1) }
  }

  @Test("scipy's beta by Gauss-Legendre", arguments: try References.cases("probability-best"))
  func reference(_ one: ReferenceCase) throws {
    let arms = try (0..<(one.input["successes"]?.array?.count ?? 0)).map { arm in
      try BetaPosterior(
        successes: #require(one.input["successes"]?[arm]?.int), trials: #require(one.input["trials"]?[arm]?.int))
    }
    let (best, losses) = (BestArm.probabilities(arms), BestArm.expectedLosses(arms))
    for arm in arms.indices {
      expectClose(best[arm], try #require(one.expected["probabilityBest"]?[arm]?.double), relative: one.tolerance)
      expectClose(losses[arm], try #require(one.expected["expectedLoss"]?[arm]?.double), relative: one.tolerance)
    }
  }

  /// k equal arms: 1/k each. Uniform rates: E max of k = k/(k + 1), so the loss is that less a half.
  @Test(arguments: 1...6) func equalArms(k: Int) throws {
    let same = try arms((0..<k).map { _ in (0, 0) })
    for chance in BestArm.probabilities(same) { expectClose(chance, 1 / Double(k), relative: 1e-13) }
    for loss in BestArm.expectedLosses(same) {
      expectClose(loss, Double(k) / Double(k + 1) - 0.5, relative: 1e-13, absolute: 1e-16)
    }
  }

  @Test func consistency() throws {
    let four = try arms([(30, 400), (45, 410), (38, 390), (3, 10)])
    let (best, losses) = (BestArm.probabilities(four), BestArm.expectedLosses(four))
    expectClose(best.reduce(0, +), 1, relative: 1e-12)
    // E[max - i] - E[max - j] = mean j - mean i.
    for i in four.indices {
      expectClose(losses[i] - losses[0], four[0].mean - four[i].mean, relative: 1e-11, absolute: 1e-15)
    }
    let two = PosteriorComparison(treatment: four[1], control: four[0])
    expectClose(BestArm.probabilities(Array(four[..<2]))[1], two.chanceToBeat, relative: 1e-13)
    expectClose(BestArm.expectedLosses(Array(four[..<2]))[1], two.expectedLossOfTreatment, relative: 1e-13)
    #expect(BestArm.probabilities([BetaPosterior]()).isEmpty)
  }

  /// An arm of 1e8 trials beside one of 40: widths that differ by a thousand.
  @Test func unequalWidths() throws {
    let mixed = try arms([(5_000_000, 100_000_000), (2, 40), (60, 1000)])
    expectClose(BestArm.probabilities(mixed).reduce(0, +), 1, relative: 1e-9)
  }
}
