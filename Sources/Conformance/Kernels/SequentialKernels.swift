import Basics
import Statistics

extension KernelRegistry {
  mutating func registerSequential() {
    register("asymptotic-confidence-sequence", asymptotic)
    register("always-valid.asymptoticConfidenceSequence") { input in
      let sequence = try AsymptoticConfidenceSequence(alpha: input.number("alpha"), rho: input.number("rho"))
      let n = try input.number("n")
      let error = try input.number("sd") / n.squareRoot()
      return ["halfWidth": Reading.value(sequence.halfWidth(standardError: error, units: n))]
    }
    register("always-valid.asymptoticRho") { input in
      let (n, alpha) = (try input.number("n"), try input.number("alpha"))
      return [
        "exact": Reading.value(AsymptoticConfidenceSequence.optimalRho(alpha: alpha, units: n)),
        "approximate": Reading.value(AsymptoticConfidenceSequence.approximateRho(alpha: alpha, units: n)),
      ]
    }
    register("always-valid.asymptoticDifference", asymptoticDifference)
    register("always-valid.mixtureSPRT", mixtureOfEstimates)
    register("msprt", mixture)
    register("always-valid.normalMixtureBound") { input in
      let boundary = try boundary(.two, input, .approximate)
      let (alpha, sum) = (try input.number("alpha"), try input.number("s"))
      let times = try input.numbers("v")
      return [
        "bound": Reading.value(try times.map { try boundary.bound(time: $0, alpha: alpha) }),
        "logMixture": Reading.value(times.map { boundary.logMixture(sum: sum, time: $0) }),
      ]
    }
    register("always-valid.oneSidedNormalMixtureBound") { input in
      let boundary = try boundary(.one, input, .approximate)
      let alpha = try input.number("alpha")
      return ["bound": Reading.value(try input.numbers("v").map { try boundary.bound(time: $0, alpha: alpha) })]
    }
    register("normal-mixture-boundary", mixtureBoundary)
    register("sequential-sample-ratio") { input in
      let (factors, values) = try sampleRatio(input, concentration: input.number("concentration"))
      return ["logBayesFactor": factors, "pValue": values]
    }
    register("sample-ratio-mismatch.sequentialSampleRatio") { input in
      let (factors, values) = try sampleRatio(input, concentration: input.number("kappa"))
      return ["logBayesFactors": factors, "pValues": values]
    }
  }
}

private func asymptotic(_ input: JSONValue) throws -> JSONValue {
  let alpha = try input.number("alpha")
  if input["optimiseFor"] != nil {
    let units = try input.number("optimiseFor")
    return [
      "rhoExact": Reading.value(AsymptoticConfidenceSequence.optimalRho(alpha: alpha, units: units)),
      "rhoApproximate": Reading.value(AsymptoticConfidenceSequence.approximateRho(alpha: alpha, units: units)),
      "rhoOneSidedExact": Reading.value(AsymptoticConfidenceSequence.optimalRho(alpha: 2 * alpha, units: units)),
    ]
  }
  let sequence = try AsymptoticConfidenceSequence(alpha: alpha, rho: input.number("rho"))
  let (n, mean) = (try input.number("n"), try input.number("mean"))
  let error = try input.number("sd") / n.squareRoot()
  let interval = sequence.interval(estimate: mean, standardError: error, units: n)
  let oneSided = sequence.oneSidedWidth(standardError: error, units: n)
  return [
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
    "halfWidth": Reading.value(sequence.halfWidth(standardError: error, units: n)),
    "oneSidedLower": Reading.value(mean - oneSided), "oneSidedUpper": Reading.value(mean + oneSided),
    "logEValue": Reading.value(sequence.logEValue(estimate: mean, standardError: error, units: n)),
    "pValue": Reading.value(sequence.pValue(estimate: mean, standardError: error, units: n)),
  ]
}

