import Foundation

/// Successes in independent trials.
///
/// - Source: tails by the incomplete beta function, NIST DLMF eq. 8.17.5; mass by Loader (2000), eq. 6.
/// - Checked against: mpmath and R, Datasets/References/distributions-binomial.json.
public struct Binomial: DiscreteDistribution, Hashable {
  /// n >= 0.
  public let trials: Int
  /// Of a success in one trial, in [0, 1].
  public let probability: Double

  /// - Throws: `DomainError` unless trials >= 0 and the probability is in [0, 1].
  public init(trials: Int, probability: Double) throws(DomainError) {
    guard trials >= 0 else { throw DomainError("trials", Double(trials), "must not be negative") }
    guard probability >= 0, probability <= 1 else {
      throw DomainError("probability", probability, "must be in [0, 1]")
    }
    self.trials = trials
    self.probability = probability
  }

  public func logMass(_ k: Int) -> Double {
    guard k >= 0, k <= trials else { return -.infinity }
    if probability == 0 { return k == 0 ? 0 : -.infinity }
    if probability == 1 { return k == trials ? 0 : -.infinity }
    if k == 0 { return Double(trials) * log1p(-probability) }
    if k == trials { return Double(trials) * log(probability) }
    let (n, x) = (Double(trials), Double(k))
    let correction = Special.stirlingError(n) - Special.stirlingError(x) - Special.stirlingError(n - x)
    return correction - Special.deviance(x, n * probability) - Special.deviance(n - x, n * (1 - probability))
      + 0.5 * log(n / (x * (n - x))) - Special.halfLogTwoPi
  }

  private func tails(_ k: Int) -> TailPair {
    if k < 0 { return .allAbove }
    if k >= trials { return .allBelow }
    if probability == 0 { return .allBelow }
    if probability == 1 { return .allAbove }
    return Special.betaTails(Double(k) + 1, Double(trials - k), probability, 1 - probability).swapped
  }
  public func cdf(_ k: Int) -> Double { tails(k).lower }
  public func survival(_ k: Int) -> Double { tails(k).upper }
  public func logSurvival(_ k: Int) -> Double { tails(k).logUpper }
  public func quantile(_ p: Double) -> Int { DiscreteSearch.smallest(in: 0...trials) { cdf($0) >= p } }
  public func inverseSurvival(_ q: Double) -> Int { DiscreteSearch.smallest(in: 0...trials) { survival($0) <= q } }
}
