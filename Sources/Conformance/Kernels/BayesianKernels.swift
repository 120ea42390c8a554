import Basics
import Statistics

extension KernelRegistry {
  /// Posteriors of rates and effects.
  mutating func registerBayesian() {
    register("beta-binomial") { input in
      let prior = try betaPrior(input)
      let counts = zip(try input.integers("successes"), try input.integers("trials"))
      return try pair(counts.map { try BetaPosterior(successes: $0, trials: $1, prior: prior) })
    }
    register("gamma-poisson") { input in
      let prior = GammaPosterior.Prior(shape: try input.number("priorShape"), rate: try input.number("priorRate"))
      let counts = zip(try input.integers("events"), try input.numbers("exposure"))
      return try pair(counts.map { try GammaPosterior(events: $0, exposure: $1, prior: prior) })
    }
    register("probability-best") { input in
      let prior = try betaPrior(input)
      let arms = try zip(try input.integers("successes"), try input.integers("trials")).map {
        try BetaPosterior(successes: $0, trials: $1, prior: prior)
      }
      return [
        "probabilityBest": Reading.value(BestArm.probabilities(arms)),
        "expectedLoss": Reading.value(BestArm.expectedLosses(arms)),
      ]
    }
    register("gaussian-effect") { input in
      let prior = GaussianEffect.Prior(
        mean: try input.number("priorMean"), standardDeviation: try input.number("priorSd"))
      let effect = try GaussianEffect(
        estimate: input.number("effect"), standardError: input.number("standardError"), prior: prior)
      let interval = effect.interval()
      return [
        "posteriorMean": Reading.value(effect.mean), "posteriorSd": Reading.value(effect.standardDeviation),
        "chanceToWin": Reading.value(effect.chanceToWin),
        "expectedLossTreatment": Reading.value(effect.expectedLossOfTreatment),
        "expectedLossControl": Reading.value(effect.expectedLossOfControl),
        "lower95": Reading.value(interval.lower), "upper95": Reading.value(interval.upper),
      ]
    }
    register("bayesian.betaBinomial", betaBinomial)
    register("bayesian.betaBest") { input in
      let arms = try zip(try input.integers("x"), try input.integers("n")).map {
        try BetaPosterior(successes: $0, trials: $1)
      }
      return ["probabilityBest": Reading.value(BestArm.probabilities(arms))]
    }
    register("bayesian.gammaPoisson") { input in
      let prior = GammaPosterior.Prior(shape: try input.number("shape"), rate: try input.number("rate"))
      let comparison = PosteriorComparison(
        treatment: try GammaPosterior(
          events: input.integer("eventsT"), exposure: input.number("exposureT"), prior: prior),
        control: try GammaPosterior(events: input.integer("eventsC"), exposure: input.number("exposureC"), prior: prior)
      )
      return [
        "chanceToBeat": Reading.value(comparison.chanceToBeat), "meanT": Reading.value(comparison.treatment.mean),
        "meanC": Reading.value(comparison.control.mean),
      ]
    }
    register("bayesian.gaussianEffect") { input in
      try posterior(
        GaussianEffect(
          estimate: input.number("estimate"), standardError: input.number("standardError"), prior: effectPrior(input)),
        input)
    }
    register("bayesian.effectPriorRelative") { input in
      func arm(_ letter: String) throws -> Estimate {
        let variance = try input.number("variance\(letter)") / input.number("n\(letter)")
        return Estimate(try input.number("mean\(letter)"), standardError: variance.squareRoot())
      }
      return try posterior(
        GaussianEffect.relative(treatment: arm("T"), control: arm("C"), prior: effectPrior(input)), input)
    }
    register("gbstats-effect", platformEffect)
  }
}

// MARK: - Rates

private func betaPrior(_ input: JSONValue) throws -> BetaPosterior.Prior {
  BetaPosterior.Prior(alpha: try input.number("priorAlpha"), beta: try input.number("priorBeta"))
}