private func asymptoticDifference(_ input: JSONValue) throws -> JSONValue {
  let (nt, nc) = (try input.number("nT"), try input.number("nC"))
  let alpha = try input.number("alpha")
  let rho = AsymptoticConfidenceSequence.approximateRho(alpha: alpha, units: try input.number("tuning"))
  let difference = try input.number("meanT") - input.number("meanC")
  let variance = try input.number("varianceT") / nt + input.number("varianceC") / nc
  let interval = try AsymptoticConfidenceSequence(alpha: alpha, rho: rho)
    .interval(estimate: difference, standardError: variance.squareRoot(), units: nt + nc)
  return [
    "difference": Reading.value(difference), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper),
  ]
}

private func mixtureOfEstimates(_ input: JSONValue) throws -> JSONValue {
  let test = try MixtureSPRT(
    alpha: input.number("alpha"), mixtureVariance: input.number("tau2"), null: input.number("null"))
  let looks = zip(try input.numbers("estimates"), try input.numbers("standardErrors")).map {
    MixtureSPRT.Look(estimate: $0, variance: $1 * $1)
  }
  let intervals = looks.map(test.interval)
  return [
    "logE": Reading.value(looks.map(test.logLikelihoodRatio)), "pValues": Reading.value(test.pValues(looks)),
    "lower": Reading.value(intervals.map(\.lower)), "upper": Reading.value(intervals.map(\.upper)),
  ]
}

private func mixture(_ input: JSONValue) throws -> JSONValue {
  let tau = try input.number("tau")
  let test = try MixtureSPRT(
    alpha: input.number("alpha"), mixtureVariance: tau * tau, null: input.number("nullEffect"))
  let looks = zip(try input.numbers("difference"), try input.numbers("variance")).map {
    MixtureSPRT.Look(estimate: $0, variance: $1)
  }
  let intervals = looks.map(test.interval)
  let running = test.runningIntervals(looks)
  return [
    "logLikelihoodRatio": Reading.value(looks.map(test.logLikelihoodRatio)),
    "pValue": Reading.value(test.pValues(looks)), "lower": Reading.value(intervals.map(\.lower)),
    "upper": Reading.value(intervals.map(\.upper)), "runningLower": Reading.value(running.map(\.lower)),
    "runningUpper": Reading.value(running.map(\.upper)),
  ]
}

private func boundary(
  _ sides: NormalMixtureBoundary.Sides, _ input: JSONValue, _ tuning: NormalMixtureBoundary.Tuning
) throws -> NormalMixtureBoundary {
  try NormalMixtureBoundary(
    sides, optimisedFor: input.number("vOpt"), alpha: input.number("alphaOpt"), tuning: tuning)
}

private func mixtureBoundary(_ input: JSONValue) throws -> JSONValue {
  let tuning: NormalMixtureBoundary.Tuning = try input.word("tuning") == "exact" ? .exact : .approximate
  let (two, one) = (try boundary(.two, input, tuning), try boundary(.one, input, tuning))
  let time = try input.number("v")
  if input["s"] != nil {
    let sum = try input.number("s")
    return [
      "logMixtureTwoSided": Reading.value(two.logMixture(sum: sum, time: time)),
      "logMixtureOneSided": Reading.value(one.logMixture(sum: sum, time: time)),
    ]
  }
  let alpha = try input.number("alpha")
  return [
    "rhoTwoSided": Reading.value(two.rho), "rhoOneSided": Reading.value(one.rho),
    "boundTwoSided": Reading.value(try two.bound(time: time, alpha: alpha)),
    "boundOneSided": Reading.value(try one.bound(time: time, alpha: alpha)),
  ]
}

private func sampleRatio(_ input: JSONValue, concentration: Double) throws -> (factors: JSONValue, pValues: JSONValue) {
  let test = try SequentialSampleRatioTest(weights: input.numbers("weights"), concentration: concentration)
  let looks = try input.rows("counts").map { row in try row.map { try JSONValue.count($0) } }
  return (
    Reading.value(try looks.map { try test.logBayesFactor(counts: $0) }), Reading.value(try test.pValues(looks))
  )
}
