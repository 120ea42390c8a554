import Foundation

/// The gamma distribution with mean shape · scale.
///
/// - Checked against: mpmath and R, Datasets/References/distributions-gamma.json.
public struct Gamma: ContinuousDistribution, Hashable {
  /// > 0.
  public let shape: Double
  /// Mean over shape, > 0.
  public let scale: Double

  /// - Throws: `DomainError` unless both are positive and finite.
  public init(shape: Double, scale: Double = 1) throws(DomainError) {
    guard shape > 0, shape.isFinite else { throw DomainError("shape", shape, "must be positive and finite") }
    guard scale > 0, scale.isFinite else { throw DomainError("scale", scale, "must be positive and finite") }
    self.shape = shape
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double {
    guard x > 0 else { return -.infinity }
    return Special.logGammaKernel(shape, x / scale) - log(x)
  }
  /// The rounding of x / scale is repaired to first order, for the tails magnify it by √shape.
  private func tails(_ x: Double) -> TailPair {
    guard x > 0 else { return .allAbove }
    let ratio = x / scale
    let pair = Special.gammaTails(shape, ratio)
    let lost = fma(-ratio, scale, x) / scale
    let more = lost == 0 || !lost.isFinite ? 0 : exp(Special.logGammaKernel(shape, ratio)) * lost / ratio
    return more == 0 || !more.isFinite ? pair : pair.movedUp(by: more)
  }
  public func cdf(_ x: Double) -> Double { tails(x).lower }
  public func survival(_ x: Double) -> Double { tails(x).upper }
  public func logCDF(_ x: Double) -> Double { tails(x).logLower }
  public func logSurvival(_ x: Double) -> Double { tails(x).logUpper }
  public func quantile(_ p: Double) -> Double { scale * Special.inverseGammaP(shape, p) }
  public func inverseSurvival(_ q: Double) -> Double { scale * Special.inverseGammaQ(shape, q) }
}
