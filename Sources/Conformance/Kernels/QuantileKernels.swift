import Basics
import Statistics

extension KernelRegistry {
  /// Quantiles, their intervals and differences.
  mutating func registerQuantiles() {
    register("quantiles.sampleQuantile") { input in
      let (values, p) = (try input.numbers("x"), try input.number("p"))
      return ["value": Reading.value(SampleQuantile.type7(of: values, at: [p])[0])]
    }
    register("quantiles.quantileRanks") { input in
      let ranks = try QuantileRanks(
        exact: input.integer("n"), probability: input.number("p"), level: input.confidence())
      return [
        "lowerRank": .integer(ranks.lower), "upperRank": .integer(ranks.upper),
        "coverage": ranks.isOpen ? .null : Reading.value(ranks.coverage),
      ]
    }
    register("quantile-interval", interval)
    register("quantiles.quantileRanksNormal") { input in
      let sorted = try input.numbers("x").sorted()
      return described(
        try QuantileEstimate(sorted: sorted, probability: input.number("p"), level: input.confidence()))
    }
    register("quantiles.quantileDifference", difference)
    register("quantiles.quantileClustered") { input in
      let columns = try input.table(["cluster", "x"])
      let clusters = columns[0].compactMap { Int(exactly: $0) }
      guard clusters.count == columns[0].count else {
        throw KernelInputFault(key: "cluster", expected: "whole numbers")
      }
      return described(
        try QuantileEstimate(
          values: columns[1], clusters: clusters, probability: input.number("p"),
          level: input.confidence()))
    }
    register("clustered-quantile", clustered)
  }
}

private func described(_ estimate: QuantileEstimate) -> JSONValue {
  [
    "quantile": Reading.value(estimate.value), "standardError": Reading.value(estimate.standardError),
    "lowerRank": .integer(estimate.ranks.lowerBound), "upperRank": .integer(estimate.ranks.upperBound),
    "lower": Reading.value(estimate.interval.lower), "upper": Reading.value(estimate.interval.upper),
    "cdfStandardError": Reading.value(estimate.shareStandardError),
    "shareVariance": Reading.value(estimate.shareStandardError * estimate.shareStandardError),
  ]
}

private func interval(_ input: JSONValue) throws -> JSONValue {
  let (sorted, p) = (try input.numbers("values").sorted(), try input.number("p"))
  let ranks = try QuantileRanks(
    exact: sorted.count, probability: p, level: input.confidence())
  let interval = ranks.interval(sorted)
  return [
    "quantileType1": Reading.value(SampleQuantile.type1(sorted, p)),
    "quantileType7": Reading.value(SampleQuantile.type7(sorted, p)), "lowerRank": .integer(ranks.lower),
    "upperRank": .integer(ranks.upper), "lower": Reading.value(interval.lower),
    "upper": Reading.value(interval.upper), "coverage": Reading.value(ranks.coverage),
  ]
}

private func difference(_ input: JSONValue) throws -> JSONValue {
  let columns = try input.table(["arm", "x"])
  let (p, level) = (try input.number("p"), try input.confidence())
  func estimate(_ arm: Double) throws -> QuantileEstimate {
    let values = zip(columns[0], columns[1]).filter { $0.0 == arm }.map(\.1).sorted()
    return try QuantileEstimate(sorted: values, probability: p, level: level)
  }
  let (treatment, control) = (try estimate(1), try estimate(0))
  let test = try QuantileDifference(treatment: treatment, control: control)
  let interval = test.interval(level)
  return [
    "quantileT": Reading.value(treatment.value), "quantileC": Reading.value(control.value),
    "difference": Reading.value(test.estimate), "standardError": Reading.value(test.standardError),
    "lower": Reading.value(interval.lower), "upper": Reading.value(interval.upper),
    "pValue": Reading.value(test.pValue()),
  ]
}

/// By order statistics of type 1.
private func clustered(_ input: JSONValue) throws -> JSONValue {
  func estimate(_ arm: String) throws -> QuantileEstimate {
    guard let rows = input[arm] else { throw KernelInputFault(key: arm, expected: "an arm's rows") }
    return try QuantileEstimate(
      values: rows.numbers("value"), clusters: rows.integers("cluster"), probability: input.number("p"),
      definition: .type1, level: input.confidence(), overrun: .clip)
  }
  let (treatment, control) = (try estimate("treatment"), try estimate("control"))
  let test = try QuantileDifference(treatment: treatment, control: control)
  let interval = test.interval(try input.confidence())
  return [
    "treatment": described(treatment), "control": described(control), "difference": Reading.value(test.estimate),
    "standardError": Reading.value(test.standardError), "differenceLower": Reading.value(interval.lower),
    "differenceUpper": Reading.value(interval.upper),
  ]
}
