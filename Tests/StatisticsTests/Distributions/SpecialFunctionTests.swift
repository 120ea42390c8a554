import Foundation
import Statistics
import TestSupport
import Testing

/// Every case of Datasets/References/special-functions.json (mpmath at 50 digits), at the case's tolerance.
@Suite struct SpecialFunctionTests {
  private static let ofOne: [String: @Sendable (Double) -> Double] = [
    "logGamma": Special.logGamma, "erf": Special.erf, "erfc": Special.erfc, "erfcx": Special.erfcx,
    "digamma": Special.digamma, "trigamma": Special.trigamma, "log1mexp": Special.log1mexp, "logit": Special.logit,
    "logistic": Special.logistic, "log1p": { log1p($0) }, "expm1": { expm1($0) },
  ]
  private static let ofTwo: [String: (second: String, function: @Sendable (Double, Double) -> Double)] = [
    "lbeta": ("b", Special.lbeta), "gammaP": ("x", Special.gammaP), "gammaQ": ("x", Special.gammaQ),
    "inverseGammaP": ("p", Special.inverseGammaP), "inverseGammaQ": ("q", Special.inverseGammaQ),
  ]
  private static let ofThree: [String: (third: String, function: @Sendable (Double, Double, Double) -> Double)] = [
    "betaI": ("x", Special.betaI), "betaIComplement": ("x", Special.betaIComplement),
    "inverseBetaI": ("p", Special.inverseBetaI),
  ]

  @Test(arguments: try References.cases("special-functions"))
  func agrees(_ c: ReferenceCase) throws {
    let name = try #require(c.function)
    if let function = Self.ofOne[name] {
      try expect(function(c.number(c.input["x"] == nil ? "p" : "x")), c)
    } else if let (second, function) = Self.ofTwo[name] {
      try expect(function(c.number("a"), c.number(second)), c)
    } else if let (third, function) = Self.ofThree[name] {
      try expect(function(c.number("a"), c.number("b"), c.number(third)), c)
    } else if name == "incompleteGamma" {
      try expect(Special.gammaP(c.number("a"), c.number("x")), c, "lower")
      try expect(Special.gammaQ(c.number("a"), c.number("x")), c, "upper")
    } else if name == "incompleteBeta" {
      try expect(Special.betaI(c.number("a"), c.number("b"), c.number("x")), c, "lower")
      try expect(Special.betaIComplement(c.number("a"), c.number("b"), c.number("x")), c, "upper")
    } else {
      Issue.record("no function '\(name)'")
    }
  }

  /// Q(a, x) of a tiny shape is about a E₁(x): mpmath at 60 digits for a = 1e-8 and x = 1/2.
  @Test func complementOfATinyShape() {
    expectClose(Special.gammaQ(1e-8, 0.5), 5.597735977099587e-09, relative: 1e-13)
    expectClose(Special.inverseGammaQ(1e-8, 5.597735977099587e-09), 0.5, relative: 1e-12)
  }

  private func expect(_ got: Double, _ c: ReferenceCase, _ key: String = "value") throws {
    let expected = try #require(c.expected[key].flatMap(number))
    // The files' rule: the tolerance is absolute where the expected number is 0.
    let absolute = expected == 0 ? c.tolerance : c.absoluteTolerance
    expectClose(got, expected, relative: c.tolerance, absolute: absolute, "\(c), \(c.source)")
  }
}
