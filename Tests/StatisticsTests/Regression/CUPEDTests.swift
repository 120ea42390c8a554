import Statistics
import TestSupport
import Testing

/// Skewed outcomes of which a pre-period value explains about two thirds; arms of 200 units.
private struct Population {
  var generator: SeededGenerator
  let lift = 0.1

  /// Columns: outcome, sessions, covariate, a second covariate.
  mutating func arm(_ units: Int, treated: Bool) -> Moments {
    var columns = [[Double]](repeating: [], count: 4)
    for _ in 0..<units {
      let taste = generator.exponential()
      let sessions = 1 + (3 * generator.uniform()).rounded(.down)
      let base = 2 + 3 * taste + generator.exponential()
      columns[0].append((treated ? 1 + lift : 1) * base * sessions / 2)
      columns[1].append(sessions)
      columns[2].append(100 * taste * sessions + 20 * generator.normal())
      columns[3].append(sessions + generator.normal())
    }
    return Moments(columns: columns)
  }
}

@Suite struct CUPEDTests {
  // E base = 2 + 3 + 1, E sessions = 2.
  private static let controlMean = 6.0
  private static let controlRatio = 3.0

  private struct Coverage {
    var absolute = 0
    var relative = 0
    var plainWidth = 0.0
    var width = 0.0
  }

  private static func simulate(rounds: Int, seed: UInt64, ratio: Bool) throws -> Coverage {
    var population = Population(generator: SeededGenerator(seed: seed))
    let truth = population.lift * (ratio ? controlRatio : controlMean)
    var coverage = Coverage()
    for _ in 0..<rounds {
      let (t, c) = (population.arm(200, treated: true), population.arm(150, treated: false))
      let test =
        ratio
        ? try CUPED.ratio(treatment: t, control: c, covariates: [2, 3])
        : try CUPED.mean(treatment: t, control: c, covariates: [2, 3])
      let interval = test.interval()
      if interval.contains(truth) { coverage.absolute += 1 }
      if try test.lift().contains(population.lift) { coverage.relative += 1 }
      coverage.width += interval.width
      coverage.plainWidth +=
        ratio
        ? try RatioTest(treatment: t, control: c).interval().width : try WelchTTest(t, against: c).interval().width
    }
    return coverage
  }

  /// 95 % of the intervals hold the planted effect and the planted lift, for means and for ratios of sums; five standard
  /// errors of a share in 1500 rounds are 2.8 %.
  @Test(arguments: [false, true]) func coverage(ratio: Bool) throws {
    let rounds = 1500
    let found = try Self.simulate(rounds: rounds, seed: ratio ? 21 : 22, ratio: ratio)
    #expect(abs(Double(found.absolute) / Double(rounds) - 0.95) < 0.028)
    #expect(abs(Double(found.relative) / Double(rounds) - 0.95) < 0.028)
    #expect(found.width < found.plainWidth)
  }

  /// Adjusted means stay on the scale of the metric, whatever the covariate's scale and origin.
  @Test func scaleOfTheMetric() throws {
    var population = Population(generator: SeededGenerator(seed: 4))
    let (t, c) = (population.arm(3000, treated: true), population.arm(3000, treated: false))
    let test = try CUPED.mean(treatment: t, control: c, covariates: [2])
    #expect(abs(test.adjusted.control.value - Self.controlMean) < 0.5)
    #expect(abs(test.adjusted.treatment.value - 1.1 * Self.controlMean) < 0.5)
    expectClose(test.adjusted.treatment.value - test.adjusted.control.value, test.estimate, relative: 1e-10)
    let lift = try test.lift()
    #expect(lift.lower > -0.1 && lift.upper < 0.3)
  }

  /// The estimate does not change when a covariate is measured in other units.
  @Test func invariance() throws {
    var population = Population(generator: SeededGenerator(seed: 9))
    let (t, c) = (population.arm(100, treated: true), population.arm(100, treated: false))
    func rescaled(_ arm: Moments) -> Moments { arm.combining([[1, 0, 0, 0], [0, 0, 1e-8, 0], [0, 0, 0, 1e6]]) }
    let plain = try CUPED.mean(treatment: t, control: c, covariates: [2, 3])
    let other = try CUPED.mean(treatment: rescaled(t), control: rescaled(c), covariates: [1, 2])
    expectClose(other.estimate, plain.estimate, relative: 1e-9)
    expectClose(other.standardError, plain.standardError, relative: 1e-9)
  }

  /// A constant covariate, a copy, and a sum of others are dropped and named; the result is that of the rest.
  @Test func covariatesThatSayNothing() throws {
    var generator = SeededGenerator(seed: 2)
    func arm() -> Moments {
      let x = (0..<50).map { _ in generator.normal() }
      let z = x.map { _ in generator.normal() }
      let y = zip(x, z).map { $0 + 0.5 * $1 + generator.normal() }
      return Moments(columns: [y, x.map { _ in 7 }, x, x.map { 3 * $0 }, z, zip(x, z).map(+)])
    }
    let (t, c) = (arm(), arm())
    let all = try CUPED.mean(treatment: t, control: c, covariates: [1, 2, 3, 4, 5])
    let two = try CUPED.mean(treatment: t, control: c, covariates: [2, 4])
    #expect(all.dropped == [0, 2, 4])
    expectClose(all.estimate, two.estimate, relative: 1e-10)
    expectClose(all.standardError, two.standardError, relative: 1e-10)
    let none = try CUPED.mean(treatment: t, control: c, covariates: [1])
    #expect(none.estimate == (try WelchTTest(t, against: c)).estimate)
    #expect(none.varianceReduction == 0)
  }

  /// Without covariates the lift is that of the plain delta method: cov(effect, control) = -var(control).
  @Test func liftWithoutCovariates() throws {
    var population = Population(generator: SeededGenerator(seed: 6))
    let (t, c) = (population.arm(80, treated: true), population.arm(90, treated: false))
    let test = try CUPED.mean(treatment: t, control: c, covariates: [])
    let plain = try Lift.delta(
      treatment: Estimate(t.mean[0], standardError: t.standardError()),
      control: Estimate(c.mean[0], standardError: c.standardError()), law: test.law)
    let lift = try test.lift()
    expectClose(lift.lower, plain.lower, relative: 1e-10)
    expectClose(lift.upper, plain.upper, relative: 1e-10)
  }
}
