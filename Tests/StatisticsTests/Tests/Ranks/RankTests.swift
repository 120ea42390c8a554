import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct RankTests {
  private static func sample(_ count: Int, shift: Double = 0, using generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in generator.normal() + shift }
  }

  /// 4 and 5 above 1, 2 and 3: 6 of 6 pairs, one of C(5, 2) = 10 orders on each side.
  @Test func mannWhitneyByHand() throws {
    let test = try MannWhitneyTest(treatment: [4, 5], control: [3, 1, 2])
    #expect(test.u == 6)
    expectClose(test.pValue(.greater), 0.1, relative: 1e-14)
    expectClose(test.pValue(), 0.2, relative: 1e-14)
    #expect(test.pValue(.less) == 1)
    // Differences 1, 2, 2, 3, 3, 4: the median is 2.5.
    #expect(test.shift == 2.5)
    #expect(test.shiftInterval() == Interval(-.infinity, .infinity))
  }

  /// The order statistics of differences and averages, against forming them all.
  @Test func orderedSumsAgreeWithForming() throws {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<60 {
      let (n, m) = (1 + round % 7, 1 + (round * 5) % 9)
      // Rounded, so that there are ties and zeros of both signs.
      let a = (0..<n).map { _ in (generator.normal() * 4).rounded() / 2 }
      let b = (0..<m).map { _ in (generator.normal() * 4).rounded() / 2 }
      let test = try MannWhitneyTest(treatment: a, control: b)
      let all = a.flatMap { x in b.map { x - $0 } }.sorted()
      #expect(test.shift == (all[(all.count - 1) / 2] + all[all.count / 2]) / 2)
      guard a.contains(where: { $0 != 0 }) else { continue }
      let kept = a.filter { $0 != 0 }
      let walsh = kept.indices.flatMap { i in kept[i...].map { (kept[i] + $0) / 2 } }.sorted()
      #expect(
        try SignedRankTest(differences: a).pseudoMedian == (walsh[(walsh.count - 1) / 2] + walsh[walsh.count / 2]) / 2)
    }
  }

  @Test func armsAreMirrored() throws {
    let (a, b) = ([1.0, 2, 2, 5, 7], [2.0, 3, 3, 9])
    let (one, other) = (try MannWhitneyTest(treatment: a, control: b), try MannWhitneyTest(treatment: b, control: a))
    #expect(one.u + other.u == 20)
    expectClose(one.pValue(), other.pValue(), relative: 1e-13)
    expectClose(one.pValue(.less), other.pValue(.greater), relative: 1e-13)
    let (p, q) = (
      try ProbabilityOfSuperiority(treatment: a, control: b), try ProbabilityOfSuperiority(treatment: b, control: a)
    )
    expectClose(p.estimate, 1 - q.estimate, relative: 1e-14)
    expectClose(p.estimate, one.u / 20, relative: 1e-14)
    expectClose(p.interval().lower, 1 - q.interval().upper, relative: 1e-12)
  }

  /// Exact and normal p-values meet in samples of middle size.
  @Test func exactMeetsNormal() throws {
    var generator = SeededGenerator(seed: 5)
    let (a, b) = (Self.sample(60, shift: 0.3, using: &generator), Self.sample(80, using: &generator))
    let exact = try MannWhitneyTest(treatment: a, control: b, method: .exact).pValue()
    let normal = try MannWhitneyTest(treatment: a, control: b, method: .normal(continuity: true)).pValue()
    expectClose(exact, normal, relative: 0.02)
    let signed = try SignedRankTest(differences: a, method: .exact).pValue()
    expectClose(
      signed, try SignedRankTest(differences: a, method: .normal(continuity: true)).pValue(), relative: 0.1)
  }

  /// Three of three differences positive: 1 / 2³ on one side.
  @Test func signedRankByHand() throws {
    let test = try SignedRankTest(differences: [0, 1, 2, 3.5])
    #expect(test.v == 6)
    expectClose(test.pValue(.greater), 0.125, relative: 1e-15)
    expectClose(test.pValue(), 0.25, relative: 1e-15)
    // Averages 1, 1.5, 2, 2.25, 2.75, 3.5.
    #expect(test.pseudoMedian == 2.125)
  }

  /// 1, 2 | 3, 4: the gap is 1; 2 of C(4, 2) = 6 orders reach it.
  @Test func kolmogorovSmirnovByHand() throws {
    let test = try KolmogorovSmirnovTest(treatment: [1, 2], control: [3, 4])
    #expect(test.statistic == 1)
    expectClose(test.exactPValue, 1.0 / 3, relative: 1e-14)
    // Both series of Kolmogorov's law meet where one takes over.
    let near = try KolmogorovSmirnovTest(
      treatment: (0..<200).map { Double($0) }, control: (0..<200).map { Double($0) + 20.5 })
    expectClose(near.exactPValue, near.asymptoticPValue, relative: 0.15)
  }

  @Test func faults() {
    let empty = #expect(throws: DomainError.self) { try MannWhitneyTest(treatment: [], control: [1]) }
    #expect(empty?.sentence == "values of the treatment arm = 0, must be at least 1.")
    let apart = #expect(throws: DomainError.self) {
      try ProbabilityOfSuperiority(treatment: [3, 4], control: [1, 2])
    }
    #expect(
      apart?.sentence == "overlap of the arms: must exist: every value of one arm is on one side of the other's.")
    let nothing = #expect(throws: DomainError.self) { try SignedRankTest(differences: [0, 0]) }
    #expect(nothing?.sentence == "differences that are not 0 = 0, must be at least 1.")
    let notANumber = #expect(throws: DomainError.self) { try KolmogorovSmirnovTest(treatment: [.nan], control: [1]) }
    #expect(notANumber?.sentence == "value of the treatment arm: must be a number.")
  }

  /// Skewed values with ties: the tests keep their level, and the intervals their coverage, within 4 standard errors.
  @Test func errorRatesAndCoverage() throws {
    var generator = SeededGenerator(seed: 11)
    let runs = 2000
    var rejected = [String: Int]()
    var covered = [String: Int]()
    // P(T > C) + P(T = C)/2 for the two laws below is 1/2 by symmetry of neither: estimated once from many pairs.
    func value(_ scale: Double) -> Double { (generator.exponential() * scale * 4).rounded() / 4 }
    let pairs = 2_000_000
    var superior = 0.0
    for _ in 0..<pairs {
      let (t, c) = (value(1.5), value(1))
      superior += t > c ? 1 : t == c ? 0.5 : 0
    }
    let truth = superior / Double(pairs)
    for _ in 0..<runs {
      let (a, b) = ((0..<40).map { _ in value(1) }, (0..<60).map { _ in value(1) })
      if try MannWhitneyTest(treatment: a, control: b).pValue() < 0.05 { rejected["normal", default: 0] += 1 }
      if try ProbabilityOfSuperiority(treatment: a, control: b).pValue() < 0.05 { rejected["bm", default: 0] += 1 }
      if try KolmogorovSmirnovTest(treatment: a, control: b).exactPValue < 0.05 { rejected["ks", default: 0] += 1 }
      let signed = zip(a, b).map { $0 - $1 }
      if try SignedRankTest(differences: signed).pValue() < 0.05 { rejected["signed", default: 0] += 1 }
      let c = (0..<40).map { _ in value(1.5) }
      if try ProbabilityOfSuperiority(treatment: c, control: b).interval().contains(truth) {
        covered["superiority", default: 0] += 1
      }
      let (x, y) = (Self.sample(30, shift: 1, using: &generator), Self.sample(25, using: &generator))
      if try MannWhitneyTest(treatment: x, control: y).shiftInterval().contains(1) {
        covered["shift", default: 0] += 1
      }
    }
    let error = 4 * (0.05 * 0.95 / Double(runs)).squareRoot()
    for (name, count) in rejected { #expect(Double(count) / Double(runs) < 0.05 + error, "\(name)") }
    for (name, count) in covered { #expect(Double(count) / Double(runs) > 0.95 - error, "\(name)") }
    // Tests that never reject would pass too.
    #expect(rejected.count == 4)
    for (name, count) in rejected { #expect(Double(count) / Double(runs) > 0.02, "\(name)") }
  }
}
