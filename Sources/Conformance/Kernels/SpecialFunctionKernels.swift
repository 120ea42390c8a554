import Basics
import Foundation
import Statistics

extension KernelRegistry {
  mutating func registerSpecialFunctions() {
    one("logGamma", Special.logGamma)
    one("erf", Special.erf)
    one("erfc", Special.erfc)
    one("erfcx", Special.erfcx)
    one("digamma", Special.digamma)
    one("trigamma", Special.trigamma)
    one("log1p", { log1p($0) })
    one("expm1", { expm1($0) })
    one("log1mexp", Special.log1mexp)
    one("logit", Special.logit)
    one("logistic", Special.logistic)
    two("lbeta", "a", "b", Special.lbeta)
    two("gammaP", "a", "x", Special.gammaP)
    two("gammaQ", "a", "x", Special.gammaQ)
    two("inverseGammaP", "a", "p", Special.inverseGammaP)
    two("inverseGammaQ", "a", "q", Special.inverseGammaQ)
    register("special-functions.incompleteGamma") { input in
      let (a, x) = (try input.number("a"), try input.number("x"))
      return ["lower": Reading.value(Special.gammaP(a, x)), "upper": Reading.value(Special.gammaQ(a, x))]
    }
    register("special-functions.incompleteBeta") { input in
      let (a, b, x) = (try input.number("a"), try input.number("b"), try input.number("x"))
      return ["lower": Reading.value(Special.betaI(a, b, x)), "upper": Reading.value(Special.betaIComplement(a, b, x))]
    }
    three("betaI", "x", Special.betaI)
    three("betaIComplement", "x", Special.betaIComplement)
    three("inverseBetaI", "p", Special.inverseBetaI)
  }

  private mutating func one(_ name: String, _ function: @escaping @Sendable (Double) -> Double) {
    register("special-functions.\(name)") { input in
      let argument = input["x"] != nil ? try input.number("x") : try input.number("p")
      return ["value": Reading.value(function(argument))]
    }
  }

  private mutating func two(
    _ name: String, _ a: String, _ b: String, _ function: @escaping @Sendable (Double, Double) -> Double
  ) {
    register("special-functions.\(name)") { input in
      ["value": Reading.value(function(try input.number(a), try input.number(b)))]
    }
  }

  private mutating func three(
    _ name: String, _ argument: String, _ function: @escaping @Sendable (Double, Double, Double) -> Double
  ) {
    register("special-functions.\(name)") { input in
      ["value": Reading.value(function(try input.number("a"), try input.number("b"), try input.number(argument)))]
    }
  }
}
