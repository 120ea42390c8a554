import Basics
import Statistics
import TestSupport
import Testing

/// Every case of Datasets/References/distributions-*.json (mpmath at 50 digits, compared with R), at the case's tolerance.
@Suite struct DistributionReferenceTests {
  @Test(arguments: try References.cases("distributions-normal"))
  func normal(_ c: ReferenceCase) { check(Normal.standard, c) }

  @Test(arguments: try References.cases("distributions-student-t"))
  func studentT(_ c: ReferenceCase) throws { check(try StudentT(degreesOfFreedom: c.number("df")), c) }

  @Test(arguments: try References.cases("distributions-chi-squared"))
  func chiSquared(_ c: ReferenceCase) throws { check(try ChiSquared(degreesOfFreedom: c.number("df")), c) }

  @Test(arguments: try References.cases("distributions-fisher-f"))
  func fisherF(_ c: ReferenceCase) throws { check(try FisherF(c.number("df1"), c.number("df2")), c) }

  @Test(arguments: try References.cases("distributions-gamma"))
  func gamma(_ c: ReferenceCase) throws { check(try Gamma(shape: c.number("shape"), scale: c.number("scale")), c) }

  @Test(arguments: try References.cases("distributions-beta"))
  func beta(_ c: ReferenceCase) throws {
    let law = try Beta(c.number("a"), c.number("b"))
    check(law, c)
    if let expected = c.expected["oneMinusInverseSurvival"].flatMap(number) {
      close(law.oneMinusInverseSurvival(try c.number("p")), expected, c)
    }
  }

  @Test(arguments: try References.cases("distributions-noncentral-t"))
  func noncentralT(_ c: ReferenceCase) throws {
    check(try NoncentralT(degreesOfFreedom: c.number("df"), noncentrality: c.number("ncp")), c)
  }

  @Test(arguments: try References.cases("distributions-binomial"))
  func binomial(_ c: ReferenceCase) throws {
    let trials = try #require(c.input["n"]?.int)
    checkDiscrete(try Binomial(trials: trials, probability: c.number("p")), c)
  }

  @Test(arguments: try References.cases("distributions-poisson"))
  func poisson(_ c: ReferenceCase) throws { checkDiscrete(try Poisson(rate: c.number("rate")), c) }

  @Test(arguments: try References.cases("bivariate-normal"))
  func bivariateNormal(_ c: ReferenceCase) throws {
    let law = try BivariateNormal(correlation: c.number("rho"))
    let expected = try #require(c.expected["cdf"].flatMap(number))
    close(law.cdf(try c.number("x"), try c.number("y")), expected, c)
    close(law.cdf(try c.number("y"), try c.number("x")), expected, c)
  }

  // MARK: - Reading

  private func check(_ law: some ContinuousDistribution, _ c: ReferenceCase) {
    let point = c.input["x"].flatMap(number)
    let probability = c.input["p"].flatMap(number)
    let functions: [(String, Double?, (Double) -> Double)] = [
      ("cdf", point, law.cdf), ("survival", point, law.survival), ("logSurvival", point, law.logSurvival),
      ("logCdf", point, law.logCDF), ("density", point, law.density), ("logDensity", point, law.logDensity),
      ("quantile", probability, law.quantile), ("inverseSurvival", probability, law.inverseSurvival),
    ]
    var checked = 0
    for (name, argument, function) in functions {
      guard let expected = c.expected[name].flatMap(number), let argument else { continue }
      close(function(argument), expected, c)
      checked += 1
    }
    #expect(checked > 0 || c.expected["oneMinusInverseSurvival"] != nil, "nothing to check in \(c)")
  }

  private func checkDiscrete(_ law: some DiscreteDistribution, _ c: ReferenceCase) {
    if let k = c.input["k"]?.int {
      let functions: [(String, (Int) -> Double)] = [
        ("cdf", law.cdf), ("survival", law.survival), ("logSurvival", law.logSurvival), ("mass", law.mass),
        ("logMass", law.logMass),
      ]
      for (name, function) in functions {
        if let expected = c.expected[name].flatMap(number) { close(function(k), expected, c) }
      }
    } else if let q = c.input["q"].flatMap(number) {
      if let expected = c.expected["quantile"]?.int { #expect(law.quantile(q) == expected, "\(c)") }
      if let expected = c.expected["inverseSurvival"]?.int { #expect(law.inverseSurvival(q) == expected, "\(c)") }
    } else {
      Issue.record("nothing to check in \(c)")
    }
  }

  private func close(_ got: Double, _ expected: Double, _ c: ReferenceCase) {
    // The files write values below the normal range as 0.
    let absolute = expected == 0 ? Double.leastNormalMagnitude : c.absoluteTolerance
    expectClose(got, expected, relative: c.tolerance, absolute: absolute, "\(c), \(c.source)")
  }
}

/// A number of a reference file; `"inf"` and `"-inf"` are the infinities.
func number(_ value: JSONValue) -> Double? {
  if let number = value.double { return number }
  return switch value.string {
  case "inf": .infinity
  case "-inf": -.infinity
  default: nil
  }
}

extension ReferenceCase {
  func number(_ key: String) throws -> Double {
    try #require(input[key].flatMap(StatisticsTests.number), "no number '\(key)' in \(self)")
  }
}
