import Basics
import Statistics

extension KernelRegistry {
  mutating func registerDistributions() {
    register("distributions-normal") { try continuous(Normal.standard, $0) }
    register("distributions-student-t") {
      try continuous(StudentT(degreesOfFreedom: $0.number("df")), $0)
    }
    register("distributions-chi-squared") { try continuous(ChiSquared(degreesOfFreedom: $0.number("df")), $0) }
    register("distributions-fisher-f") { try continuous(FisherF($0.number("df1"), $0.number("df2")), $0) }
    register("distributions-gamma") { try continuous(Gamma(shape: $0.number("shape"), scale: $0.number("scale")), $0) }
    register("distributions-beta") { input in
      let beta = try Beta(input.number("a"), input.number("b"))
      var result = try continuous(beta, input)
      if case .object(var object) = result, let p = input["p"]?.double {
        object["oneMinusInverseSurvival"] = Reading.value(beta.oneMinusInverseSurvival(p))
        result = .object(object)
      }
      return result
    }
    register("distributions-binomial") {
      try discrete(Binomial(trials: $0.integer("n"), probability: $0.number("p")), $0)
    }
    register("distributions-noncentral-t") {
      try continuous(NoncentralT(degreesOfFreedom: $0.number("df"), noncentrality: $0.number("ncp")), $0)
    }
    register("bivariate-normal") { input in
      let law = try BivariateNormal(correlation: input.number("rho"))
      let (x, y) = (try input.number("x"), try input.number("y"))
      return ["cdf": Reading.value(law.cdf(x, y)), "logCdf": Reading.value(law.logCDF(x, y))]
    }
    register("distributions-poisson") { try discrete(Poisson(rate: $0.number("rate")), $0) }
  }
}

private func continuous(_ law: some ContinuousDistribution, _ input: JSONValue) throws -> JSONValue {
  if input["x"] != nil {
    let x = try input.number("x")
    return [
      "cdf": Reading.value(law.cdf(x)), "survival": Reading.value(law.survival(x)),
      "logSurvival": Reading.value(law.logSurvival(x)), "logCdf": Reading.value(law.logCDF(x)),
      "density": Reading.value(law.density(x)), "logDensity": Reading.value(law.logDensity(x)),
    ]
  }
  let p = try input.number("p")
  return ["quantile": Reading.value(law.quantile(p)), "inverseSurvival": Reading.value(law.inverseSurvival(p))]
}

private func discrete(_ law: some DiscreteDistribution, _ input: JSONValue) throws -> JSONValue {
  if input["k"] != nil {
    let k = try input.integer("k")
    return [
      "cdf": Reading.value(law.cdf(k)), "survival": Reading.value(law.survival(k)),
      "logSurvival": Reading.value(law.logSurvival(k)), "mass": Reading.value(law.mass(k)),
      "logMass": Reading.value(law.logMass(k)),
    ]
  }
  let q = try input.number("q")
  return ["quantile": .integer(law.quantile(q)), "inverseSurvival": .integer(law.inverseSurvival(q))]
}
