import Basics
import Statistics

extension KernelRegistry {
  /// CUPED and adjustments for many hypotheses.
  mutating func registerAdjustments() {
    register("cuped.cupedWithin") { try adjusted($0, ["x"], theta: .withinArms) }
    register("cuped.cupedPooled") { try adjusted($0, ["x"], theta: .pooled) }
    register("cuped.cupedMultiple") { try adjusted($0, ["x1", "x2"], theta: .withinArms) }
    register("cuped.cupedGenerated") { input in
      let arms = try twoArms(input, ["y", "x1", "x2"])
      let one = try CUPED.mean(treatment: arms.treatment, control: arms.control, covariates: [1])
      let two = try CUPED.mean(treatment: arms.treatment, control: arms.control, covariates: [1, 2])
      return [
        "oneTheta": Reading.value(one.theta[0]), "oneDifference": Reading.value(one.estimate),
        "oneStandardError": Reading.value(one.standardError), "onePValue": Reading.value(one.pValue()),
        "twoTheta": Reading.value(two.theta), "twoDifference": Reading.value(two.estimate),
        "twoStandardError": Reading.value(two.standardError), "twoPValue": Reading.value(two.pValue()),
      ]
    }
    register("multiple-testing.adjust") { input in
      let p = try input.numbers("p")
      return .object(
        JSONObject(
          Correction.allCases.map { ($0.rawValue, Reading.value(Multiplicity.adjust(p, by: $0))) }))
    }
  }
}

private func adjusted(_ input: JSONValue, _ covariates: [String], theta kind: CUPED.Theta) throws -> JSONValue {
  let arms = try twoArms(input, ["y"] + covariates)
  let test = try CUPED.mean(
    treatment: arms.treatment, control: arms.control, covariates: Array(1...covariates.count), theta: kind)
  let weights = [[1] + test.theta.map { -$0 }]
  let (t, c) = (arms.treatment.combining(weights), arms.control.combining(weights))
  let plain =
    arms.treatment.variance() / Double(arms.treatment.count) + arms.control.variance() / Double(arms.control.count)
  let interval = test.interval(try input.confidence())
  return [
    "theta": covariates.count == 1 ? Reading.value(test.theta[0]) : Reading.value(test.theta),
    "varianceRatio": Reading.value(test.standardError * test.standardError / plain),
    "meanT": Reading.value(test.adjusted.treatment.value), "meanC": Reading.value(test.adjusted.control.value),
    "varianceT": Reading.value(t.variance()), "varianceC": Reading.value(c.variance()),
    "difference": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
    "degreesOfFreedom": Reading.value(test.degreesOfFreedom), "statistic": Reading.value(test.statistic),
    "pValue": Reading.value(test.pValue()), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper),
  ]
}
