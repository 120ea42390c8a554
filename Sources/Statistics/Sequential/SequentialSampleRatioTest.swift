import Foundation

/// A sample-ratio test that may be looked at after every unit.
///
/// The Bayes factor of a Dirichlet prior around the planned shares against exactly those shares, which under the plan is
/// a martingale.
/// - Source: Lindon, M. and Malek, A. (2022), "Anytime-valid inference for multinomial count data", NeurIPS 35, eq. 7.
/// - Checked against: mpmath, Datasets/References/sequential-sample-ratio.json, sample-ratio-mismatch.json.
public struct SequentialSampleRatioTest: Sendable, Hashable {
  /// Planned shares, summing to 1.
  public let shares: [Double]
  /// How closely the prior keeps to the shares, in units.
  public let concentration: Double

  /// - Throws: `DomainError` unless all weights are positive, there are at least 2, and the concentration is positive.
  public init(weights: [Double], concentration: Double) throws(DomainError) {
    guard weights.count >= 2 else { throw DomainError("arms", Double(weights.count), "must be at least 2") }
    for weight in weights where !(weight > 0 && weight.isFinite) {
      throw DomainError("weight", weight, "must be positive and finite")
    }
    guard concentration > 0, concentration.isFinite else {
      throw DomainError("concentration", concentration, "must be positive and finite")
    }
    let sum = weights.reduce(0, +)
    shares = weights.map { $0 / sum }
    self.concentration = concentration
  }

  /// log of the Bayes factor against the planned shares, for cumulative counts in the order of the weights.
  ///
  /// - Throws: `DomainError` if the counts are not as many as the weights, or one is negative.
  public func logBayesFactor(counts: [Int]) throws(DomainError) -> Double {
    guard counts.count == shares.count else {
      throw DomainError("counts", Double(counts.count), "must be as many as there are arms (\(shares.count))")
    }
    for count in counts where count < 0 { throw DomainError("units in an arm", Double(count), "must not be negative") }
    let total = counts.reduce(0.0) { $0 + Double($1) }
    var sum = Special.logGamma(concentration) - Special.logGamma(concentration + total)
    for (count, share) in zip(counts, shares) {
      let prior = concentration * share
      let n = Double(count)
      sum += Special.logGamma(prior + n) - Special.logGamma(prior) - n * log(share)
    }
    return sum
  }

  /// The always-valid p-value after each look at the cumulative counts.
  public func pValues(_ looks: [[Int]]) throws(DomainError) -> [Double] {
    var smallest = 1.0
    var values: [Double] = []
    for counts in looks {
      smallest = min(smallest, exp(-(try logBayesFactor(counts: counts))))
      values.append(smallest)
    }
    return values
  }
}
