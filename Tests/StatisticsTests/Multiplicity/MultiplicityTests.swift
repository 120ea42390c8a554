import Statistics
import TestSupport
import Testing

@Suite struct MultiplicityTests {
  private static func families() -> [[Double]] {
    var generator = SeededGenerator(seed: 17)
    return (0..<200).map { round in
      (0..<(1 + round % 6)).map { _ in
        // Ties and the ends of the range included.
        let p = generator.uniform()
        return generator.uniform() < 0.2 ? (p * 10).rounded() / 10 : p * p * p
      }
    }
  }

  /// Hommel's adjusted p-value is that of the closed test: the largest Simes p-value of the sets that hold the hypothesis.
  @Test func hommelIsTheClosedSimesTest() {
    for p in Self.families() {
      var closed = [Double](repeating: 0, count: p.count)
      for set in 1..<(1 << p.count) {
        let members = p.indices.filter { set >> $0 & 1 == 1 }
        let sorted = members.map { p[$0] }.sorted()
        let simes = sorted.enumerated().map { Double(sorted.count) * $0.element / Double($0.offset + 1) }.min() ?? 1
        for member in members { closed[member] = max(closed[member], min(1, simes)) }
      }
      for (got, expected) in zip(Multiplicity.adjust(p, by: .hommel), closed) {
        expectClose(got, expected, relative: 1e-12, absolute: 1e-300, "\(p)")
      }
    }
  }

  /// Holm's is the closed Bonferroni test.
  @Test func holmIsTheClosedBonferroniTest() {
    for p in Self.families() {
      var closed = [Double](repeating: 0, count: p.count)
      for set in 1..<(1 << p.count) {
        let members = p.indices.filter { set >> $0 & 1 == 1 }
        let least = members.map { p[$0] }.min() ?? 1
        for member in members { closed[member] = max(closed[member], min(1, Double(members.count) * least)) }
      }
      for (got, expected) in zip(Multiplicity.adjust(p, by: .holm), closed) {
        expectClose(got, expected, relative: 1e-12, absolute: 1e-300, "\(p)")
      }
    }
  }

  @Test func orderOfPower() {
    for p in Self.families() {
      let chain: [Correction] = [.none, .bh, .hommel, .hochberg, .holm, .bonferroni]
      let adjusted = chain.map { Multiplicity.adjust(p, by: $0) }
      for (weaker, stronger) in zip(adjusted.dropFirst(), adjusted) {
        for (a, b) in zip(weaker, stronger) { #expect(a >= b * (1 - 1e-12)) }
      }
    }
  }

  /// The interval at the level given excludes the null value exactly when the adjusted p-value is significant, or there is
  /// no such level. An interval at level 1 - a excludes the null value exactly when p < a.
  @Test(arguments: Correction.allCases) func intervalsAgree(correction: Correction) {
    for p in Self.families() {
      for alpha in [0.01, 0.05, 0.2] {
        guard let levels = Multiplicity.intervalAlphas(p, by: correction, alpha: alpha) else {
          #expect([.hochberg, .hommel, .bh, .by].contains(correction))
          continue
        }
        let adjusted = Multiplicity.adjust(p, by: correction)
        for (index, level) in levels.enumerated() { #expect((p[index] <= level) == (adjusted[index] <= alpha)) }
      }
    }
  }

  /// Ten true null hypotheses: some rejection in at most 5 % of the rounds, four standard errors allowed.
  @Test(arguments: [Correction.bonferroni, .holm, .hochberg, .hommel, .bh, .by]) func familyWiseErrorRate(
    correction: Correction
  ) {
    var generator = SeededGenerator(seed: 23)
    let rounds = 4000
    var wrong = 0
    for _ in 0..<rounds {
      let p = (0..<10).map { _ in generator.uniform() }
      if Multiplicity.adjust(p, by: correction).contains(where: { $0 <= 0.05 }) { wrong += 1 }
    }
    #expect(Double(wrong) / Double(rounds) <= 0.05 + 4 * 0.00345)
  }

  @Test(arguments: Correction.allCases) func smallFamilies(correction: Correction) {
    #expect(Multiplicity.adjust([], by: correction) == [])
    #expect(Multiplicity.adjust([0.03], by: correction) == [0.03])
    #expect(Multiplicity.adjust([1, 1], by: correction) == [1, 1])
  }
}
