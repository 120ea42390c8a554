import Foundation

/// Fisher's F distribution: (X1 / df1) / (X2 / df2) of independent chi-squared variables.
///
/// - Checked against: mpmath and R, Datasets/References/distributions-fisher-f.json.
public struct FisherF: ContinuousDistribution, Hashable {
  /// Degrees of freedom of the numerator, > 0.
  public let numerator: Double
  /// Degrees of freedom of the denominator, > 0.
  public let denominator: Double

  /// - Throws: `DomainError` unless both degrees of freedom are positive and finite.
  public init(_ numerator: Double, _ denominator: Double) throws(DomainError) {
    for (name, value) in [("numerator", numerator), ("denominator", denominator)] where !(value > 0 && value.isFinite) {
      throw DomainError("\(name) degrees of freedom", value, "must be positive and finite")
    }
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The beta variable's value and its complement.
  private func share(_ f: Double) -> (x: Double, y: Double) {
    let (u, v) = (numerator * f, denominator)
    guard u.isFinite else { return (1, 0) }
    return (u / (u + v), v / (u + v))
  }
  private func tails(_ f: Double) -> TailPair {
    guard f > 0 else { return .allAbove }
    let (x, y) = share(f)
    // a - (a + b) x = b x (1 - f) / f = a y (1 - f): exact where f is near 1.
    return Special.betaTails(numerator / 2, denominator / 2, x, y, distance: numerator / 2 * y * (1 - f))
  }
  public func logDensity(_ f: Double) -> Double {
    guard f > 0 else { return -.infinity }
    let (x, y) = share(f)
    return Special.logBetaKernel(numerator / 2, denominator / 2, x, y) - log(f)
  }
  public func cdf(_ f: Double) -> Double { tails(f).lower }
  public func survival(_ f: Double) -> Double { tails(f).upper }
  public func logCDF(_ f: Double) -> Double { tails(f).logLower }
  public func logSurvival(_ f: Double) -> Double { tails(f).logUpper }
  public func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    let (x, y) = Special.inverseBeta(numerator / 2, denominator / 2, lowerTail: p)
    return denominator / numerator * (x / y)
  }
  public func inverseSurvival(_ q: Double) -> Double {
    guard q >= 0, q <= 1 else { return .nan }
    let (x, y) = Special.inverseBeta(numerator / 2, denominator / 2, upperTail: q)
    return denominator / numerator * (x / y)
  }
}
