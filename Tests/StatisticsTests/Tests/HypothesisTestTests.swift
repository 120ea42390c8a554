import Statistics
import TestSupport
import Testing

@Suite struct HypothesisTestTests {
  /// Two arms of two positive columns.
  private static func arms(_ generator: inout SeededGenerator, effect: Double) -> (Moments, Moments) {
    func arm(_ shift: Double) -> Moments {
      let x = (0..<40).map { _ in 1 + generator.exponential() }
      return Moments(columns: [x.map { $0 + shift + generator.normal() }, x])
    }
    return (arm(effect), arm(0))
  }

  private static func tests(seed: UInt64) throws -> [any HypothesisTest] {
    var generator = SeededGenerator(seed: seed)
    let (t, c) = arms(&generator, effect: 1.2 * generator.uniform())
    func binary() -> Moments { Moments(columns: [(0..<50).map { _ in generator.uniform() < 0.4 ? 1 : 0 }]) }
    let (bt, bc) = (binary(), binary())
    return [
      try WelchTTest(t, against: c), try PooledTTest(t, against: c), try PairedTTest(pairs: t),
      try RatioTest(treatment: t, control: c), try CUPED.mean(treatment: t, control: c, covariates: [1]),
      try ProportionZTest(treatment: bt, control: bc),
      try ProportionZTest(treatment: bt, control: bc, standardError: .pooled),
    ]
  }

  /// p and interval come from one law: the interval excludes the null value exactly when p < alpha.
  @Test(arguments: 0..<60) func intervalAndPValueAgree(seed: Int) throws {
    for test in try Self.tests(seed: UInt64(seed)) {
      for alternative in Alternative.allCases {
        for alpha in [0.001, 0.05, 0.3] {
          let interval = test.interval(try ConfidenceLevel(alpha: alpha), alternative)
          #expect((test.pValue(alternative) < alpha) == !interval.contains(test.null))
        }
      }
    }
  }

  @Test func oneSidedPValuesAddToOne() throws {
    for test in try Self.tests(seed: 7) { expectClose(test.pValue(.greater) + test.pValue(.less), 1) }
  }

  /// Exchange of the arms changes the sign and nothing else.
  @Test func exchangeOfArms() throws {
    var generator = SeededGenerator(seed: 3)
    let (t, c) = Self.arms(&generator, effect: 0.4)
    let (one, other) = (try WelchTTest(t, against: c), try WelchTTest(c, against: t))
    #expect(one.estimate == -other.estimate)
    #expect(one.pValue() == other.pValue())
    #expect(one.pValue(.greater) == other.pValue(.less))
  }

  /// 1, 2, 3 against 2, 4, 6: difference -2, variances 1/3 and 4/3, so t = -2/√(5/3) and
  /// df = (5/3)² / ((1/3)²/2 + (4/3)²/2) = (25/9) / (17/18) = 50/17.
  @Test func welchByHand() throws {
    let test = try WelchTTest(Moments(columns: [[1, 2, 3]]), against: Moments(columns: [[2, 4, 6]]))
    #expect(test.estimate == -2)
    expectClose(test.statistic, -2 / (5.0 / 3).squareRoot(), relative: 1e-15)
    expectClose(test.degreesOfFreedom, 50.0 / 17, relative: 1e-15)
  }

  /// A tail far out is not rounded to 0: 30 and more standard errors.
  @Test func farTails() throws {
    let t = Moments(count: 1_000_000, mean: [1], crossProducts: [999_999])
    let c = Moments(count: 1_000_000, mean: [0.95], crossProducts: [999_999])
    let p = try WelchTTest(t, against: c).pValue()
    #expect(p > 0 && p < 1e-250)
  }

  /// Values of 1e9 keep the digits of their difference: exact in sixteenths.
  @Test func largeOffsets() throws {
    let t = Moments(columns: [[1e9 + 0.0625, 1e9 + 0.25, 1e9 + 0.5625]])
    let c = Moments(columns: [[1e9, 1e9 + 0.1875, 1e9 + 0.25]])
    // (0.875 - 0.4375) / 3
    expectClose(try WelchTTest(t, against: c).estimate, 0.4375 / 3, relative: 1e-14)
  }

  @Test func nullDifference() throws {
    let (t, c) = (Moments(columns: [[1, 2, 3]]), Moments(columns: [[2, 4, 6]]))
    #expect(try WelchTTest(t, against: c, null: -2).pValue() == 1)
  }

  @Test func sentences() {
    let (one, two) = (Moments(columns: [[1]]), Moments(columns: [[5, 5]]))
    func sentence(_ make: () throws -> some HypothesisTest) -> String {
      do {
        _ = try make()
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(sentence { try WelchTTest(one, against: two) } == "units in the treatment arm = 1, must be at least 2.")
    #expect(sentence { try WelchTTest(two, against: one) } == "units in the control arm = 1, must be at least 2.")
    #expect(
      sentence { try WelchTTest(two, against: two) }
        == "variance of the difference = 0, must be positive: every unit has the same value.")
    #expect(sentence { try PooledTTest(one, against: one) } == "units in both arms = 2, must be at least 3.")
    let zero = Moments(columns: [[1, 2], [1, -1]])
    #expect(
      sentence { try RatioTest(treatment: zero, control: zero) }
        == "mean of the denominator in the treatment arm = 0, must not be 0.")
    #expect(
      sentence { try ProportionZTest(treatment: Moments(columns: [[]]), control: one) }
        == "units in the treatment arm = 0, must be at least 1.")
  }
}
