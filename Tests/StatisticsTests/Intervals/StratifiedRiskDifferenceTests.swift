import Statistics
import TestSupport
import Testing

@Suite struct StratifiedRiskDifferenceTests {
  private func stratum(_ y1: Int, _ n1: Int, _ y0: Int, _ n0: Int) -> StratifiedRiskDifference.Stratum {
    StratifiedRiskDifference.Stratum(exposedSuccesses: y1, exposed: n1, otherSuccesses: y0, others: n0)
  }

  /// 15 of 20 against 6 of 20: Sato's P = -2.25, Q = 3, weight 10, so (3 - 0.45 · 2.25) / 100 = 0.019875, which is also
  /// 0.75 · 0.25 / 20 + 0.3 · 0.7 / 20.
  @Test func oneStratumIsTheDifferenceOfTwoShares() throws {
    let one = try StratifiedRiskDifference([stratum(15, 20, 6, 20)])
    expectClose(one.estimate, 0.45, relative: 1e-14)
    expectClose(one.standardError * one.standardError, 0.019875, relative: 1e-13)
  }

  /// The second stratum is 6 of 8 against 1 of 2: weight 8 · 2 / 10 = 1.6, difference 0.25, so 0.4 of the sum. The third has
  /// nobody to compare with.
  @Test func strataAreWeightedByTheirSizes() throws {
    let two = try StratifiedRiskDifference([stratum(15, 20, 6, 20), stratum(6, 8, 1, 2), stratum(3, 4, 0, 0)])
    expectClose(two.estimate, (4.5 + 0.4) / 11.6, relative: 1e-14)
  }

  @Test func faults() {
    #expect(throws: DomainError.self) { try StratifiedRiskDifference([stratum(1, 2, 0, 0)]) }
    #expect(throws: DomainError.self) { try StratifiedRiskDifference([stratum(2, 2, 3, 3)]) }
    #expect(throws: DomainError.self) { try StratifiedRiskDifference([]) }
  }
}