/// Control first, then treatment.
private func pair<Arm: Posterior>(_ arms: [Arm]) throws -> JSONValue {
  guard arms.count == 2 else { throw KernelInputFault(key: "successes", expected: "two arms") }
  let comparison = PosteriorComparison(treatment: arms[1], control: arms[0])
  return [
    "posteriorMean": Reading.value(arms.map(\.mean)), "posteriorSd": Reading.value(arms.map(\.standardDeviation)),
    "chanceToBeat": Reading.value(comparison.chanceToBeat),
    "expectedLossTreatment": Reading.value(comparison.expectedLossOfTreatment),
    "expectedLossControl": Reading.value(comparison.expectedLossOfControl),
  ]
}

private func betaBinomial(_ input: JSONValue) throws -> JSONValue {
  let prior = try betaPrior(input)
  let level = try input.confidence()
  let treatment = try BetaPosterior(successes: input.integer("xT"), trials: input.integer("nT"), prior: prior)
  let control = try BetaPosterior(successes: input.integer("xC"), trials: input.integer("nC"), prior: prior)
  let comparison = PosteriorComparison(treatment: treatment, control: control)
  let (t, c) = (treatment.interval(level), control.interval(level))
  return [
    "chanceToBeat": Reading.value(comparison.chanceToBeat),
    "lossTreatment": Reading.value(comparison.expectedLossOfTreatment),
    "lossControl": Reading.value(comparison.expectedLossOfControl),
    "meanT": Reading.value(treatment.mean), "meanC": Reading.value(control.mean),
    "lowerT": Reading.value(t.lower), "upperT": Reading.value(t.upper),
    "lowerC": Reading.value(c.lower), "upperC": Reading.value(c.upper),
  ]
}

// MARK: - Effects

/// A prior by its variance; null is flat.
private func effectPrior(_ input: JSONValue) throws -> GaussianEffect.Prior {
  guard let variance = input["priorVariance"], !variance.isNull else { return .flat }
  return GaussianEffect.Prior(
    mean: try input.number("priorMean"), standardDeviation: try input.number("priorVariance").squareRoot())
}

private func posterior(_ effect: GaussianEffect, _ input: JSONValue) throws -> JSONValue {
  let interval = effect.interval(
    input["credibility"] == nil ? .ninetyFive : try input.confidence())
  return [
    "posteriorMean": Reading.value(effect.mean), "posteriorSd": Reading.value(effect.standardDeviation),
    "chanceToBeat": Reading.value(effect.chanceToWin),
    "lossTreatment": Reading.value(effect.expectedLossOfTreatment),
    "lossControl": Reading.value(effect.expectedLossOfControl),
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
  ]
}

// MARK: - GrowthBook

/// Sums of an arm: outcome, and denominator or pre-period value where the kind has one.
private struct PlatformSums {
  let moments: Moments

  init(_ sums: JSONValue, second: String?) throws {
    let n = try sums.number("n")
    func centred(_ squares: String, _ a: Double, _ b: Double) throws -> Double { try sums.number(squares) - a * b / n }
    let first = try sums.number("sum")
    guard let second else {
      moments = Moments(
        count: try JSONValue.count(n), mean: [first / n],
        crossProducts: [try centred("sumSquares", first, first)])
      return
    }
    let other = try sums.number("\(second)Sum")
    let cross = try centred("sumProducts", first, other)
    moments = Moments(
      count: try JSONValue.count(n), mean: [first / n, other / n],
      crossProducts: [
        try centred("sumSquares", first, first), cross, cross, try centred("\(second)SumSquares", other, other),
      ])
  }
}

