import Basics
import Statistics

extension KernelRegistry {
  mutating func registerSurvival() {
    register("survival.kaplanMeier") { input in
      let curve = try kaplanMeier(input, scale: "confType")
      return [
        "time": Reading.value(curve.data.times), "atRisk": Reading.value(curve.data.atRisk),
        "events": Reading.value(curve.data.events), "survival": Reading.value(curve.survival),
        "greenwood": Reading.value(curve.standardErrors), "lower": Reading.value(curve.lower),
        "upper": Reading.value(curve.upper), "median": Reading.value(curve.median),
        "medianLower": Reading.value(curve.medianLower), "medianUpper": Reading.value(curve.medianUpper),
      ]
    }
    register("median-survival") { input in
      let curve = try kaplanMeier(input, scale: "interval")
      return [
        "median": Reading.value(curve.median), "lower": Reading.value(curve.medianLower),
        "upper": Reading.value(curve.medianUpper),
      ]
    }
    register("survival.nelsonAalen") { input in
      let estimate = try NelsonAalen(survivalData(input))
      return [
        "time": Reading.value(estimate.data.times), "cumulativeHazard": Reading.value(estimate.cumulativeHazard),
        "standardError": Reading.value(estimate.standardErrors),
      ]
    }
    for name in ["survival.logRank", "survival.stratifiedLogRank"] { register(name, logRank) }
    register("survival.restrictedMean") { input in
      let mean = try RestrictedMean(KaplanMeier(survivalData(input)), horizon: input.number("tau"))
      return ["rmst": Reading.value(mean.estimate), "standardError": Reading.value(mean.standardError)]
    }
    register("survival.coxPH", cox)
  }
}

private func events(_ input: JSONValue) throws -> [Bool] { try input.numbers("event").map { $0 == 1 } }

private func survivalData(_ input: JSONValue) throws -> SurvivalData {
  try SurvivalData(
    time: input.numbers("time"), event: events(input),
    entry: input["entry"]?.array == nil ? nil : input.numbers("entry"))
}

private func kaplanMeier(_ input: JSONValue, scale: String) throws -> KaplanMeier {
  guard let kind = KaplanMeier.IntervalScale(rawValue: input[scale]?.string ?? "log-log") else {
    throw KernelInputFault(key: scale, expected: "a scale of survival intervals")
  }
  return KaplanMeier(try survivalData(input), level: try input.confidence(), scale: kind)
}

private func logRank(_ input: JSONValue) throws -> JSONValue {
  let group = try input.integers("group")
  let labels = Set(group).sorted()
  let places = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
  let test = try LogRank(
    time: input.numbers("time"), event: events(input), group: group.compactMap { places[$0] }, groups: labels.count,
    strata: input["strata"]?.array == nil ? nil : input.integers("strata"),
    weighting: .flemingHarrington(rho: input.number("rho", default: 0), gamma: input.number("gamma", default: 0)))
  return [
    "observed": Reading.value(test.observed), "expected": Reading.value(test.expected),
    "statistic": Reading.value(test.statistic), "degreesOfFreedom": .integer(test.degreesOfFreedom),
    "pValue": Reading.value(test.pValue),
  ]
}

private func cox(_ input: JSONValue) throws -> JSONValue {
  guard let ties = CoxRegression.Ties(rawValue: input["ties"]?.string ?? "efron") else {
    throw KernelInputFault(key: "ties", expected: "'efron' or 'breslow'")
  }
  guard let names = input["covariates"]?.array?.compactMap(\.string), let data = input["data"] else {
    throw KernelInputFault(key: "covariates", expected: "names of columns of 'data'")
  }
  let columns = try data.equalColumns(["time", "event"] + names)
  let model = try CoxRegression(
    time: columns[0], event: columns[1].map { $0 == 1 }, covariates: Array(columns.dropFirst(2)),
    entry: data["entry"]?.array == nil ? nil : data.numbers("entry"),
    strata: data["strata"]?.array == nil ? nil : data.integers("strata"), ties: ties)
  return [
    "coefficients": Reading.value(model.coefficients.map(\.estimate)),
    "standardErrors": Reading.value(model.coefficients.map(\.standardError)),
    "logLikelihoodNull": Reading.value(model.logLikelihoodNull), "logLikelihood": Reading.value(model.logLikelihood),
    "scoreTest": Reading.value(model.scoreTest.statistic),
    // Two decimals, as R's summary.coxph gives it.
    "waldTest": Reading.value((model.waldTest.statistic * 100).rounded(.toNearestOrEven) / 100),
    "likelihoodRatio": Reading.value(model.likelihoodRatioTest.statistic),
    "concordance": Reading.value(model.concordance),
    "baselineTime": Reading.value(model.baselines.flatMap(\.times)),
    "baselineHazard": Reading.value(model.baselines.flatMap(\.cumulativeHazard)),
  ]
}
