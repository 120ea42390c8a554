/// Pearson's test that units arrived in the arms as the weights say.
///
/// An arm of weight 0 takes no part unless it has units: then the allocation is broken, and the p-value is 0.
/// An arm of positive weight without units takes part.
/// - Source: Pearson, K. (1900), Philosophical Magazine 50, 157-175; in experiments Fabijan et al. (2019), "Diagnosing
///   sample ratio mismatch in online controlled experiments", KDD.
/// - Checked against: R `chisq.test`, Datasets/References/sample-ratio.json.
public struct SampleRatioTest: Sendable, Hashable {
  public let statistic: Double
  public let degreesOfFreedom: Int
  public let pValue: Double

  /// - Parameters:
  ///   - counts: units by arm.
  ///   - weights: planned shares on any scale, in the same order.
  /// - Throws: `DomainError` for negative or non-finite weights, fewer than 2 arms of positive weight, or no units.
  public init(counts: [Int], weights: [Double]) throws(DomainError) {
    guard counts.count == weights.count else {
      throw DomainError("weights", Double(weights.count), "must be as many as there are arms (\(counts.count))")
    }
    for weight in weights where !(weight >= 0 && weight.isFinite) {
      throw DomainError("weight", weight, "must be finite and not negative")
    }
    let planned = weights.count { $0 > 0 }
    guard planned >= 2 else { throw DomainError("arms with a positive weight", Double(planned), "must be at least 2") }
    let total = Double(counts.reduce(0, +))
    guard total > 0 else { throw DomainError("units", 0, "must be at least 1") }
    let sum = weights.reduce(0, +)
    var statistic = 0.0
    for (count, weight) in zip(counts, weights) {
      let expected = total * (weight / sum)
      if expected == 0 {
        if count > 0 { statistic = .infinity }
      } else {
        let gap = Double(count) - expected
        statistic += gap * gap / expected
      }
    }
    self.statistic = statistic
    degreesOfFreedom = planned - 1
    pValue = try ChiSquared(degreesOfFreedom: Double(planned - 1)).survival(statistic)
  }
}
