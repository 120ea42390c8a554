import Statistics
import TestSupport
import Testing

@Suite struct ConfidenceSequenceTests {
  /// Looking after every 25 units from 100 to 2000: the truth leaves the sequence in at most 5 % of the rounds, and a fixed
  /// interval looked at as often is left far more often.
  @Test func errorRateUnderContinuousMonitoring() throws {
    let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: 1000)
    let mixture = try MixtureSPRT(alpha: 0.05, mixtureVariance: 0.01)
    var generator = SeededGenerator(seed: 31)
    var (left, fixed, rejected) = (0, 0, 0)
    let rounds = 600
    for _ in 0..<rounds {
      var moments = Moments(columns: 1)
      var (out, outFixed, found) = (false, false, false)
      while moments.count < 2000 {
        let step = moments.count == 0 ? 100 : 25
        moments.merge(Moments(columns: [(0..<step).map { _ in generator.exponential() - 1 }]))
        let (mean, error) = (moments.mean[0], moments.standardError())
        let units = Double(moments.count)
        if !sequence.interval(estimate: mean, standardError: error, units: units).contains(0) { out = true }
        if abs(mean) > 1.96 * error { outFixed = true }
        if mixture.logLikelihoodRatio(.init(estimate: mean, variance: error * error)) > 2.9957 { found = true }
      }
      left += out ? 1 : 0
      fixed += outFixed ? 1 : 0
      rejected += found ? 1 : 0
    }
    #expect(Double(left) / Double(rounds) <= 0.05)
    #expect(Double(rejected) / Double(rounds) <= 0.05)
    #expect(Double(fixed) / Double(rounds) > 0.2)
  }

  /// The interval excludes a value exactly when its p-value is below alpha.
  @Test(arguments: [0.0, 0.5, 2, 3, 3.5, 4, 6]) func intervalAndPValueAgree(z: Double) throws {
    let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: 500)
    for units in [10.0, 500, 1e6] {
      let interval = sequence.interval(estimate: z, standardError: 1, units: units)
      #expect((sequence.pValue(estimate: z, standardError: 1, units: units) < 0.05) == !interval.contains(0))
    }
  }

  /// The exact tuning is narrowest at its number of units.
  @Test(arguments: [50.0, 1000, 2e5]) func tuningIsOptimal(units: Double) throws {
    let best = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: units)
    let width = best.halfWidth(standardError: 1, units: units)
    for factor in [0.9, 1.1] {
      let other = try AsymptoticConfidenceSequence(alpha: 0.05, rho: best.rho * factor)
      #expect(other.halfWidth(standardError: 1, units: units) > width)
    }
  }

  /// Howard's boundary at intrinsic time n for rho = 1/rho² is the sequence's half-width times n.
  @Test func boundaryIsTheSequence() throws {
    let sequence = try AsymptoticConfidenceSequence(alpha: 0.05, optimisedFor: 400)
    let boundary = try NormalMixtureBoundary(.two, optimisedFor: 400, alpha: 0.05)
    for n in [10.0, 400, 12_345] {
      expectClose(
        try boundary.bound(time: n, alpha: 0.05), n * sequence.halfWidth(standardError: 1 / n.squareRoot(), units: n),
        relative: 1e-12)
    }
  }

  @Test func sentences() {
    func sentence(_ alpha: Double, _ units: Double) -> String {
      do {
        _ = try AsymptoticConfidenceSequence(alpha: alpha, optimisedFor: units)
        return "no error"
      } catch { return error.description }
    }
    #expect(sentence(0, 10) == "alpha = 0, must be in (0, 1).")
    #expect(sentence(0.05, 0) == "units to optimise for = 0, must be positive.")
  }
}
