import Statistics
import TestSupport
import Testing

@Suite struct LiftTests {
  /// Ratios of normal means with a control far from 0 and close to it: Fieller's sets cover at 95 % in all of them.
  @Test(arguments: [20.0, 3.0, 1.0]) func fiellerCovers(control: Double) {
    var generator = SeededGenerator(seed: 5)
    let truth = 0.3
    let rounds = 4000
    var covered = 0
    for _ in 0..<rounds {
      let c = Estimate(control + generator.normal(), standardError: 1)
      let t = Estimate(control * (1 + truth) + generator.normal(), standardError: 1)
      switch Lift.fieller(treatment: t, control: c) {
      case .interval(let interval): if interval.contains(truth) { covered += 1 }
      case .complement(let hole): if truth <= hole.lower || truth >= hole.upper { covered += 1 }
      case .everything: covered += 1
      }
    }
    // Four standard errors of a share of 95 % in 4000 rounds.
    #expect(abs(Double(covered) / Double(rounds) - 0.95) < 4 * 0.00345)
  }

  /// Arms that hardly differ keep the digits of their small lift: mpmath at 30 digits, roots of the quadratic in ρ.
  @Test func fiellerOfASmallLift() {
    let t = Estimate(5, standardError: (0.001 / 1_000_000).squareRoot())
    let c = Estimate(5.01, standardError: (0.002 / 999_999).squareRoot())
    guard case .interval(let interval) = Lift.fieller(treatment: t, control: c) else {
      Issue.record("a control far from 0 gives an interval")
      return
    }
    expectClose(interval.lower, -0.002017406657012925, relative: 1e-12)
    expectClose(interval.upper, -0.001974608700089938, relative: 1e-12)
  }

  /// Control 0.5 ± 1 is not different from 0, so the set is not bounded.
  @Test func unboundedSetsSaySo() {
    let weak = Estimate(0.5, standardError: 1)
    #expect(Lift.fieller(treatment: Estimate(0.7, standardError: 1), control: weak) == .everything)
    guard case .complement = Lift.fieller(treatment: Estimate(9, standardError: 1), control: weak) else {
      Issue.record("a large treatment over a weak control leaves a hole around 0")
      return
    }
  }

  /// Without error in the control, delta and Fieller are the same interval.
  @Test func deltaIsFiellerForAKnownControl() throws {
    let (t, c) = (Estimate(12, standardError: 2), Estimate(10, standardError: 0))
    let delta = try Lift.delta(treatment: t, control: c)
    guard case .interval(let fieller) = Lift.fieller(treatment: t, control: c) else {
      Issue.record("the set must be an interval")
      return
    }
    expectClose(fieller.lower, delta.lower, relative: 1e-12)
    expectClose(fieller.upper, delta.upper, relative: 1e-12)
  }

  @Test func controlOfZero() {
    #expect(throws: DomainError("the control's value", 0, "must not be 0 for a lift")) {
      try Lift.delta(treatment: Estimate(1, standardError: 1), control: Estimate(0, standardError: 1))
    }
  }
}
