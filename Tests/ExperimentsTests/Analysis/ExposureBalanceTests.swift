import Experiments
import Testing

@Suite struct ExposureBalanceTests {
  /// `cells`: units by arm (rows) and value of one group; the last `several` units of the first cell saw several arms.
  private static func counts(
    _ cells: [[Int]], arms: [String] = ["a", "b"], values: [String], several: Int = 0
  ) -> ExposureBalance.Counts {
    var (armOfUnit, valueOfUnit): ([Int32], [Int32]) = ([], [])
    for (arm, row) in cells.enumerated() {
      for (value, count) in row.enumerated() {
        armOfUnit += [Int32](repeating: Int32(arm), count: count)
        valueOfUnit += [Int32](repeating: Int32(value), count: count)
      }
    }
    let isSeveral = armOfUnit.indices.map { $0 < several }
    return ExposureBalance.Counts(
      exposures: armOfUnit.count + several, arms: arms, armOfUnit: armOfUnit, isInSeveral: isSeveral,
      groups: [("country", values, valueOfUnit)])
  }

  private static let half = [(name: "a", weight: 1.0), (name: "b", weight: 1.0)]

  @Test("shares in all and by value, by hand")
  func byHand() throws {
    let balance = try ExposureBalance(
      Self.counts([[520, 40, 3], [480, 60, 1]], values: ["no", "se", "fi"]), weights: Self.half, handling: .first)
    #expect(balance.units == 1104 && balance.arms.map(\.units) == [563, 541] && balance.passed)
    // chi-squared of 563 and 541 is 2 · 11² / 552 = 0.4384, on one degree of freedom; p by scipy.stats.chi2.sf.
    #expect(abs(balance.sampleRatio.first - 0.5078929) < 1e-7)
    let lines = balance.groups[0].lines
    // 520:480 is 1.6, p = 0.205903; 40:60 is 4, p = 0.0455003; of 3:1 fewer than 5 are expected.
    #expect(abs((lines[0].pValue ?? 0) - 0.205903) < 1e-6 && abs((lines[1].pValue ?? 0) - 0.0455003) < 1e-6)
    #expect(abs((lines[1].adjustedPValue ?? 0) - 0.0910006) < 1e-6)
    #expect(lines[2].pValue == nil && lines[2].adjustedPValue == nil)
  }

  @Test("a country whose shares are wrong is named, though all together look right")
  func segment() throws {
    let balance = try ExposureBalance(
      Self.counts([[700, 300], [500, 500]], values: ["no", "se"]), weights: Self.half, handling: .first)
    #expect(balance.sampleRatio.first == 1)
    #expect(balance.findings == ["By country, the shares are wrong in 2 of 2: 'no', 'se'."])
  }

  @Test("dead arms, arms of weight 0, units in several arms")
  func findings() throws {
    let weights = Self.half + [(name: "c", weight: 1.0), (name: "d", weight: 0.0)]
    let cells = [[500], [500], [4]]
    let balance = try ExposureBalance(
      Self.counts(cells, arms: ["a", "b", "d"], values: ["x"], several: 100), weights: weights, handling: .exclude)
    #expect(balance.arms.map(\.units) == [400, 500, 0, 4])
    #expect(
      balance.findings == [
        "'c' is dead: no unit arrived.", "'d' has weight 0 and 4 units.",
        "The arms' counts are not in their planned shares: find the cause before reading any effect.",
        "By country, the shares are wrong in 1 of 1: 'x'.",
        "100 of 1,004 units were exposed to several arms; they are left out.",
      ])
  }

  @Test("the shares are tested with and without units in several arms")
  func handling() throws {
    let counts = Self.counts([[600], [500]], values: ["x"], several: 100)
    let first = try ExposureBalance(counts, weights: nil, handling: .first)
    let excluded = try ExposureBalance(counts, weights: nil, handling: .exclude)
    #expect(first.sampleRatio == excluded.sampleRatio)
    // 600:500 is 100²/1100 = 9.0909, p by scipy.stats.chi2.sf = 0.0025688315; 500:500 is even.
    #expect(abs(first.sampleRatio.first - 0.0025688315) < 1e-10 && first.sampleRatio.excluded == 1)
    #expect(first.arms.map(\.units) == [600, 500] && excluded.arms.map(\.units) == [500, 500])
  }

  @Test func faults() throws {
    let counts = Self.counts([[1], [1]], arms: ["a", "z"], values: ["x"])
    #expect {
      try ExposureBalance(counts, weights: Self.half, handling: .first)
    } throws: {
      "\($0)" == "no weight is given for the arm 'z'. Give one for each arm, or none."
    }
    #expect {
      try ExposureBalance(counts, weights: [("a", .nan), ("z", 1)], handling: .first)
    } throws: {
      "\($0)" == "the weight of 'a' is nan; it must be a finite number, not negative."
    }
  }
}
