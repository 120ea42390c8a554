import Basics
import Foundation
import Statistics

extension KernelRegistry {
  mutating func registerBootstrap() {
    register("bootstrap.idealBootstrap", ideal)
    register("bootstrap.idealBootstrapDifference") { input in
      let (x, y) = (try input.numbers("x"), try input.numbers("y"))
      let difference = try IdealBootstrap(rows: x.count) { rows in mean(rows.map { x[$0] }) }
        .difference(from: IdealBootstrap(rows: y.count) { rows in mean(rows.map { y[$0] }) })
      let limits = difference.interval(try input.confidence())
      return [
        "estimate": Reading.value(difference.estimate), "standardError": Reading.value(difference.standardError),
        "lower": Reading.value(limits.lower), "upper": Reading.value(limits.upper),
      ]
    }
    register("bootstrap.closedForm") { input in
      let moments = try IdealBootstrap.momentsOfMean(input.numbers("x"))
      return [
        "standardError": Reading.value(moments.standardError), "thirdCentralMoment": Reading.value(moments.third),
      ]
    }
    register("bootstrap.largeB", largeSample)
    register("bootstrap-limits") { input in
      let values = try input.numbers("values")
      let level = try input.confidence()
      let statistic = try input.word("statistic")
      let columns = statistic == "ratio" ? [values, try input.numbers("denominators")] : [values]
      let distribution = try resampled(statistic, columns, arm: nil)
      var result = try limits(distribution, level)
      result["acceleration"] = Reading.value(distribution.acceleration)
      return .object(result)
    }
  }
}

/// The tolerances of the files hold for this number of resamples.
private func plan() throws -> Bootstrap { try Bootstrap(replicates: 200_000, weights: .multinomial, seed: 1) }

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// A statistic of one column by its name in the files.
private func statistic(_ name: String) throws(KernelInputFault) -> @Sendable ([Double]) -> Double {
  switch name {
  case "mean": mean
  case "median": { SampleQuantile.type7($0.sorted(), 0.5) }
  case "trimmedMean20":
    { values in
      let cut = values.count / 5
      return mean(Array(values.sorted()[cut..<values.count - cut]))
    }
  default: throw KernelInputFault(key: "statistic", expected: "the name of a statistic that can be bootstrapped")
  }
}

private func ideal(_ input: JSONValue) throws -> JSONValue {
  let x = try input.numbers("x")
  let function = try statistic(input.word("statistic"))
  let bootstrap = try IdealBootstrap(rows: x.count) { rows in function(rows.map { x[$0] }) }
  let level = try input.confidence()
  let limits = bootstrap.interval(level)
  let correction = try bootstrap.biasCorrection()
  let levels = correction.levels(level)
  func neighbours(_ q: Double) -> JSONValue {
    let (place, atoms) = (bootstrap.place(q), bootstrap.atoms)
    return [
      place > 0 ? Reading.value(atoms[place - 1].value) : .null,
      place + 1 < atoms.count ? Reading.value(atoms[place + 1].value) : .null,
    ]
  }
  return [
    "estimate": Reading.value(bootstrap.estimate), "bootstrapMean": Reading.value(bootstrap.mean),
    "standardError": Reading.value(bootstrap.standardError), "lower": Reading.value(limits.lower),
    "upper": Reading.value(limits.upper), "quantileGapBelow": neighbours(level.alpha / 2),
    "quantileGapAbove": neighbours(1 - level.alpha / 2), "biasCorrection": Reading.value(correction.bias),
    "acceleration": Reading.value(correction.acceleration), "bcaLevels": Reading.value([levels.lower, levels.upper]),
    "bcaLower": Reading.value(bootstrap.quantile(levels.lower)),
    "bcaUpper": Reading.value(bootstrap.quantile(levels.upper)), "atoms": .integer(bootstrap.atoms.count),
  ]
}

private func largeSample(_ input: JSONValue) throws -> JSONValue {
  let name = try input.word("statistic")
  let columns = try input.table(name == "ratio" ? ["y", "x"] : ["x"])
  let arm = name == "liftOfMeans" ? try input.table(["arm"])[0] : nil
  return .object(try limits(resampled(name, columns, arm: arm), input.confidence()))
}

/// Smooth statistics by their moments, the others by rows.
private func resampled(_ name: String, _ columns: [[Double]], arm: [Double]?) throws -> BootstrapDistribution {
  switch name {
  case "mean": return try plan().distribution(samples: [columns]) { $0[0].mean[0] }
  case "ratio": return try plan().distribution(samples: [columns]) { $0[0].mean[0] / $0[0].mean[1] }
  case "sd":
    return try plan().distribution(samples: [columns], reads: .crossProducts) { $0[0].variance().squareRoot() }
  case "liftOfMeans":
    let arm = arm ?? []
    func rows(_ wanted: Double) -> [[Double]] {
      columns.map { column in column.indices.filter { arm[$0] == wanted }.map { column[$0] } }
    }
    return try plan().distribution(samples: [rows(1), rows(0)]) { $0[0].mean[0] / $0[1].mean[0] - 1 }
  default:
    let (function, x) = (try statistic(name), columns[0])
    return try plan().distribution(rows: [x.count]) { rows in function(rows[0].map { x[$0] }) }
  }
}

private func limits(_ distribution: BootstrapDistribution, _ level: ConfidenceLevel) throws -> JSONObject {
  let percentile = try distribution.interval(level, .percentile)
  let bca = try distribution.interval(level, .bca)
  return [
    "estimate": Reading.value(distribution.estimate), "standardError": Reading.value(distribution.standardError),
    "percentileLower": Reading.value(percentile.lower), "percentileUpper": Reading.value(percentile.upper),
    "bcaLower": Reading.value(bca.lower), "bcaUpper": Reading.value(bca.upper),
  ]
}
