import Statistics
import TestSupport
import Testing

@Suite struct GatekeepingTests {
  /// Goals 0.01 and 0.02, secondaries 0.001 and 0.03: Holm's goals 0.02, 0.02; Holm's secondaries 0.002, 0.03, not below 0.02.
  @Test func serialByHand() {
    let results = Gatekeeping.test([[0.01, 0.02], [0.001, 0.03]], alpha: 0.05)
    #expect(results[0].map(\.adjustedPValue) == [0.02, 0.02])
    #expect(results[1].map(\.adjustedPValue) == [0.02, 0.03])
    let closed = Gatekeeping.test([[0.2], [0.001]], alpha: 0.05)
    #expect(closed[1][0].adjustedPValue == 0.2)
    #expect(closed[1][0].intervalAlpha == nil)
    #expect(
      closed[1][0].withheld
        == "The metrics before it have not let this family be tested; no interval agrees with that.")
  }

  /// Goals 0.01 and 0.4 by Bonferroni: 0.02 and 0.8. From alpha 0.02 on half of alpha passes: 0.004 needs 2 · 0.004 < 0.02.
  @Test func parallelByHand() {
    let results = Gatekeeping.test([[0.01, 0.4], [0.004]], gate: .any, alpha: 0.05)
    #expect(results[0].map(\.adjustedPValue) == [0.02, 0.8])
    #expect(results[1][0].adjustedPValue == 0.02)
    #expect(Gatekeeping.test([[0.01, 0.4], [0.03]], gate: .any, alpha: 0.05)[1][0].adjustedPValue == 0.06)
    #expect(Gatekeeping.test([[0.01, 0.4], [0.02]], gate: .any, alpha: 0.05)[1][0].intervalAlpha == 0.025)
  }

  @Test func emptyFamiliesLetPass() {
    #expect(Gatekeeping.test([[], [0.03]], alpha: 0.05)[1][0].adjustedPValue == 0.03)
    #expect(Gatekeeping.test([[], []], gate: .any, alpha: 0.05) == [[], []])
  }

  @Test(arguments: [Gatekeeping.Gate.all, .any]) func intervalsAgree(gate: Gatekeeping.Gate) {
    var generator = SeededGenerator(seed: 107)
    for _ in 0..<500 {
      func family(_ n: Int) -> [Double] { (0..<n).map { _ in generator.uniform() * generator.uniform() } }
      let families = [family(2), family(3), family(1)]
      for (family, results) in zip(families, Gatekeeping.test(families, gate: gate, alpha: 0.1)) {
        for (p, result) in zip(family, results) {
          if let alpha = result.intervalAlpha {
            #expect((p <= alpha) == (result.adjustedPValue <= 0.1))
          } else {
            #expect(result.withheld != nil)
          }
        }
      }
    }
  }

  /// A goal with an effect opens the gate half of the time; the other hypotheses are true. Any wrong rejection: at most 5 %.
  @Test(arguments: [Gatekeeping.Gate.all, .any]) func familyWiseErrorRate(gate: Gatekeeping.Gate) {
    var generator = SeededGenerator(seed: 109)
    let rounds = 20_000
    var wrong = 0
    for _ in 0..<rounds {
      let strong = Normal.standard.survival(generator.normal() + 3)
      let results = Gatekeeping.test(
        [[strong, generator.uniform()], [generator.uniform(), generator.uniform()]], gate: gate, alpha: 0.05)
      if results[0][1].adjustedPValue <= 0.05 || results[1].contains(where: { $0.adjustedPValue <= 0.05 }) {
        wrong += 1
      }
    }
    #expect(Double(wrong) / Double(rounds) < 0.05 + 4 * 0.00154)
  }
}
