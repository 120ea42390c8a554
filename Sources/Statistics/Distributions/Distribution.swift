/// A probability law on the real line, as a value.
///
/// Tails are computed directly, never as one minus the other, and their logarithms stay finite where they underflow.
public protocol ContinuousDistribution: Sendable {
  /// log of the density at `x`; -inf outside the support.
  func logDensity(_ x: Double) -> Double
  /// P(X <= x).
  func cdf(_ x: Double) -> Double
  /// P(X > x).
  func survival(_ x: Double) -> Double
  /// log P(X <= x).
  func logCDF(_ x: Double) -> Double
  /// log P(X > x).
  func logSurvival(_ x: Double) -> Double
  /// x with P(X <= x) = p, for p in [0, 1]; NaN outside.
  func quantile(_ p: Double) -> Double
  /// x with P(X > x) = q: the quantile from the upper tail, exact for tiny q.
  func inverseSurvival(_ q: Double) -> Double
}

extension ContinuousDistribution {
  public func density(_ x: Double) -> Double { exponential(logDensity(x)) }
}

/// A probability law on the integers, as a value.
public protocol DiscreteDistribution: Sendable {
  /// log P(X = k).
  func logMass(_ k: Int) -> Double
  /// P(X <= k).
  func cdf(_ k: Int) -> Double
  /// P(X > k).
  func survival(_ k: Int) -> Double
  /// log P(X > k).
  func logSurvival(_ k: Int) -> Double
  /// The smallest k with P(X <= k) >= p.
  func quantile(_ p: Double) -> Int
  /// The smallest k with P(X > k) <= q.
  func inverseSurvival(_ q: Double) -> Int
}

extension DiscreteDistribution {
  public func mass(_ k: Int) -> Double { exponential(logMass(k)) }
}
