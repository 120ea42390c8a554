import Statistics
import TestSupport
import Testing

@Suite struct PermutationTests {
  /// A sample of relabellings comes near the enumeration, and its p-value is never 0.
  @Test func sampledMeetsEnumerated() throws {
    let (a, b) = ([5.1, 4.8, 7.7, 6.1, 5.9, 8.8], [4.1, 5.0, 3.2, 4.4, 6.0, 2.2, 3.1])
    let exact = try PermutationTest(treatment: a, control: b)
    #expect(exact.isExact && exact.permutations == 1716)
    var generator = SeededGenerator(seed: 2)
    let sampled = try PermutationTest(treatment: a, control: b, permutations: 40_000, using: &generator)
    for side in Alternative.allCases {
      let p = exact.pValue(side)
      expectClose(sampled.pValue(side), p, relative: 0, absolute: 4 * (p * (1 - p) / 40_000).squareRoot() + 1e-4)
    }
    let far = try PermutationTest(
      treatment: [101, 102, 103, 104], control: [1, 2, 3, 4], permutations: 9, using: &generator)
    #expect(far.pValue(.greater) >= 0.1)
  }

  /// Adding a constant to every value changes nothing, not even at 1e9.
  @Test func shiftsDoNotMatter() throws {
    let (a, b) = ([1.0, 4, 2.5], [3.0, 0.5, 2, 2])
    let plain = try PermutationTest(treatment: a, control: b)
    let far = try PermutationTest(treatment: a.map { $0 + 1e9 }, control: b.map { $0 + 1e9 })
    for side in Alternative.allCases { #expect(plain.pValue(side) == far.pValue(side)) }
  }

  @Test func faults() {
    let many = #expect(throws: DomainError.self) {
      try PermutationTest(treatment: .init(repeating: 1, count: 30), control: .init(repeating: 2, count: 30))
    }
    // C(60, 30), to the digits of a double.
    #expect(
      many?.sentence
        == "relabellings = 1.1826458156486142e+17, are too many to enumerate; sample them with a generator."
    )
    let infinite = #expect(throws: DomainError.self) { try PermutationTest(treatment: [.infinity], control: [1]) }
    #expect(infinite?.sentence == "value of the treatment arm = inf, must be finite.")
  }

  /// The exact test of exchangeable arms rejects at most at its level.
  @Test func errorRate() throws {
    var generator = SeededGenerator(seed: 6)
    let runs = 3000
    var rejected = 0
    for _ in 0..<runs {
      let values = (0..<11).map { _ in generator.exponential() }
      if try PermutationTest(treatment: Array(values[..<5]), control: Array(values[5...])).pValue() <= 0.05 {
        rejected += 1
      }
    }
    let share = Double(rejected) / Double(runs)
    #expect(share < 0.05 + 4 * (0.05 * 0.95 / Double(runs)).squareRoot())
    #expect(share > 0.03)
  }
}

@Suite struct MarginTests {
  /// Welch's test of two arms with difference 1, standard error 0.5 and many degrees of freedom.
  private func test() throws -> WelchTTest {
    var generator = SeededGenerator(seed: 4)
    let treatment = Moments(columns: [(0..<400).map { _ in 1 + generator.normal() }])
    let control = Moments(columns: [(0..<500).map { _ in generator.normal() }])
    return try WelchTTest(treatment, against: control)
  }

  /// Non-inferiority and equivalence say what the interval says.
  @Test func agreesWithTheInterval() throws {
    let test = try test()
    let oneSided = test.interval(try ConfidenceLevel(alpha: 0.05), .greater).lower
    expectClose(test.pValue(margin: oneSided), 0.05, relative: 1e-9)
    let inner = test.interval(try ConfidenceLevel(alpha: 0.1))
    #expect(test.equivalencePValue((inner.lower - 1e-9)...(inner.upper + 1e-9)) <= 0.05 + 1e-6)
    #expect(test.equivalencePValue((inner.lower + 0.001)...(inner.upper + 1)) > 0.05)
    #expect(test.pValue(margin: 0, .twoSided) == test.pValue())
  }

  /// At the edge of the margins equivalence is declared in 5 % of the samples.
  @Test func errorRateAtTheMargin() throws {
    var generator = SeededGenerator(seed: 9)
    let runs = 4000
    var declared = 0
    for _ in 0..<runs {
      let treatment = Moments(columns: [(0..<60).map { _ in 0.5 + generator.normal() }])
      let control = Moments(columns: [(0..<60).map { _ in generator.normal() }])
      if try WelchTTest(treatment, against: control).equivalencePValue(-2...0.5) < 0.05 { declared += 1 }
    }
    expectClose(
      Double(declared) / Double(runs), 0.05, relative: 0, absolute: 4 * (0.05 * 0.95 / Double(runs)).squareRoot())
  }
}
