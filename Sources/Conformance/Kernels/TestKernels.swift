import Basics
import Statistics

extension KernelRegistry {
  /// Tests of means, ratios and sample ratios.
  mutating func registerTests() {
    register("t-tests.welchT") { input in
      try result(of: WelchTTest(sample(input, "x"), against: sample(input, "y")), input)
    }
    register("t-tests.pooledT") { input in
      try result(of: PooledTTest(sample(input, "x"), against: sample(input, "y")), input)
    }
    register("t-tests.pairedT") { input in
      try result(of: PairedTTest(pairs: Moments(columns: input.equalColumns(["x", "y"]))), input)
    }
    register("ratio-metrics.ratioMetric") { input in
      let arms = try twoArms(input, ["num", "den"])
      return try ratio(arms.treatment, arms.control, input)
    }
    register("ratio-metrics.ratioMetricInline") { input in
      try ratio(
        Moments(columns: input.equalColumns(["numT", "denT"])), Moments(columns: input.equalColumns(["numC", "denC"])),
        input)
    }
    register("clustered-ratio", clusteredRatio)
    register("sample-ratio") { try sampleRatio(counts: $0.integers("counts"), $0) }
    register("sample-ratio-mismatch.sampleRatio") { try sampleRatio(counts: $0.integers("observed"), $0) }
  }
}

private func sample(_ input: JSONValue, _ key: String) throws -> Moments { Moments(columns: [try input.numbers(key)]) }

private func result(of test: some HypothesisTest, _ input: JSONValue) throws -> JSONValue {
  let alternative: Alternative
  switch input["alternative"]?.string {
  case "greater": alternative = .greater
  case "less": alternative = .less
  default: alternative = .twoSided
  }
  let interval = test.interval(try input.confidence(), alternative)
  return [
    "estimate": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
    "statistic": Reading.value(test.statistic), "degreesOfFreedom": Reading.value(test.degreesOfFreedom),
    "pValue": Reading.value(test.pValue(alternative)), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper),
  ]
}

private func ratio(_ treatment: Moments, _ control: Moments, _ input: JSONValue) throws -> JSONValue {
  let test = try RatioTest(treatment: treatment, control: control)
  let level = try input.confidence()
  let interval = test.interval(level)
  let (t, c) = (test.treatment, test.control)
  let arms = (
    Estimate(t.value, standardError: t.standardError), Estimate(c.value, standardError: c.standardError)
  )
  let lift = try Lift.delta(treatment: arms.0, control: arms.1, level: level)
  return [
    "ratioT": Reading.value(t.value), "ratioC": Reading.value(c.value),
    "standardErrorT": Reading.value(t.standardError), "standardErrorC": Reading.value(c.standardError),
    "difference": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
    "z": Reading.value(test.statistic), "pValue": Reading.value(test.pValue()),
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
    "lift": Reading.value(Lift.estimate(treatment: t.value, control: c.value)),
    "liftStandardError": Reading.value(Lift.standardError(treatment: arms.0, control: arms.1)),
    "liftLower": Reading.value(lift.lower), "liftUpper": Reading.value(lift.upper),
  ]
}

/// Rows are summed by cluster; then clusters are the units.
private func clusteredRatio(_ input: JSONValue) throws -> JSONValue {
  func totals(_ arm: String) throws -> Moments {
    guard let rows = input[arm] else { throw KernelInputFault(key: arm, expected: "an arm's rows") }
    let columns = try rows.equalColumns(["cluster", "numerator", "denominator"])
    var sums: [Double: (numerator: Double, denominator: Double)] = [:]
    for (index, cluster) in columns[0].enumerated() {
      sums[cluster, default: (0, 0)].numerator += columns[1][index]
      sums[cluster, default: (0, 0)].denominator += columns[2][index]
    }
    let ordered = sums.sorted { $0.key < $1.key }.map(\.value)
    return Moments(columns: [ordered.map(\.numerator), ordered.map(\.denominator)])
  }
  let (control, treatment) = (try totals("control"), try totals("treatment"))
  guard case .object(var object) = try ratio(treatment, control, input) else { return .null }
  let test = try RatioTest(treatment: treatment, control: control)
  let errors = [test.control.standardError, test.treatment.standardError]
  object["ratio"] = Reading.value([test.control.value, test.treatment.value])
  object["variance"] = Reading.value(errors.map { $0 * $0 })
  object["clusters"] = .array([.integer(control.count), .integer(treatment.count)])
  return .object(object)
}

private func sampleRatio(counts: [Int], _ input: JSONValue) throws -> JSONValue {
  let test = try SampleRatioTest(counts: counts, weights: input.numbers("weights"))
  return [
    "statistic": Reading.value(test.statistic), "degreesOfFreedom": .integer(test.degreesOfFreedom),
    "pValue": Reading.value(test.pValue),
  ]
}
