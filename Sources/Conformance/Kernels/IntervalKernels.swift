import Basics
import Statistics

extension KernelRegistry {
  /// Proportions and relative effects.
  mutating func registerIntervals() {
    register("proportions.proportionZ", proportionZ)
    register("proportions.newcombe") { try limits(firstAgainstSecond($0).newcombe($0.confidence())) }
    register("proportions.agrestiCaffo") { try limits(firstAgainstSecond($0).agrestiCaffo($0.confidence())) }
    register("proportions.miettinenNurminen") { input in
      let proportions = try firstAgainstSecond(input)
      let level = try input.confidence()
      let interval = try ScoreTest(proportions).interval(level)
      let mee = try ScoreTest(proportions, variance: .mee).interval(level)
      return [
        "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
        "meeLower": Reading.value(mee.lower), "meeUpper": Reading.value(mee.upper),
      ]
    }
    register("proportions.oddsAndRisk") { input in
      let proportions = try firstAgainstSecond(input)
      let level = try input.confidence()
      let (risk, odds) = (proportions.relativeRisk(level), proportions.oddsRatio(level))
      return [
        "relativeRisk": Reading.value(risk?.estimate), "relativeRiskLower": Reading.value(risk?.interval.lower),
        "relativeRiskUpper": Reading.value(risk?.interval.upper), "oddsRatio": Reading.value(odds?.estimate),
        "oddsRatioLower": Reading.value(odds?.interval.lower), "oddsRatioUpper": Reading.value(odds?.interval.upper),
      ]
    }
    register("proportions.singleProportion", singleProportion)
    register("miettinen-nurminen", score)
    register("lift.liftDelta", liftDelta)
    register("lift.liftFieller", liftFieller)
  }
}

private func limits(_ interval: Interval) -> JSONValue {
  ["lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper)]
}

private func firstAgainstSecond(_ input: JSONValue) throws -> TwoProportions {
  try TwoProportions(
    treatment: (input.integer("x1"), input.integer("n1")), control: (input.integer("x2"), input.integer("n2")))
}

/// Moments of a column of 0 and 1.
private func binary(_ successes: Int, of trials: Int) -> Moments {
  let p = Double(successes) / Double(trials)
  return Moments(count: trials, mean: [p], crossProducts: [Double(trials) * p * (1 - p)])
}

private func proportionZ(_ input: JSONValue) throws -> JSONValue {
  let proportions = try firstAgainstSecond(input)
  let treatment = binary(proportions.treatmentSuccesses, of: proportions.treatmentTrials)
  let control = binary(proportions.controlSuccesses, of: proportions.controlTrials)
  // Where all units of each arm agree there is no standard error to divide by.
  let unpooled = try? ProportionZTest(treatment: treatment, control: control)
  let pooled = try? ProportionZTest(treatment: treatment, control: control, standardError: .pooled)
  let wald = unpooled?.interval(try input.confidence())
  let difference = treatment.mean[0] - control.mean[0]
  return [
    "difference": Reading.value(difference), "pooledStandardError": Reading.value(pooled?.standardError ?? 0),
    "pooledZ": Reading.value(pooled?.statistic), "pooledPValue": Reading.value(pooled?.pValue()),
    "unpooledStandardError": Reading.value(unpooled?.standardError ?? 0),
    "unpooledZ": Reading.value(unpooled?.statistic), "unpooledPValue": Reading.value(unpooled?.pValue()),
    "waldLower": Reading.value(wald?.lower ?? difference), "waldUpper": Reading.value(wald?.upper ?? difference),
  ]
}

private func singleProportion(_ input: JSONValue) throws -> JSONValue {
  let (x, n, level) = (try input.integer("x"), try input.integer("n"), try input.confidence())
  var object = JSONObject()
  let methods: [(String, Interval)] = [
    ("wilson", SingleProportion.wilson(x, of: n, level: level)),
    ("agrestiCoull", SingleProportion.agrestiCoull(x, of: n, level: level)),
    ("clopperPearson", SingleProportion.clopperPearson(x, of: n, level: level)),
    ("jeffreys", SingleProportion.jeffreys(x, of: n, level: level)),
  ]
  for (name, interval) in methods {
    object["\(name)Lower"] = Reading.value(interval.lower)
    object["\(name)Upper"] = Reading.value(interval.upper)
  }
  return .object(object)
}

private func score(_ input: JSONValue) throws -> JSONValue {
  let proportions = try TwoProportions(
    treatment: (input.integer("treatmentSuccesses"), input.integer("treatmentUnits")),
    control: (input.integer("controlSuccesses"), input.integer("controlUnits")))
  let test = try ScoreTest(proportions, null: input.number("margin", default: 0))
  let interval = test.interval(try input.confidence())
  let alternative = input["alternative"]?.string.flatMap(Alternative.init(rawValue:)) ?? .twoSided
  return [
    "difference": Reading.value(test.estimate), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper), "restrictedControl": Reading.value(test.restricted.control),
    "restrictedTreatment": Reading.value(test.restricted.treatment), "z": Reading.value(test.statistic),
    "pValue": Reading.value(test.pValue(alternative)),
  ]
}

private func armEstimates(_ input: JSONValue) throws -> (treatment: Estimate, control: Estimate) {
  func estimate(_ arm: String) throws -> Estimate {
    let error = (try input.number("variance\(arm)") / input.number("n\(arm)")).squareRoot()
    return Estimate(try input.number("mean\(arm)"), standardError: error)
  }
  return (try estimate("Treatment"), try estimate("Control"))
}

private func liftDelta(_ input: JSONValue) throws -> JSONValue {
  let (t, c) = try armEstimates(input)
  let level = try input.confidence()
  let interval = try Lift.delta(treatment: t, control: c, level: level)
  let logarithmic = Lift.logDelta(treatment: t, control: c, level: level)
  return [
    "lift": Reading.value(Lift.estimate(treatment: t.value, control: c.value)),
    "standardError": Reading.value(Lift.standardError(treatment: t, control: c)),
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
    "logLower": Reading.value(logarithmic?.lower), "logUpper": Reading.value(logarithmic?.upper),
  ]
}

private func liftFieller(_ input: JSONValue) throws -> JSONValue {
  let (t, c) = try armEstimates(input)
  switch Lift.fieller(treatment: t, control: c, level: try input.confidence()) {
  case .interval(let interval):
    return ["kind": "interval", "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper)]
  case .complement(let interval):
    return ["kind": "complement", "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper)]
  case .everything: return ["kind": "everything"]
  }
}
