import Foundation
import Statistics
import TestSupport
import Testing

/// Sequences for values in [0, 1]. Their numbers are checked against mpmath and confseq by the conformance tests.
@Suite struct BoundedMeanTests {
  struct Law: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let mean: Double
    let draw: @Sendable (inout SeededGenerator) -> Double
  }
  static let laws = [
    Law(testDescription: "Bernoulli 0.02", mean: 0.02) { $0.uniform() < 0.02 ? 1 : 0 },
    Law(testDescription: "Bernoulli 0.5", mean: 0.5) { $0.uniform() < 0.5 ? 1 : 0 },
    Law(testDescription: "uniform", mean: 0.5) { $0.uniform() },
    // E[u²] = 1/3 on 40 % of the units, else 0.
    Law(testDescription: "zero-inflated", mean: 0.4 / 3) { generator in
      let isActive = generator.uniform() < 0.4
      let u = generator.uniform()
      return isActive ? u * u : 0
    },
    Law(testDescription: "constant", mean: 0.3) { _ in 0.3 },
  ]

  /// Looking after every one of 600 values: the mean is outside at any time in at most 10 % of the rounds.
  @Test(arguments: laws) func errorRateAtEveryLook(law: Law) throws {
    var generator = SeededGenerator(seed: 51)
    let rounds = 300
    var (bernstein, betting) = (0, 0)
    let limit = log(1 / 0.1)
    for _ in 0..<rounds {
      let values = (0..<600).map { _ in law.draw(&generator) }
      if try EmpiricalBernsteinSequence.intervals(of: values, alpha: 0.1).contains(where: { !$0.contains(law.mean) }) {
        bernstein += 1
      }
      let capitals = try BettingConfidenceSequence(values, alpha: 0.1).logCapitals(against: law.mean)
      if capitals.contains(where: { $0 >= limit }) { betting += 1 }
    }
    #expect(bernstein <= 30)
    #expect(betting <= 30)
  }

  /// A candidate lies in the betting interval exactly when the capital against it is below 1/alpha.
  @Test func intervalAndCapitalAgree() throws {
    var generator = SeededGenerator(seed: 52)
    let sequence = try BettingConfidenceSequence((0..<80).map { _ in generator.uniform() * 0.6 }, alpha: 0.05)
    for count in [1, 5, 20, 80] {
      let interval = try sequence.interval(after: count)
      for candidate in stride(from: 0.005, to: 1, by: 0.01) {
        let capital = try sequence.logCapitals(against: candidate)[count - 1]
        #expect((capital <= log(20)) == interval.contains(candidate), "\(count) \(candidate)")
      }
    }
  }

  /// Mirrored values have the mirrored interval.
  @Test func symmetry() throws {
    var generator = SeededGenerator(seed: 53)
    let values = (0..<50).map { _ in (generator.uniform() * 1024).rounded() / 1024 }
    for predictor in EmpiricalBernsteinSequence.Predictor.allCases {
      let own = try EmpiricalBernsteinSequence.intervals(of: values, alpha: 0.05, predictor: predictor)
      let other = try EmpiricalBernsteinSequence.intervals(of: values.map { 1 - $0 }, alpha: 0.05, predictor: predictor)
      for (a, b) in zip(own, other) {
        expectClose(a.lower, 1 - b.upper, relative: 0, absolute: 1e-13)
        expectClose(a.upper, 1 - b.lower, relative: 0, absolute: 1e-13)
      }
    }
    let own = try BettingConfidenceSequence(values, alpha: 0.05).interval()
    let other = try BettingConfidenceSequence(values.map { 1 - $0 }, alpha: 0.05).interval()
    expectClose(own.lower, 1 - other.upper, relative: 0, absolute: 1e-13)
  }

  /// They shrink to the mean, betting faster on small samples; nothing seen is nothing known.
  @Test func width() throws {
    var generator = SeededGenerator(seed: 54)
    let values = (0..<5_000).map { _ in generator.uniform() < 0.1 ? 1.0 : 0 }
    let bernstein = try EmpiricalBernsteinSequence.intervals(of: values, alpha: 0.05)
    let betting = try BettingConfidenceSequence(values, alpha: 0.05)
    #expect(try betting.interval(after: 0) == Interval(0, 1))
    #expect(try EmpiricalBernsteinSequence(alpha: 0.05).interval == Interval(0, 1))
    let uniform = (0..<50).map { _ in generator.uniform() }
    let small = try EmpiricalBernsteinSequence.intervals(of: uniform, alpha: 0.05)
    let bets = try BettingConfidenceSequence(uniform, alpha: 0.05)
    for count in [10, 20, 50] { #expect(try bets.interval(after: count).width < small[count - 1].width) }
    #expect(bernstein[4_999].width < 0.06)
  }

  @Test func sentences() {
    func sentence(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      sentence { _ = try EmpiricalBernsteinSequence.intervals(of: [0.5, 1.5], alpha: 0.05) }
        == "value 2: must be in [0, 1]; rescale the metric by its bounds.")
    #expect(
      sentence { _ = try BettingConfidenceSequence([0.5, .nan], alpha: 0.05) }
        == "value 2: must be in [0, 1]; rescale the metric by its bounds.")
    #expect(sentence { _ = try BettingConfidenceSequence(alpha: 0) } == "alpha = 0, must be in (0, 1).")
    #expect(
      sentence { _ = try BettingConfidenceSequence(alpha: 0.05, truncation: 0) } == "truncation = 0, must be in (0, 1]."
    )
    #expect(
      sentence { _ = try BettingConfidenceSequence([0.5], alpha: 0.05).interval(after: 2) }
        == "values = 2, must be at most those taken (1).")
    #expect(
      sentence { _ = try StitchedBoundary(alpha: 0.05, minimumTime: 0) }
        == "minimum time = 0, must be positive and finite.")
    #expect(
      sentence { _ = try GammaExponentialBoundary(optimisedFor: 10, alpha: 0.05, scale: 0) }
        == "scale = 0, must be positive and finite.")
  }

  /// The stitched curve is crossed by a random walk of fair coins at most as often as alpha; the gamma-exponential one
  /// lies above the Gaussian one, to which it tends as its scale vanishes.
  @Test func boundaries() throws {
    let stitched = try StitchedBoundary(alpha: 0.1, minimumTime: 10)
    var generator = SeededGenerator(seed: 55)
    var crossed = 0
    for _ in 0..<500 {
      var sum = 0.0
      for time in 1...1_000 {
        sum += generator.uniform() < 0.5 ? -1 : 1
        if sum >= stitched.bound(time: Double(time)) {
          crossed += 1
          break
        }
      }
    }
    #expect(crossed <= 50)
    let gaussian = try NormalMixtureBoundary(.one, optimisedFor: 100, alpha: 0.05, tuning: .approximate)
    var last = Double.infinity
    for scale in [2.0, 1, 0.5, 0.1] {
      let heavy = try GammaExponentialBoundary(optimisedFor: 100, alpha: 0.05, scale: scale)
      let bound = try heavy.bound(time: 300, alpha: 0.05)
      #expect(bound > (try gaussian.bound(time: 300, alpha: 0.05)))
      #expect(bound < last)
      last = bound
    }
    expectClose(last, try gaussian.bound(time: 300, alpha: 0.05), relative: 0.01, "scale 0.1 is nearly Gaussian")
  }
}
