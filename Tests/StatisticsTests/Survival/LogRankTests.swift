import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct LogRankTests {
  static let group = (0..<15).map { $0 % 2 }

  /// lifelines 0.30.3 `logrank_test(..., weightings=...)` on the data of `CoxRegressionTests`.
  @Test func weights() throws {
    let cases: [(LogRank.Weighting, Double)] = [
      (.logRank, 0.9230282180338351), (.gehan, 1.5250320924261873), (.taroneWare, 1.356780402457586),
      (.peto, 1.611840229708516), (.flemingHarrington(rho: 1, gamma: 1), 0.3888290760907837),
      (.flemingHarrington(rho: 0.5, gamma: 2), 0.02821841944325291),
    ]
    for (weighting, expected) in cases {
      let test = try LogRank(
        time: CoxRegressionTests.time, event: CoxRegressionTests.event, group: Self.group, groups: 2,
        weighting: weighting)
      expectClose(test.statistic, expected, relative: 1e-12, "\(weighting)")
    }
  }

  /// Without ties the log-rank statistic is the score test of a Cox model with the group as covariate, late entries included.
  @Test func isTheScoreTest() throws {
    var generator = SeededGenerator(seed: 3)
    let units = 80
    let entry = (0..<units).map { _ in generator.uniform() }
    let time = entry.map { $0 + generator.exponential() }
    let event = (0..<units).map { _ in generator.uniform() < 0.7 }
    let group = (0..<units).map { $0 % 2 }
    let test = try LogRank(time: time, event: event, group: group, groups: 2, entry: entry)
    let model = try CoxRegression(time: time, event: event, covariates: [group.map(Double.init)], entry: entry)
    expectClose(test.statistic, model.scoreTest.statistic, relative: 1e-10)
  }

  /// Both arms exponential, censored: 2,000 tests at 5 % (99.9 % band: 69 to 135 rejections), and all weightings with entries.
  @Test func errorRate() throws {
    var generator = SeededGenerator(seed: 8)
    let weightings: [LogRank.Weighting] = [
      .logRank, .gehan, .taroneWare, .peto, .flemingHarrington(rho: 0, gamma: 1),
    ]
    var rejected = [Int](repeating: 0, count: weightings.count)
    for _ in 0..<2000 {
      let entry = (0..<100).map { _ in 0.2 * generator.uniform() }
      let lives = entry.map { $0 + generator.exponential() }
      let ends = entry.map { $0 + 1.5 * generator.exponential() }
      let time = zip(lives, ends).map { min($0, $1) }
      let event = zip(lives, ends).map { $0 <= $1 }
      let group = (0..<100).map { $0 % 2 }
      for (k, weighting) in weightings.enumerated() {
        let test = try LogRank(
          time: time, event: event, group: group, groups: 2, entry: entry, weighting: weighting)
        rejected[k] += test.pValue < 0.05 ? 1 : 0
      }
    }
    for (count, weighting) in zip(rejected, weightings) {
      #expect((69...135).contains(count), "\(weighting): \(count) of 2000")
    }
  }

  @Test func faults() {
    #expect(throws: DomainError("exponent of the weights", -1, "must be finite and at least 0")) {
      try LogRank(
        time: [1, 2], event: [true, true], group: [0, 1], groups: 2,
        weighting: .flemingHarrington(rho: -1, gamma: 0))
    }
    #expect(throws: DomainError("groups", 1, "must be at least 2")) {
      try LogRank(time: [1, 2], event: [true, true], group: [0, 0], groups: 1)
    }
  }
}
