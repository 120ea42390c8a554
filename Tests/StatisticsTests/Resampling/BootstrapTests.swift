import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct BootstrapTests {
  static func column(_ count: Int, seed: UInt64, _ draw: (inout SeededGenerator) -> Double) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in draw(&generator) }
  }

  @Test func doesNotDependOnThreads() throws {
    let (x, y) = (Self.column(1500, seed: 1) { $0.exponential() }, Self.column(1500, seed: 2) { 3 + $0.normal() })
    for weights in [Bootstrap.Weights.poisson, .multinomial] {
      let plan = try Bootstrap(replicates: 300, weights: weights, seed: 9)
      let one = try plan.distribution(samples: [[x, y], [y, x]], threads: 1) { $0[0].mean[0] / $0[1].mean[0] }
      let all = try plan.distribution(samples: [[x, y], [y, x]]) { $0[0].mean[0] / $0[1].mean[0] }
      #expect(one == all)
    }
  }

  /// The product with weights against the definition: the same draws, each resample made in full.
  @Test func agreesWithTheDefinition() throws {
    let (x, y) = (Self.column(700, seed: 3) { 1e6 + $0.exponential() }, Self.column(700, seed: 4) { $0.normal() })
    let plan = try Bootstrap(replicates: 50, seed: 11)
    let fast = try plan.distribution(samples: [[x, y]], reads: .crossProducts) {
      $0[0].mean[0] + $0[0].covariance(0, 1) + $0[0].variance(1)
    }
    let slow = try plan.distribution(rows: [700]) { rows in
      let moments = Moments(columns: [rows[0].map { x[$0] }, rows[0].map { y[$0] }])
      return moments.mean[0] + moments.covariance(0, 1) + moments.variance(1)
    }
    for (a, b) in zip(fast.replicates, slow.replicates) { expectClose(a, b, relative: 1e-15) }
    expectClose(fast.acceleration ?? .nan, slow.acceleration ?? .nan, relative: 1e-6)
  }

  /// Over all resamples the mean's standard error is √(m2 / n) (Efron & Tibshirani 1993, eq. 5.12). With 20,000 replicates the
  /// standard deviation has a relative error of 1/√40,000 = 0.5 %; four of those.
  @Test func standardErrorOfTheMean() throws {
    let x = Self.column(400, seed: 5) { $0.exponential() }
    let exact = try IdealBootstrap.momentsOfMean(x).standardError
    for weights in [Bootstrap.Weights.poisson, .multinomial] {
      let plan = try Bootstrap(replicates: 20_000, weights: weights, seed: 1)
      let distribution = try plan.distribution(samples: [[x]]) { $0[0].mean[0] }
      expectClose(distribution.standardError, exact, relative: 0.02)
      expectClose(distribution.mean, distribution.estimate, relative: 0, absolute: 4 * exact / 20_000.squareRoot())
    }
  }

  /// The jackknife of a mean is linear: the acceleration is Σ d³ / (6 (Σ d²)^1.5), d the deviations. Values 0, 0, 3: d = -1, -1, 2,
  /// Σ d³ = 6, Σ d² = 6: 1 / 6^1.5.
  @Test func accelerationOfTheMean() throws {
    let distribution = try Bootstrap(replicates: 100).distribution(samples: [[[0, 0, 3]]]) { $0[0].mean[0] }
    expectClose(distribution.acceleration ?? .nan, 1 / pow(6, 1.5), relative: 1e-12)
  }

  @Test func basicMirrorsPercentile() throws {
    let distribution = try Bootstrap(replicates: 999).distribution(samples: [[[1, 4, 9, 16]]]) { $0[0].mean[0] }
    let (percentile, basic) = (
      try distribution.interval(.ninetyFive, .percentile), try distribution.interval(.ninetyFive, .basic)
    )
    expectClose(basic.lower + percentile.upper, 15, relative: 1e-12)
    expectClose(basic.upper + percentile.lower, 15, relative: 1e-12)
    // (999 + 1) · 0.025 = 25: the 25th of the ascending replicates.
    #expect(percentile.lower == distribution.replicates[24])
  }

  @Test func faults() throws {
    #expect(throws: DomainError("replicates", 5, "must be at least 20")) { try Bootstrap(replicates: 5) }
    let plan = try Bootstrap(replicates: 200, seed: 3)
    #expect(throws: DomainError("rows of a sample", 0, "must be at least 1")) {
      try plan.distribution(samples: [[[]]]) { $0[0].mean[0] }
    }
    #expect(throws: DomainError("samples", 0, "must be at least 1")) { try plan.distribution(samples: []) { _ in 0 } }
    #expect(throws: DomainError("value", .infinity, "must be finite")) {
      try plan.distribution(samples: [[[1, .infinity]]]) { $0[0].mean[0] }
    }
    #expect(throws: DomainError.self) { try plan.distribution(samples: [[[1, 2, 3]]]) { $0[0].variance() } }
    expectSentence("weights: must be multinomial for a statistic of rows.") {
      _ = try Bootstrap(weights: .poisson).distribution(rows: [3]) { Double($0[0][0]) }
    }
    let constant = try plan.distribution(samples: [[[2, 2, 2]]]) { $0[0].mean[0] }
    #expect(
      throws: DomainError(
        "share of replicates below the estimate", 0, "must be in (0, 1) for BCa; take percentile limits")
    ) { try constant.interval() }
    #expect(try constant.interval(.ninetyFive, .percentile) == Interval(2, 2))
  }

  // MARK: - Coverage

  /// The mean of 100 exponential values: of 1,000 BCa intervals at 95 % the simulation's 99.9 % band is 2.3 points; the bootstrap
  /// itself is short by O(1/n), so 91.5 % to 97.3 % is asked for.
  @Test func coversASkewedMean() throws {
    var generator = SeededGenerator(seed: 31)
    var covered = [Int](repeating: 0, count: 2)
    for experiment in 0..<1000 {
      let x = (0..<100).map { _ in generator.exponential() }
      for (k, weights) in [Bootstrap.Weights.multinomial, .poisson].enumerated() {
        let plan = try Bootstrap(replicates: 999, weights: weights, seed: UInt64(experiment))
        let distribution = try plan.distribution(samples: [[x]], threads: 1) { $0[0].mean[0] }
        covered[k] += try distribution.interval().contains(1) ? 1 : 0
      }
    }
    for count in covered { #expect((915...973).contains(count), "\(count) of 1000") }
  }

  /// Sessions of users, two arms, true lift 0: drawing users covers, drawing sessions does not.
  @Test func clustersAreDrawnWhole() throws {
    var generator = SeededGenerator(seed: 32)
    var (byUser, bySession) = (0, 0)
    for experiment in 0..<400 {
      let plan = try Bootstrap(replicates: 499, seed: UInt64(experiment))
      var (totals, rows): ([[[Double]]], [[[Double]]]) = ([], [])
      for _ in 0..<2 {
        var (values, users): ([Double], [Int]) = ([], [])
        for user in 0..<60 {
          let level = 10 + 2 * generator.normal()
          for _ in 0..<(2 + Int(8 * generator.uniform())) {
            values.append(level + generator.normal())
            users.append(user)
          }
        }
        let sums = try ClusterTotals(columns: [values], clusters: users)
        totals.append([sums.columns[0], sums.sizes])
        rows.append([values])
      }
      let clustered = try plan.distribution(samples: totals, threads: 1) { arms in
        arms[1].mean[0] / arms[1].mean[1] / (arms[0].mean[0] / arms[0].mean[1]) - 1
      }
      let naive = try plan.distribution(samples: rows, threads: 1) { $0[1].mean[0] / $0[0].mean[0] - 1 }
      byUser += try clustered.interval(.ninetyFive, .percentile).contains(0) ? 1 : 0
      bySession += try naive.interval(.ninetyFive, .percentile).contains(0) ? 1 : 0
    }
    // Of 400 at 95 %: 99.9 % band 366 to 394.
    #expect((362...394).contains(byUser), "\(byUser) of 400")
    #expect(bySession < 300, "\(bySession) of 400")
  }
}
