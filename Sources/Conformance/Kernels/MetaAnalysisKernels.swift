import Basics
import Statistics

extension KernelRegistry {
  /// Several estimates of one effect.
  mutating func registerMetaAnalysis() {
    register("meta-analysis.common") { input in
      let analysis = try MetaAnalysis(estimates(input))
      let combined = analysis.common
      return [
        "estimate": Reading.value(combined.estimate), "standardError": Reading.value(combined.standardError),
        "q": Reading.value(analysis.q), "heterogeneityPValue": Reading.value(analysis.heterogeneityPValue),
        "iSquared": Reading.value(analysis.iSquared),
      ]
    }
    register("meta-analysis.randomEffects") { input in
      let word = try input.word("method")
      guard let method = MetaAnalysis.BetweenVariance(rawValue: word) else {
        throw KernelInputFault(key: "method", expected: "derSimonianLaird, pauleMandel or reml")
      }
      let analysis = try MetaAnalysis(estimates(input))
      let (plain, adjusted) = (analysis.randomEffects(method, adjusted: false), analysis.randomEffects(method))
      let interval = plain.interval(try input.confidence())
      return [
        "betweenVariance": Reading.value(plain.betweenVariance), "estimate": Reading.value(plain.estimate),
        "standardError": Reading.value(plain.standardError), "lower": Reading.value(interval.lower),
        "upper": Reading.value(interval.upper), "adjustedStandardError": Reading.value(adjusted.standardError),
      ]
    }
    register("meta-analysis.trend") { input in
      let trend = try EffectTrend(estimates(input), at: input.numbers("x"))
      return [
        "slope": Reading.value(trend.estimate), "slopeStandardError": Reading.value(trend.standardError),
        "intercept": Reading.value(trend.intercept.value),
        "interceptStandardError": Reading.value(trend.intercept.standardError),
      ]
    }
  }
}

private func estimates(_ input: JSONValue) throws -> [Estimate] {
  let columns = try input.equalColumns(["effects", "standardErrors"])
  return zip(columns[0], columns[1]).map { Estimate($0, standardError: $1) }
}
