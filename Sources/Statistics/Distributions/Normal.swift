import Foundation

func exponential(_ x: Double) -> Double { exp(x) }

/// The normal distribution.
///
/// - Checked against: mpmath and R, Datasets/References/distributions-normal.json.
public struct Normal: ContinuousDistribution, Hashable {
  public let mean: Double
  public let standardDeviation: Double

  /// Mean 0, standard deviation 1.
  public static let standard = Normal(unchecked: 0, 1)

  /// - Throws: `DomainError` unless the standard deviation is positive and both are finite.
  public init(mean: Double, standardDeviation: Double) throws(DomainError) {
    guard mean.isFinite else { throw DomainError("mean", mean, "must be finite") }
    guard standardDeviation > 0, standardDeviation.isFinite else {
      throw DomainError("standard deviation", standardDeviation, "must be positive and finite")
    }
    self.init(unchecked: mean, standardDeviation)
  }

  private init(unchecked mean: Double, _ standardDeviation: Double) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  private func standardised(_ x: Double) -> Double { (x - mean) / standardDeviation }

  public func logDensity(_ x: Double) -> Double {
    let z = standardised(x)
    return -0.5 * z * z - Special.halfLogTwoPi - log(standardDeviation)
  }
  public func cdf(_ x: Double) -> Double { Self.upperTail(-standardised(x)) }
  public func survival(_ x: Double) -> Double { Self.upperTail(standardised(x)) }
  public func logCDF(_ x: Double) -> Double { Self.logUpperTail(-standardised(x)) }
  public func logSurvival(_ x: Double) -> Double { Self.logUpperTail(standardised(x)) }
  public func quantile(_ p: Double) -> Double { mean - standardDeviation * Self.upperQuantile(p) }
  public func inverseSurvival(_ q: Double) -> Double { mean + standardDeviation * Self.upperQuantile(q) }

  // MARK: - Standard

  /// P(Z > z). The rounding of z/√2 is repaired to first order, for erfc magnifies it by z².
  static func upperTail(_ z: Double) -> Double {
    guard abs(z) < 40 else { return z > 0 ? 0 : (z.isNaN ? .nan : 1) }
    let (argument, lost) = scaled(z)
    return 0.5 * Foundation.erfc(argument) * (argument > 1 ? 1 - 2 * argument * lost : 1)
  }

  /// log P(Z > z).
  static func logUpperTail(_ z: Double) -> Double {
    if z < 0 { return log1p(-upperTail(-z)) }
    if z < 5 { return log(upperTail(z)) }
    return -0.5 * z * z + log(0.5 * Special.erfcx(z * 0.70710678118654752440))
  }

  /// z/√2 and what its rounding lost.
  private static func scaled(_ z: Double) -> (Double, Double) {
    let argument = z * 0.70710678118654752440
    // √(1/2) = 0.7071067811865475 2440… = head + tail
    let lost = fma(z, 0.70710678118654752440, -argument) + z * -4.833646656726457e-17
    return (argument, lost)
  }

  /// z with P(Z > z) = q.
  static func upperQuantile(_ q: Double) -> Double {
    guard q >= 0, q <= 1 else { return .nan }
    if q == 0 { return .infinity }
    if q == 1 { return -.infinity }
    if q > 0.5 { return -upperQuantile(1 - q) }
    if q > 0.2 { return centralQuantile(1 - 2 * q) }
    return upperQuantile(logTail: log(q))
  }

  /// z >= 0 with P(|Z| < z) = c, for c below about 0.6: Newton on erf.
  private static func centralQuantile(_ c: Double) -> Double {
    var z = c * 1.2533141373155003
    for _ in 0..<20 {
      let gap = Foundation.erf(z * 0.70710678118654752440) - c
      let step = gap / (2 * exp(-0.5 * z * z) * 0.39894228040143267794)
      // Halley: the curvature of erf is -z times its slope.
      z -= step / (1 + 0.5 * z * step)
      if abs(step) <= 1e-17 + 1e-16 * z { break }
    }
    return z
  }

  /// z with log P(Z > z) = logTail, for tails below about one half.
  ///
  /// - Source: start by Abramowitz & Stegun (1964), eq. 26.2.23; then Halley's iteration on the logarithm.
  static func upperQuantile(logTail: Double) -> Double {
    if logTail == -.infinity { return .infinity }
    let t = (-2 * logTail).squareRoot()
    var z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in 0..<20 {
      let value = logUpperTail(z)
      let hazard = exp(-0.5 * z * z - Special.halfLogTwoPi - value)
      let step = (value - logTail) / hazard
      z += step / (1 - 0.5 * step * (hazard - z))
      if abs(step) <= 1e-15 * abs(z) { break }
    }
    return z
  }
}
