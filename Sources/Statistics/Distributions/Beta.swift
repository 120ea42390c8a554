import Foundation

/// The beta distribution on (0, 1).
///
/// - Checked against: mpmath and R, Datasets/References/distributions-beta.json.
public struct Beta: ContinuousDistribution, Hashable {
  /// First shape, > 0.
  public let a: Double
  /// Second shape, > 0.
  public let b: Double

  /// - Throws: `DomainError` unless both shapes are positive and finite.
  public init(_ a: Double, _ b: Double) throws(DomainError) {
    guard a > 0, a.isFinite else { throw DomainError("first shape", a, "must be positive and finite") }
    guard b > 0, b.isFinite else { throw DomainError("second shape", b, "must be positive and finite") }
    self.a = a
    self.b = b
  }

  private func tails(_ x: Double) -> TailPair {
    if x <= 0 { return .allAbove }
    return x >= 1 ? .allBelow : Special.betaTails(a, b, x, 1 - x)
  }

  public func logDensity(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return -.infinity }
    return Special.logBetaKernel(a, b, x, 1 - x) - log(x) - log1p(-x)
  }
  public func cdf(_ x: Double) -> Double { tails(x).lower }
  public func survival(_ x: Double) -> Double { tails(x).upper }
  public func logCDF(_ x: Double) -> Double { tails(x).logLower }
  public func logSurvival(_ x: Double) -> Double { tails(x).logUpper }
  public func quantile(_ p: Double) -> Double {
    p >= 0 && p <= 1 ? Special.inverseBeta(a, b, lowerTail: p).x : .nan
  }
  public func inverseSurvival(_ q: Double) -> Double {
    q >= 0 && q <= 1 ? Special.inverseBeta(a, b, upperTail: q).x : .nan
  }
  /// 1 - `inverseSurvival(q)`, without cancellation where that is near 1.
  public func oneMinusInverseSurvival(_ q: Double) -> Double {
    q >= 0 && q <= 1 ? Special.inverseBeta(a, b, upperTail: q).y : .nan
  }
}
