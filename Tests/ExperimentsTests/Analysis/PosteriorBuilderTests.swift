import Basics
import Experiments
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct PosteriorBuilderTests {
  private func analysis(
    _ metric: String, _ measurements: Measurements, prior: GaussianEffect.Prior = .flat, negligible: Double? = nil,
    method: AnalysisPlan.Method = .bayesian
  ) throws -> Analysis {
    var plan = AnalysisPlan(metrics: [try Metric(parsing: metric)], method: method, minimumUnits: 2)
    plan.prior = prior
    plan.negligibleLift = negligible
    return try Analysis(measurements, plan: plan)
  }

  private static let arms = measured([
    ("control", [[8], [12], [10], [11], [9]]), ("treatment", [[11], [13], [12], [14], [10]]),
  ])

  /// Under a flat prior the posterior is the t law of Welch's test: 2 over √(2.5/5 + 2.5/5) = 2 with 8 degrees of freedom.
  @Test func flatPrior() throws {
    let result = try analysis("m=mean(x)", Self.arms)
    let one = result.metrics[0].comparisons[0]
    let posterior = try #require(one.posterior)
    #expect(posterior.prior == nil)
    #expect(posterior.mean == 2 && posterior.standardDeviation == 1)
    expectClose(posterior.chanceToWin, try StudentT(degreesOfFreedom: 8).cdf(2), relative: 1e-14)
    expectClose(posterior.lower, one.difference.lower ?? .nan, relative: 1e-13)
    expectClose(
      (posterior.expectedLoss.control ?? .nan) - (posterior.expectedLoss.treatment ?? .nan), 2, relative: 1e-12)
    let fixed = try analysis("m=mean(x)", Self.arms, method: .fixed)
    #expect(fixed.metrics[0].comparisons[0].posterior == nil && fixed.metrics[0].ranking == nil)
    #expect(fixed.metrics[0].comparisons[0].difference == one.difference)
  }

  /// Prior N(0, (10 %)²) on the lift, control 10: N(0, 1) on the difference, its error 1 too: posterior N(1, 1/2).
  @Test func informativePrior() throws {
    let result = try analysis("m=mean(x)", Self.arms, prior: .init(mean: 0, standardDeviation: 0.1), negligible: 0.05)
    let one = result.metrics[0].comparisons[0]
    let posterior = try #require(one.posterior)
    expectClose(posterior.mean, 1, relative: 1e-14)
    expectClose(posterior.standardDeviation, 0.5.squareRoot(), relative: 1e-14)
    expectClose(posterior.chanceToWin, Normal.standard.cdf(2.0.squareRoot()), relative: 1e-13)
    #expect(one.difference.estimate == posterior.mean)
    expectClose(one.difference.upper ?? .nan, posterior.upper, relative: 1e-14)
    #expect(one.test == "Welch t-test, normal prior")
    // Negligible: ±0.5.
    let region = try #require(posterior.region)
    #expect(region.upper == 0.5)
    expectClose(region.better, Normal.standard.cdf(0.5 / 0.5.squareRoot()), relative: 1e-13)
    expectClose(region.better + region.worse + region.negligible, 1, relative: 1e-13)
    // p is twice the posterior probability of the less likely sign, so that it agrees with the interval.
    expectClose(one.pValue ?? .nan, 2 * (1 - posterior.chanceToWin), relative: 1e-12)
    #expect(((one.adjustedPValue ?? 1) < 0.05) == !((one.difference.lower ?? 0) < 0 && (one.difference.upper ?? 0) > 0))
    #expect(one.lift.method == "posterior")
  }

  /// The lift as gbstats gives it: reference `bayesian.effectPriorRelative`.
  @Test(arguments: try References.cases("bayesian", function: "effectPriorRelative"))
  func liftAsGrowthBook(_ one: ReferenceCase) throws {
    func arm(_ letter: String) throws -> Moments {
      let n = try #require(one.input["n\(letter)"]?.int)
      let variance = try #require(one.input["variance\(letter)"]?.double)
      return Moments(
        count: n, mean: [try #require(one.input["mean\(letter)"]?.double)], crossProducts: [variance * Double(n - 1)])
    }
    let prior = GaussianEffect.Prior(
      mean: try #require(one.input["priorMean"]?.double),
      standardDeviation: try #require(one.input["priorVariance"]?.double).squareRoot())
    let result = try analysis(
      "m=mean(x)", measured(moments: [("control", try arm("C")), ("treatment", try arm("T"))]), prior: prior)
    let lift = result.metrics[0].comparisons[0].lift
    expectClose(lift.estimate ?? .nan, try #require(one.expected["posteriorMean"]?.double), relative: one.tolerance)
    expectClose(lift.lower ?? .nan, try #require(one.expected["lower"]?.double), relative: one.tolerance)
    expectClose(lift.upper ?? .nan, try #require(one.expected["upper"]?.double), relative: one.tolerance)
  }

  /// Down is better: the chance to win is that of the other side, and the losses change places.
  @Test func direction() throws {
    let up = try #require(try analysis("m=mean(x)", Self.arms).metrics[0].comparisons[0].posterior)
    let down = try #require(try analysis("m=mean(x) | direction: down", Self.arms).metrics[0].comparisons[0].posterior)
    expectClose(up.chanceToWin + down.chanceToWin, 1, relative: 1e-14)
    #expect(up.expectedLoss.treatment == down.expectedLoss.control)
  }

  @Test func ranking() throws {
    let three = measured([
      ("control", [[8], [12], [10], [11], [9]]), ("a", [[11], [13], [12], [14], [10]]),
      ("b", [[8], [12], [10], [11], [9]]),
    ])
    let ranking = try #require(try analysis("m=mean(x)", three).metrics[0].ranking)
    #expect(ranking.map(\.variant) == ["control", "a", "b"])
    expectClose(ranking.reduce(0) { $0 + $1.probabilityBest }, 1, relative: 1e-12)
    expectClose(ranking[0].probabilityBest, ranking[2].probabilityBest, relative: 1e-12)
    expectClose(ranking[0].expectedLoss - ranking[1].expectedLoss, 2, relative: 1e-11)
    let down = try #require(try analysis("m=mean(x) | direction: down", three).metrics[0].ranking)
    #expect(down[1].probabilityBest < down[0].probabilityBest)
  }

  @Test func refusals() throws {
    #expect(throws: DomainError.self) {
      try analysis("m=mean(x)", Self.arms, prior: .init(standardDeviation: 0.1), method: .fixed)
    }
    #expect(throws: DomainError.self) { try analysis("m=mean(x)", Self.arms, prior: .init(standardDeviation: -1)) }
    #expect(throws: DomainError.self) { try analysis("m=mean(x)", Self.arms, negligible: 0) }
    // A control of 0 has no lift.
    let zero = measured([("control", [[-1], [1]]), ("treatment", [[2], [3]])])
    let one = try analysis("m=mean(x)", zero, prior: .init(standardDeviation: 0.1)).metrics[0].comparisons[0]
    #expect(one.notes.contains("The prior is on the lift, which a control of 0 does not have: a flat prior is used."))
  }

  /// Lifts drawn from the prior, arms from the lifts: the 90 % credible interval of the difference holds it in 90 % of the
  /// rounds, four standard errors allowed.
  @Test func coverageUnderThePrior() throws {
    var generator = SeededGenerator(seed: 131)
    let prior = GaussianEffect.Prior(mean: 0.02, standardDeviation: 0.05)
    let rounds = 1500
    var covered = 0
    for _ in 0..<rounds {
      let lift = prior.mean + prior.standardDeviation * generator.normal()
      func arm(_ mean: Double) -> Moments { Moments(columns: [(0..<60).map { _ in mean + 20 * generator.normal() }]) }
      let measurements = measured(moments: [("control", arm(100)), ("treatment", arm(100 * (1 + lift)))])
      var plan = AnalysisPlan(metrics: [try Metric(parsing: "m=mean(x)")], alpha: 0.1, method: .bayesian)
      plan.prior = prior
      let posterior = try #require(try Analysis(measurements, plan: plan).metrics[0].comparisons[0].posterior)
      if posterior.lower <= 100 * lift, 100 * lift <= posterior.upper { covered += 1 }
    }
    #expect(abs(Double(covered) / Double(rounds) - 0.9) < 4 * (0.9 * 0.1 / Double(rounds)).squareRoot())
  }
}
