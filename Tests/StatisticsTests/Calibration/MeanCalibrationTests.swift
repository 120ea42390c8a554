import Foundation
import Statistics
import TestSupport
import Testing

/// False-positive rates and coverage of the tests of means, at 5 % and 95 %, over simulated experiments.
@Suite struct MeanCalibrationTests {
  /// Arms of 800 and 400 units, no effect: both sides together, and each side alone. The t-test of skewed values errs unequally on
  /// its two sides by O(skewness / √n): half a point on a side is allowed.
  @Test(arguments: MetricLaw.allCases) func welchUnderTheNull(_ law: MetricLaw) throws {
    var generator = SeededGenerator(seed: 101)
    var (both, less, greater) = (ErrorRate(), ErrorRate(), ErrorRate())
    for _ in 0..<2000 {
      let treatment = Moments(columns: [law.column(800, &generator)])
      let control = Moments(columns: [law.column(400, &generator)])
      let test = try WelchTTest(treatment, against: control)
      both.add(test.pValue() < 0.05)
      less.add(test.pValue(.less) < 0.025)
      greater.add(test.pValue(.greater) < 0.025)
    }
    both.expect(0.05, slack: 0.005, "\(law)")
    less.expect(0.025, slack: 0.01, "\(law), less")
    greater.expect(0.025, slack: 0.01, "\(law), greater")
  }

  /// Small normal arms whose variances differ by 16: Welch keeps its level, the pooled test does not, unless variances are equal.
  @Test func smallArms() throws {
    var generator = SeededGenerator(seed: 102)
    var (welch, pooled, pooledEqual, coverage) = (ErrorRate(), ErrorRate(), ErrorRate(), ErrorRate())
    for _ in 0..<4000 {
      let wide = Moments(columns: [(0..<6).map { _ in 4 * generator.normal() }])
      let narrow = Moments(columns: [(0..<18).map { _ in generator.normal() }])
      let other = Moments(columns: [(0..<6).map { _ in 2 + generator.normal() }])
      welch.add(try WelchTTest(wide, against: narrow).pValue() < 0.05)
      pooled.add(try PooledTTest(wide, against: narrow).pValue() < 0.05)
      pooledEqual.add(try PooledTTest(other, against: narrow, null: 2).pValue() < 0.05)
      coverage.add(try WelchTTest(other, against: narrow).interval().contains(2))
    }
    welch.expect(0.05, slack: 0.005, "Welch")
    pooledEqual.expect(0.05, "pooled, equal variances")
    coverage.expect(0.95, slack: 0.005, "Welch's interval")
    #expect(pooled.count > 600, "the pooled test is liberal here: \(pooled.count) of 4000")
  }

  @Test func pairs() throws {
    var generator = SeededGenerator(seed: 103)
    var (rejected, covered) = (ErrorRate(), ErrorRate())
    for _ in 0..<4000 {
      var (after, before): ([Double], [Double]) = ([], [])
      for _ in 0..<12 {
        let level = 5 * generator.normal()
        before.append(level + generator.normal())
        after.append(level + generator.normal())
      }
      rejected.add(try PairedTTest(pairs: Moments(columns: [after, before])).pValue() < 0.05)
      covered.add(
        try PairedTTest(pairs: Moments(columns: [after.map { $0 + 1 }, before])).interval().contains(1))
    }
    rejected.expect(0.05, "paired")
    covered.expect(0.95, "paired interval")
  }

  /// A lift of 8 %: on the scale of the ratio and of its logarithm.
  @Test(arguments: [MetricLaw.normal, .exponential, .logNormal]) func lift(_ law: MetricLaw) throws {
    var generator = SeededGenerator(seed: 104)
    var (plain, onLog) = (ErrorRate(), ErrorRate())
    for _ in 0..<2000 {
      let treatment = Moments(columns: [law.column(500, &generator).map { 1.08 * $0 }])
      let control = Moments(columns: [law.column(500, &generator)])
      let (t, c) = (
        Estimate(treatment.mean[0], standardError: treatment.standardError()),
        Estimate(control.mean[0], standardError: control.standardError())
      )
      plain.add(try Lift.delta(treatment: t, control: c).contains(0.08))
      onLog.add(Lift.logDelta(treatment: t, control: c)?.contains(0.08) ?? false)
    }
    plain.expect(0.95, slack: 0.005, "delta, \(law)")
    onLog.expect(0.95, slack: 0.005, "delta on the log scale, \(law)")
  }

  /// Orders over sessions, both from the same users, 300 an arm.
  @Test func ratiosOfSums() throws {
    var generator = SeededGenerator(seed: 105)
    var (rejected, covered) = (ErrorRate(), ErrorRate())
    func arm(_ effect: Double) -> Moments {
      var (orders, sessions): ([Double], [Double]) = ([], [])
      for _ in 0..<300 {
        let activity = generator.exponential()
        let visits = 1 + (6 * activity * generator.uniform()).rounded(.down)
        sessions.append(visits)
        orders.append((0.2 + 0.1 * activity + effect) * visits + 0.3 * generator.normal())
      }
      return Moments(columns: [orders, sessions])
    }
    for _ in 0..<2000 {
      let (treatment, other, control) = (arm(0.05), arm(0), arm(0))
      rejected.add(try RatioTest(treatment: other, control: control).pValue() < 0.05)
      covered.add(try RatioTest(treatment: treatment, control: control).interval().contains(0.05))
    }
    rejected.expect(0.05, slack: 0.005, "ratio")
    covered.expect(0.95, slack: 0.005, "ratio's interval")
  }

  /// Strata of different means and sizes; the weights are the sample's or the population's.
  @Test func strata() throws {
    var generator = SeededGenerator(seed: 106)
    var (rejected, weighted) = (ErrorRate(), ErrorRate())
    func arm(_ effect: [Double]) -> [Moments] {
      [40, 80, 25].enumerated().map { stratum, units in
        Moments(columns: [(0..<units).map { _ in Double(4 * stratum) + effect[stratum] + generator.normal() }])
      }
    }
    for _ in 0..<2000 {
      let control = arm([0, 0, 0])
      rejected.add(try StratifiedTest(treatment: arm([0, 0, 0]), control: control).pValue() < 0.05)
      // 0.5 · 1 + 0.3 · 2 + 0.2 · 0 = 1.1
      let test = try StratifiedTest(treatment: arm([1, 2, 0]), control: control, weights: [0.5, 0.3, 0.2])
      weighted.add(test.interval().contains(1.1))
    }
    rejected.expect(0.05, slack: 0.006, "stratified")
    weighted.expect(0.95, slack: 0.006, "stratified, given weights")
  }
}
