import Foundation

/// Successes in independent trials.
///
/// - Source: tails by the incomplete beta function, NIST DLMF eq. 8.17.5; mass by Loader (2000), eq. 6.
/// - Checked against: mpmath and R, Datasets/References/distributions-binomial.json.
public struct Binomial: DiscreteDistribution, Hashable {
  public let trials: Int
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

/// Events of a constant rate.
///
/// - Source: tails by the incomplete gamma function, NIST DLMF eq. 8.4.10.
/// - Checked against: mpmath and R, Datasets/References/distributions-poisson.json.
public struct Poisson: DiscreteDistribution, Hashable {
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

enum DiscreteSearch {
  /// The smallest element for which a monotone condition holds; the upper bound if it never does.
  static func smallest(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.lowerBound)
    var step = 1
    while high < range.upperBound, !holds(high) {
      low = high + 1
      high = min(range.upperBound, high + step)
      step *= 2
    }
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