private func platformEffect(_ input: JSONValue) throws -> JSONValue {
  let kind = try input.word("kind")
  let second = ["ratio": "denominator", "cuped": "pre"][kind]
  func sums(_ arm: String) throws -> Moments { try PlatformSums(input[arm] ?? .null, second: second).moments }
  let (control, treatment) = (try sums("control"), try sums("treatment"))
  let theta =
    kind == "cuped"
    ? try CUPED.mean(treatment: treatment, control: control, covariates: [1], theta: .pooled).theta[0] : 0
  let isRelative = try input.word("difference") == "relative"
  let effect = try PlatformEffect(
    treatment: platformArm(treatment, kind, theta), control: platformArm(control, kind, theta), relative: isRelative)
  var result = try platformInference(effect, input, units: treatment.count + control.count, isRelative: isRelative)
  if kind == "cuped" { result["theta"] = Reading.value(theta) }
  return .object(result)
}

private func platformArm(_ arm: Moments, _ kind: String, _ theta: Double) throws -> PlatformEffect.Arm {
  let mean = arm.mean[0]
  switch kind {
  case "proportion": return .init(mean: mean, unitVariance: mean * (1 - mean), count: arm.count)
  case "ratio":
    let ratio = try RatioEstimate(arm, arm: "this")
    return .init(
      mean: ratio.value, unitVariance: ratio.standardError * ratio.standardError * Double(arm.count), count: arm.count)
  case "cuped":
    let variance = arm.variance(0) - 2 * theta * arm.covariance(0, 1) + theta * theta * arm.variance(1)
    return .init(mean: mean - theta * arm.mean[1], unitVariance: variance, unadjustedMean: mean, count: arm.count)
  default: return .init(mean: mean, unitVariance: arm.variance(0), count: arm.count)
  }
}

private func platformInference(
  _ effect: PlatformEffect, _ input: JSONValue, units: Int, isRelative: Bool
) throws -> JSONObject {
  let alpha = try input.number("alpha")
  let (estimate, error) = (effect.estimate, effect.standardError)
  var result: JSONObject = ["standardError": Reading.value(error)]
  let interval: Interval
  switch try input.word("analysis") {
  case "sequential":
    let rho = AsymptoticConfidenceSequence.approximateRho(alpha: alpha, units: try input.number("tuning"))
    let sequence = try AsymptoticConfidenceSequence(alpha: alpha, rho: rho)
    interval = sequence.interval(estimate: estimate, standardError: error, units: Double(units))
    result["effect"] = Reading.value(estimate)
    result["pValue"] = Reading.value(
      sequence.pValue(estimate: estimate, standardError: error, units: Double(units)))
  case "bayesian":
    guard let prior = input["prior"] else { throw KernelInputFault(key: "prior", expected: "a prior") }
    var belief = GaussianEffect.Prior(
      mean: try prior.number("mean"), standardDeviation: try prior.number("variance").squareRoot())
    if prior["proper"]?.bool != true { belief = .flat }
    if !isRelative, prior["type"]?.string == "relative" { belief = belief.scaled(by: abs(effect.controlMean)) }
    let posterior = try GaussianEffect(estimate: estimate, standardError: error, prior: belief)
    interval = posterior.interval(try ConfidenceLevel(alpha: alpha))
    result["effect"] = Reading.value(posterior.mean)
    result["posteriorMean"] = Reading.value(posterior.mean)
    result["posteriorSd"] = Reading.value(posterior.standardDeviation)
    result["chanceToWin"] = Reading.value(posterior.chanceToWin)
    result["risk"] = Reading.value([posterior.expectedLossOfControl, posterior.expectedLossOfTreatment])
  default:
    let law = ReferenceLaw.studentT(degreesOfFreedom: effect.degreesOfFreedom)
    let half = law.inverseSurvival(alpha / 2) * error
    interval = Interval(center: estimate, halfWidth: half)
    result["effect"] = Reading.value(estimate)
    result["pValue"] = Reading.value(
      try 2 * StudentT(degreesOfFreedom: effect.degreesOfFreedom).survival(abs(estimate) / error))
  }
  result["lower"] = Reading.value(interval.lower)
  result["upper"] = Reading.value(interval.upper)
  return result
}
