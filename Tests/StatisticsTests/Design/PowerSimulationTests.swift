import Foundation
import Statistics
import TestSupport
import Testing

/// The designed power is reached by the tests that `analyze` makes.
@Suite struct PowerSimulationTests {
  /// Share of rounds in which `rejects` says so, against the power, four standard errors allowed.
  private func check(
    _ power: Double, rounds: Int, slack: Double = 0, _ rejects: () throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) rethrows {
    var count = 0
    for _ in 0..<rounds where try rejects() { count += 1 }
    let share = Double(count) / Double(rounds)
    let error = (power * (1 - power) / Double(rounds)).squareRoot()
    #expect(
      abs(share - power) < 4 * error + slack, "simulated \(share), designed \(power)", sourceLocation: sourceLocation)
  }

  private func normals(_ n: Int, _ mean: Double, _ sd: Double, _ generator: inout SeededGenerator) -> Moments {
    Moments(columns: [(0..<n).map { _ in mean + sd * generator.normal() }])
  }

  /// Small, unequal arms with unequal variances: Welch's power by the noncentral t is right to a part of a percent.
  @Test func welch() throws {
    var generator = SeededGenerator(seed: 61)
    let design = ExperimentDesign(
      try .mean(standardDeviation: 2, treatmentStandardDeviation: 3), split: try ArmSplit(control: 2, treatments: [1]))
    let planned = try design.units(power: 0.8, effect: 2.5)
    #expect(planned.arms[0] < 40)
    try check(planned.power, rounds: 20_000, slack: 0.003) {
      let test = try WelchTTest(
        normals(planned.arms[1], 2.5, 3, &generator), against: normals(planned.arms[0], 0, 2, &generator))
      return test.pValue() < 0.05
    }
  }

  @Test func nonInferiorityAndEquivalence() throws {
    var generator = SeededGenerator(seed: 67)
    let outcome = try DesignOutcome.mean(standardDeviation: 1)
    let inferiority = ExperimentDesign(outcome, test: .pooled, hypothesis: .nonInferior(margin: 0.8), alpha: 0.025)
    let planned = try inferiority.units(power: 0.85, effect: -0.1)
    try check(planned.power, rounds: 20_000) {
      let test = try PooledTTest(
        normals(planned.arms[1], -0.1, 1, &generator), against: normals(planned.arms[0], 0, 1, &generator), null: -0.8)
      return test.pValue(.greater) < 0.025
    }
    // 12 units an arm: far from the normal law, where the joint law of both statistics counts.
    let equivalence = ExperimentDesign(outcome, test: .pooled, hypothesis: .equivalent(margin: 1.1))
    try check(try equivalence.power(units: 24, effect: 0.2), rounds: 20_000) {
      let arms = (normals(12, 0.2, 1, &generator), normals(12, 0, 1, &generator))
      let lower = try PooledTTest(arms.0, against: arms.1, null: -1.1).pValue(.greater)
      let upper = try PooledTTest(arms.0, against: arms.1, null: 1.1).pValue(.less)
      return max(lower, upper) < 0.05
    }
  }

  @Test func proportions() throws {
    var generator = SeededGenerator(seed: 71)
    let design = ExperimentDesign(try .proportion(0.2))
    let planned = try design.units(power: 0.8, effect: 0.05)
    func arm(_ n: Int, _ rate: Double) -> Moments {
      let successes = Double((0..<n).count { _ in generator.uniform() < rate })
      return Moments(count: n, mean: [successes / Double(n)], crossProducts: [successes * (1 - successes / Double(n))])
    }
    // Counts are discrete: the rate moves in steps of some thousandths.
    try check(planned.power, rounds: 4000, slack: 0.006) {
      try ProportionZTest(treatment: arm(planned.arms[1], 0.25), control: arm(planned.arms[0], 0.2)).pValue() < 0.05
    }
  }

  /// y = x + noise with correlation 0.8: the units of the adjusted test, a third of the plain ones.
  @Test func cuped() throws {
    var generator = SeededGenerator(seed: 73)
    var design = ExperimentDesign(try .mean(standardDeviation: 1))
    design.varianceExplained = 0.64
    let planned = try design.units(power: 0.8, effect: 0.3)
    func arm(_ n: Int, _ effect: Double) -> Moments {
      let pre = (0..<n).map { _ in generator.normal() }
      return Moments(columns: [pre.map { effect + 0.8 * $0 + 0.6 * generator.normal() }, pre])
    }
    try check(planned.power, rounds: 8000, slack: 0.005) {
      try CUPED.mean(treatment: arm(planned.arms[1], 0.3), control: arm(planned.arms[0], 0), covariates: [1])
        .pValue() < 0.05
    }
  }

  /// Whole clusters: a t test of cluster means.
  @Test func clusters() throws {
    var generator = SeededGenerator(seed: 79)
    var design = ExperimentDesign(try .mean(standardDeviation: 1))
    design.clusters = try ClusterDesign(size: 15, intraclassCorrelation: 0.1)
    let planned = try design.units(power: 0.8, effect: 0.5)
    let clusters = try #require(planned.clusters)
    func arm(_ count: Int, _ effect: Double) -> Moments {
      // A cluster's mean: its own part of variance 0.1 and the mean of 15 parts of variance 0.9.
      normals(count, effect, (0.1 + 0.9 / 15).squareRoot(), &generator)
    }
    try check(planned.power, rounds: 20_000) {
      try PooledTTest(arm(clusters[1], 0.5), against: arm(clusters[0], 0)).pValue() < 0.05
    }
  }

  /// Three treatments at Dunnett's critical value: the power of one of them.
  @Test func dunnett() throws {
    var generator = SeededGenerator(seed: 83)
    var design = ExperimentDesign(
      try .mean(standardDeviation: 1), test: .pooled, split: try ArmSplit(control: 2, treatments: [1, 1, 1]))
    design.correction = .dunnett
    let planned = try design.units(power: 0.8, effect: 1)
    let critical = try Dunnett(
      controlUnits: Double(planned.arms[0]), treatmentUnits: planned.arms.dropFirst().map { Double($0) },
      degreesOfFreedom: Double(planned.total - 4)
    ).critical()
    try check(planned.power, rounds: 10_000) {
      let control = normals(planned.arms[0], 0, 1, &generator)
      let treatments = planned.arms.dropFirst().map { normals($0, 1, 1, &generator) }
      return try DunnettTest(treatments: treatments, control: control).statistics[0] > critical
    }
  }

  /// The power at the planned end alone is a lower bound for one who looks on the way too.
  @Test func alwaysValid() throws {
    var generator = SeededGenerator(seed: 89)
    var design = ExperimentDesign(try .mean(standardDeviation: 1), test: .z)
    design.monitoring = .alwaysValid
    let planned = try design.units(power: 0.8, effect: 0.2)
    let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: Double(planned.total))
    let rounds = 2000
    var (last, any) = (0, 0)
    for _ in 0..<rounds {
      var (sum, n, found, isOut) = (0.0, 0.0, false, false)
      let half = Double(planned.arms[0])
      for look in 1...20 {
        let to = (half * Double(look) / 20).rounded()
        // The sum of differences of n pairs: variance 2 each.
        sum += 0.2 * (to - n) + (2 * (to - n)).squareRoot() * generator.normal()
        n = to
        let interval = sequence.interval(estimate: sum / n, standardError: (2 / n).squareRoot(), units: 2 * n)
        isOut = !interval.contains(0)
        found = found || isOut
      }
      last += isOut ? 1 : 0
      any += found ? 1 : 0
    }
    #expect(abs(Double(last) / Double(rounds) - planned.power) < 4 * (0.16 / Double(rounds)).squareRoot())
    #expect(any >= last)
  }
}
