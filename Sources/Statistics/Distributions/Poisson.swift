import Foundation

/// Events of a constant rate.
///
/// - Source: tails by the incomplete gamma function, NIST DLMF eq. 8.4.10.
/// - Checked against: mpmath and R, Datasets/References/distributions-poisson.json.
public struct Poisson: DiscreteDistribution, Hashable {
  /// Mean, >= 0.
  public let rate: Double

  /// - Throws: `DomainError` unless the rate is finite and not negative.
  public init(rate: Double) throws(DomainError) {
    guard rate >= 0, rate.isFinite else { throw DomainError("rate", rate, "must be finite and not negative") }
    self.rate = rate
  }

  public func logMass(_ k: Int) -> Double {
    guard k >= 0 else { return -.infinity }
    if rate == 0 { return k == 0 ? 0 : -.infinity }
    if k == 0 { return -rate }
    let x = Double(k)
    return -Special.stirlingError(x) - Special.deviance(x, rate) - Special.halfLogTwoPi - 0.5 * log(x)
  }
  private func tails(_ k: Int) -> TailPair {
    if k < 0 { return .allAbove }
    return rate == 0 ? .allBelow : Special.gammaTails(Double(k) + 1, rate).swapped
  }
  public func cdf(_ k: Int) -> Double { tails(k).lower }
  public func survival(_ k: Int) -> Double { tails(k).upper }
  public func logSurvival(_ k: Int) -> Double { tails(k).logUpper }
  public func quantile(_ p: Double) -> Int { DiscreteSearch.smallest(in: 0...Int.max / 4) { cdf($0) >= p } }
  public func inverseSurvival(_ q: Double) -> Int {
    DiscreteSearch.smallest(in: 0...Int.max / 4) { survival($0) <= q }
  }
}
