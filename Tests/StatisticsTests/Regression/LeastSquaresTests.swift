import Basics
import Statistics
import TestSupport
import Testing

@Suite struct LeastSquaresTests {
  /// (0, 1), (1, 3), (2, 4): slope 3/2, intercept 7/6, residuals -1/6, 1/3, -1/6, residual sum of squares 1/6.
  @Test func byHand() throws {
    let fit = try LeastSquares(columns: [[1, 1, 1], [0, 1, 2]], response: [1, 3, 4])
    expectClose(fit.coefficients[0] ?? .nan, 7.0 / 6, relative: 1e-14)
    expectClose(fit.coefficients[1] ?? .nan, 1.5, relative: 1e-14)
    expectClose(fit.residualSumOfSquares, 1.0 / 6, relative: 1e-13)
    for (got, expected) in zip(fit.residuals, [-1.0 / 6, 1.0 / 3, -1.0 / 6]) {
      expectClose(got, expected, relative: 1e-13)
    }
    // Leverage 1/3 + (x - 1)² / 2.
    for (got, expected) in zip(fit.leverages, [5.0 / 6, 1.0 / 3, 5.0 / 6]) {
      expectClose(got, expected, relative: 1e-13)
    }
  }

  /// NIST StRD: nine digits of every coefficient and standard error, Filip and Wampler5 included. Numbers that are 0 where data
  /// lie on the curve are absolute.
  @Test(arguments: try References.cases("least-squares", function: "polynomialFit"))
  func nineDigitsOfNIST(_ c: ReferenceCase) throws {
    let degree = try #require(c.input["degree"]?.int)
    let intercept = c.input["intercept"]?.bool ?? true
    let (x, y) = (try #require(c.input["x"]?.array), try #require(c.input["y"]?.array))
    let fit = try LeastSquares.polynomial(
      x.compactMap(number), degree: degree, response: y.compactMap(number), hasIntercept: intercept)
    let expected = try #require(c.expected["coefficients"]?.array).compactMap(number)
    #expect(fit.coefficients.count == expected.count)
    for (got, value) in zip(fit.coefficients, expected) { expectClose(got ?? .nan, value, relative: 1e-9) }
    let errors = try #require(c.expected["standardErrors"]?.array).compactMap(number)
    for (got, value) in zip(fit.standardErrors(), errors) {
      expectClose(got ?? .nan, value, relative: 1e-9, absolute: 1e-12)
    }
  }

  /// The later of dependent columns has no coefficient and no standard error, whatever its size.
  @Test func laterColumnsAreAliased() throws {
    let x = [1.0, 2, 4, 8, 9]
    let fit = try LeastSquares(
      columns: [x.map { _ in 1 }, x, x.map { 1e6 * $0 + 5 }, x.map { $0 * $0 }], response: [2, 1, 5, 7, 9])
    #expect(fit.aliased == [2])
    #expect(fit.rank == 3)
    #expect(fit.coefficients[2] == nil)
    for kind in [LeastSquares.CovarianceKind.classical, .hc0, .hc1, .hc2, .hc3] {
      #expect(fit.standardErrors(kind).map { $0 == nil } == [false, false, true, false])
    }
  }

  /// A weight of 2 is the observation twice, as far as coefficients go.
  @Test func weightsRepeat() throws {
    let weighted = try LeastSquares(
      columns: [[1, 1, 1], [0, 1, 3]], response: [1, 3, 4], weights: [2, 1, 1])
    let repeated = try LeastSquares(columns: [[1, 1, 1, 1], [0, 0, 1, 3]], response: [1, 1, 3, 4])
    expectClose(weighted.coefficients[1] ?? .nan, repeated.coefficients[1] ?? .nan, relative: 1e-13)
  }

  /// Clusters of one observation each: CR0 is HC0, CR2 is HC2.
  @Test func clustersOfOne() throws {
    var generator = SeededGenerator(seed: 8)
    let x = (0..<30).map { _ in generator.normal() }
    let fit = try LeastSquares(
      columns: [x.map { _ in 1 }, x], response: x.map { 2 * $0 + (1 + $0 * $0) * generator.normal() })
    let pairs = [
      (try fit.standardErrors(clusters: Array(0..<30), .cr0), fit.standardErrors(.hc0)),
      (try fit.standardErrors(clusters: Array(0..<30), .cr2), fit.standardErrors(.hc2)),
    ]
    for (clustered, robust) in pairs {
      for (a, b) in zip(clustered, robust) { expectClose(a ?? .nan, b ?? .nan, relative: 1e-12) }
    }
  }

  @Test func sentences() {
    func sentence(_ columns: [[Double]], _ y: [Double], _ weights: [Double]? = nil) -> String {
      do {
        _ = try LeastSquares(columns: columns, response: y, weights: weights)
        return "no error"
      } catch { return error.description }
    }
    #expect(sentence([[1]], []) == "observations = 0, must be at least 1.")
    #expect(sentence([], [1]) == "columns of the design = 0, must be at least 1.")
    #expect(sentence([[1]], [1, 2]) == "values in a column = 1, must be as many as responses (2).")
    #expect(sentence([[1, .infinity]], [1, 2]) == "value = inf, must be finite.")
    #expect(sentence([[1, 1]], [1, 2], [1, 0]) == "weight = 0, must be positive.")
  }
}
