import Statistics
import TestSupport
import Testing

@Suite struct MetaAnalysisTests {
  /// Effects 1 and 3 with standard error 1 each: the mean is 2, Q = 2 on 1 degree of freedom, I² = 1/2; the moment estimate
  /// of the between-variance is (2 - 1) / (2 - 2/2) = 1.
  @Test func byHand() throws {
    let analysis = try MetaAnalysis([Estimate(1, standardError: 1), Estimate(3, standardError: 1)])
    #expect(analysis.common.estimate == 2)
    expectClose(analysis.common.standardError, 0.5.squareRoot(), relative: 1e-15)
    expectClose(analysis.q, 2, relative: 1e-15)
    expectClose(analysis.iSquared, 0.5, relative: 1e-15)
    for method in MetaAnalysis.BetweenVariance.allCases {
      // With equal variances all three are the sample variance less the error's: 2 - 1.
      expectClose(analysis.betweenVariance(method), 1, relative: 1e-12)
    }
    let random = analysis.randomEffects(adjusted: false)
    expectClose(random.standardError, 1, relative: 1e-12)
    expectClose(random.predictionInterval().width, 2 * 1.959963984540054 * 2.0.squareRoot(), relative: 1e-12)
  }

  @Test func equalEstimatesHaveNoVarianceBetween() throws {
    let analysis = try MetaAnalysis([0.1, 0.2, 0.3].map { Estimate(5, standardError: $0) })
    for method in MetaAnalysis.BetweenVariance.allCases { #expect(analysis.betweenVariance(method) == 0) }
    expectClose(analysis.heterogeneityPValue, 1, relative: 1e-12)
  }

  @Test func faults() {
    let one = #expect(throws: DomainError.self) { try MetaAnalysis([Estimate(1, standardError: 1)]) }
    #expect(one?.sentence == "estimates to combine = 1, must be at least 2.")
    let certain = #expect(throws: DomainError.self) {
      try MetaAnalysis([Estimate(1, standardError: 1), Estimate(1, standardError: 0)])
    }
    #expect(certain?.sentence == "standard error of an estimate = 0, must be positive and finite.")
    let flat = #expect(throws: DomainError.self) {
      try EffectTrend([1, 2, 3].map { Estimate($0, standardError: 1) }, at: [2, 2, 2])
    }
    #expect(flat?.sentence == "values of x = 2, must differ.")
  }

  /// Six experiments whose true effects vary: the adjusted interval covers their mean, the heterogeneity test keeps its level.
  @Test func coverageAndErrorRate() throws {
    var generator = SeededGenerator(seed: 21)
    let runs = 4000
    var (covered, rejected, trends) = (0, 0, 0)
    for _ in 0..<runs {
      let errors = (0..<6).map { _ in 0.1 + 0.3 * generator.uniform() }
      let varied = errors.map { Estimate(1 + 0.3 * generator.normal() + $0 * generator.normal(), standardError: $0) }
      if try MetaAnalysis(varied).randomEffects().interval().contains(1) { covered += 1 }
      let same = errors.map { Estimate(1 + $0 * generator.normal(), standardError: $0) }
      if try MetaAnalysis(same).heterogeneityPValue < 0.05 { rejected += 1 }
      if try EffectTrend(same, at: [1, 2, 3, 4, 5, 6]).pValue() < 0.05 { trends += 1 }
    }
    let error = 4 * (0.05 * 0.95 / Double(runs)).squareRoot()
    for count in [rejected, trends] {
      expectClose(Double(count) / Double(runs), 0.05, relative: 0, absolute: error)
    }
    // The floor under the standard error makes the interval a little wide.
    #expect((0.95 - error...0.98).contains(Double(covered) / Double(runs)))
  }
}
