import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct ContingencyTests {
  /// O = 10, 20 / 30, 40: E = 12, 18 / 28, 42, so X² = 4/12 + 4/18 + 4/28 + 4/42 = 50/63.
  @Test func pearsonByHand() throws {
    let table = try ContingencyTable([[10, 20], [30, 40]])
    expectClose(table.chiSquared().statistic, 50.0 / 63, relative: 1e-14)
    expectClose(table.cramersV, (50.0 / 63 / 100).squareRoot(), relative: 1e-14)
    #expect(table.degreesOfFreedom == 1)
  }

  @Test func emptyRowsAndColumnsTakeNoPart() throws {
    let table = try ContingencyTable([[10, 0, 20], [0, 0, 0], [30, 0, 40]])
    #expect(table == (try ContingencyTable([[10, 20], [30, 40]])))
  }

  @Test func proportionalRowsAreIndependent() throws {
    let table = try ContingencyTable([[3, 6, 9], [5, 10, 15]])
    #expect(table.chiSquared().pValue == 1)
    expectClose(table.likelihoodRatio().statistic, 0, relative: 0, absolute: 1e-12)
  }

  @Test func faults() {
    let one = #expect(throws: DomainError.self) { try ContingencyTable([[1, 2], [0, 0]]) }
    #expect(one?.sentence == "rows and columns with counts = 1, must be at least 2.")
    let ragged = #expect(throws: DomainError.self) { try ContingencyTable([[1, 2], [0]]) }
    #expect(ragged?.sentence == "rows of the table: must have one length.")
    let negative = #expect(throws: DomainError.self) { try ContingencyTable([[1, -2], [1, 1]]) }
    #expect(negative?.sentence == "count = -2, must not be negative.")
  }

  /// 2 x 3 tables of independent counts: neither test rejects more often than its level, within 4 standard errors.
  @Test func errorRate() throws {
    var generator = SeededGenerator(seed: 8)
    let runs = 4000
    var (pearson, likelihood) = (0, 0)
    for _ in 0..<runs {
      var counts = [[0, 0, 0], [0, 0, 0]]
      for _ in 0..<300 {
        let column = generator.uniform() < 0.5 ? 0 : generator.uniform() < 0.6 ? 1 : 2
        counts[generator.uniform() < 0.4 ? 0 : 1][column] += 1
      }
      let table = try ContingencyTable(counts)
      if table.chiSquared().pValue < 0.05 { pearson += 1 }
      if table.likelihoodRatio().pValue < 0.05 { likelihood += 1 }
    }
    for rejected in [pearson, likelihood] {
      expectClose(Double(rejected) / Double(runs), 0.05, relative: 0, absolute: 4 * (0.05 * 0.95 / 4000).squareRoot())
    }
  }
}

@Suite struct ExactProportionTests {
  private static func table(_ a: Int, _ n: Int, _ c: Int, _ m: Int) throws -> TwoProportions {
    try TwoProportions(treatment: (a, n), control: (c, m))
  }

  /// The lady tasting tea: 4 of 4 right has probability 1 / C(8, 4) = 1/70.
  @Test func fisherByHand() throws {
    let test = FisherExactTest(try Self.table(4, 4, 0, 4))
    expectClose(test.pValue(.greater), 1.0 / 70, relative: 1e-13)
    expectClose(test.pValue(), 2.0 / 70, relative: 1e-13)
    #expect(test.pValue(.less) == 1)
    #expect(test.conditionalOddsRatio == .infinity)
    #expect(test.oddsRatioInterval().upper == .infinity)
  }

  @Test func oneMarginWithoutSuccessesSaysNothing() throws {
    let test = FisherExactTest(try Self.table(0, 5, 0, 9))
    #expect(test.pValue() == 1)
    #expect(test.oddsRatioInterval() == Interval(0, .infinity))
  }

  /// Tables of a million units cost some standard deviations of terms, and agree with the normal score test.
  @Test func largeTables() throws {
    let table = try Self.table(50_300, 500_000, 49_800, 500_000)
    let fisher = FisherExactTest(table).pValue()
    let score = try ScoreTest(table, variance: .mee).pValue()
    expectClose(fisher, score, relative: 0.01)
    let far = FisherExactTest(try Self.table(60_000, 500_000, 40_000, 500_000)).pValue()
    #expect(far == 0)
    #expect(FisherExactTest(try Self.table(900, 1000, 100, 1000)).pValue() > 0)
  }

  /// Exact tests never reject a true null more often than their level, whatever the rate; the unconditional ones come nearer.
  @Test(arguments: [0.1, 0.3, 0.5]) func exactSize(rate: Double) throws {
    let (n, m) = (15, 12)
    let a = try Binomial(trials: n, probability: rate)
    let b = try Binomial(trials: m, probability: rate)
    var size = (fisher: 0.0, barnard: 0.0, boschloo: 0.0)
    for x in 0...n {
      for y in 0...m {
        let table = try Self.table(x, n, y, m)
        let mass = a.mass(x) * b.mass(y)
        if FisherExactTest(table).pValue() <= 0.05 { size.fisher += mass }
        if try UnconditionalExactTest(table).pValue() <= 0.05 { size.barnard += mass }
        if try UnconditionalExactTest(table, order: .boschloo).pValue() <= 0.05 { size.boschloo += mass }
      }
    }
    for exact in [size.fisher, size.barnard, size.boschloo] { #expect(exact <= 0.05 + 1e-9) }
    #expect(size.barnard > size.fisher)
  }

  /// Boschloo's test is never less powerful than Fisher's: its one-sided p is at most Fisher's.
  @Test func boschlooIsAtMostFisher() throws {
    for x in 0...8 {
      for y in 0...6 {
        let table = try Self.table(x, 8, y, 6)
        let boschloo = try UnconditionalExactTest(table, order: .boschloo)
        for side in [Alternative.greater, .less] {
          #expect(boschloo.pValue(side) <= FisherExactTest(table).pValue(side) * (1 + 1e-9))
        }
      }
    }
  }

  @Test func tooManyUnits() throws {
    let table = try Self.table(1, 1500, 2, 1500)
    let fault = #expect(throws: DomainError.self) { try UnconditionalExactTest(table) }
    #expect(
      fault?.sentence == "units of both arms = 3000, must be at most 2000 for an unconditional exact test.")
  }
}
