import Foundation

/// Two standard normal variables with a correlation.
///
/// - Source: P = ∫ φ(u) Φ((y - ρu) / √(1 - ρ²)) du over u <= x; Genz, A. (2004), "Numerical computation of rectangular
///   bivariate and trivariate normal and t probabilities", Statistics and Computing 14, eq. 3. The integrand is positive and
///   log-concave, so that small probabilities keep their digits.
/// - Checked against: Datasets/References/bivariate-normal.json, relative 1e-12.
public struct BivariateNormal: Sendable, Hashable {
  /// In [-1, 1].
  public let correlation: Double

  /// - Throws: `DomainError` unless the correlation is in [-1, 1].
  public init(correlation: Double) throws(DomainError) {
    guard correlation >= -1, correlation <= 1 else {
      throw DomainError("correlation", correlation, "must be in [-1, 1]")
    }
    self.correlation = correlation
  }

  /// P(X <= x, Y <= y).
  public func cdf(_ x: Double, _ y: Double) -> Double { exp(logCDF(x, y)) }

  /// log P(X <= x, Y <= y).
  public func logCDF(_ x: Double, _ y: Double) -> Double {
    guard !x.isNaN, !y.isNaN else { return .nan }
    let normal = Normal.standard
    if x == -.infinity || y == -.infinity { return -.infinity }
    if x == .infinity { return normal.logCDF(y) }
    if y == .infinity { return normal.logCDF(x) }
    if correlation == 1 { return normal.logCDF(min(x, y)) }
    if correlation == -1 { return x + y <= 0 ? -.infinity : log(normal.cdf(x) - normal.survival(y)) }
    if correlation == 0 { return normal.logCDF(x) + normal.logCDF(y) }
    // The variable with the smaller bound is integrated: its density is cut closest to where the mass lies.
    return integral(min(x, y), max(x, y))
  }

  private func integral(_ x: Double, _ y: Double) -> Double {
    let conditional = ((1 - correlation) * (1 + correlation)).squareRoot()
    // y - ρu, with ρ near 1 written so that it does not cancel.
    let argument = { (u: Double) in ((y - u) + (1 - correlation) * u) / conditional }
    let slope = { (u: Double) in
      let z = -argument(u)
      let hazard = exp(-0.5 * z * z - Special.halfLogTwoPi - Normal.logUpperTail(z))
      return -u - correlation / conditional * hazard
    }
    let mode = min(x, maximum(slope, below: x))
    return min(
      0,
      UnimodalIntegral.log(mode: mode, scale: conditional, upper: x) { u in
        -0.5 * u * u - Special.halfLogTwoPi + Normal.logUpperTail(-argument(u))
      })
  }

  /// Where a falling slope is 0, below `bound`; `bound` if it is positive everywhere.
  private func maximum(_ slope: (Double) -> Double, below bound: Double) -> Double {
    if slope(bound) >= 0 { return bound }
    var (low, high, step) = (bound - 1, bound, 1.0)
    while slope(low) < 0, step < 1e300 {
      step *= 2
      (low, high) = (low - step, low)
    }
    for _ in 0..<60 {
      let middle = low + (high - low) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return low
  }
}
