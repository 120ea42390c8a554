import Statistics
import TestSupport
import Testing

@Suite struct ScoreTestTests {
  private static let tables: [(Int, Int, Int, Int)] = [
    (0, 10, 0, 12), (0, 10, 12, 12), (10, 10, 0, 12), (10, 10, 12, 12), (3, 20, 9, 25), (0, 50, 3, 40),
    (50, 50, 37, 40),
    (1, 1, 0, 1), (481, 10_000, 533, 10_100),
  ]

  private static func test(_ t: (Int, Int, Int, Int), null: Double = 0) throws -> ScoreTest {
    try ScoreTest(TwoProportions(treatment: (t.0, t.1), control: (t.2, t.3)), null: null)
  }

  /// The limits are the null values at which the two-sided p-value is 5 %, wherever they are not ±1.
  @Test(arguments: tables) func limitsInvertTheTest(_ table: (Int, Int, Int, Int)) throws {
    let interval = try Self.test(table).interval()
    for limit in [interval.lower, interval.upper] where abs(limit) < 1 - 1e-9 {
      expectClose(try Self.test(table, null: limit).pValue(), 0.05, relative: 1e-8)
    }
    #expect(interval.contains(try Self.test(table).estimate))
  }

  /// Neither the names of the arms nor those of the outcomes matter.
  @Test(arguments: tables) func symmetries(_ t: (Int, Int, Int, Int)) throws {
    let interval = try Self.test(t).interval()
    let arms = try Self.test((t.2, t.3, t.0, t.1)).interval()
    let outcomes = try Self.test((t.1 - t.0, t.1, t.3 - t.2, t.3)).interval()
    for mirrored in [arms, outcomes] {
      expectClose(mirrored.lower, -interval.upper, relative: 1e-9, absolute: 1e-12)
      expectClose(mirrored.upper, -interval.lower, relative: 1e-9, absolute: 1e-12)
    }
  }

  @Test func limitsAtTheEnds() throws {
    #expect(try Self.test((10, 10, 0, 12)).interval().upper == 1)
    #expect(try Self.test((0, 10, 12, 12)).interval().lower == -1)
  }

  @Test func sentences() {
    func sentence(_ make: () throws(DomainError) -> Void) -> String {
      do {
        try make()
        return "no error"
      } catch { return error.description }
    }
    #expect(
      sentence { () throws(DomainError) in _ = try TwoProportions(treatment: (3, 2), control: (0, 1)) }
        == "successes in the treatment arm = 3, must be between 0 and the 2 trials.")
    #expect(
      sentence { () throws(DomainError) in _ = try TwoProportions(treatment: (0, 2), control: (0, 0)) }
        == "trials in the control arm = 0, must be at least 1.")
    #expect(
      sentence { () throws(DomainError) in
        _ = try ScoreTest(TwoProportions(treatment: (0, 2), control: (0, 1)), null: 1)
      } == "difference under the null hypothesis = 1, must be in (-1, 1).")
  }
}
