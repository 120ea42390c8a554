import Foundation

/// Student's t distribution.
///
/// - Source: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, eq. 28.4 (incomplete beta form).
/// - Checked against: mpmath and R, Datasets/References/distributions-student-t.json.
public struct StudentT: ContinuousDistribution, Hashable {
  /// Real, > 0; infinity gives the normal law.
  public let degreesOfFreedom: Double

  /// - Throws: `DomainError` unless the degrees of freedom are positive.
  public init(degreesOfFreedom: Double) throws(DomainError) {
    guard degreesOfFreedom > 0 else { throw DomainError("degrees of freedom", degreesOfFreedom, "must be positive") }
    self.degreesOfFreedom = degreesOfFreedom
  }

  private var isNormal: Bool { degreesOfFreedom == .infinity }

  /// P(T > t), P(T <= t) for t >= 0.
  private func tails(_ t: Double) -> TailPair {
    let v = degreesOfFreedom
    let square = t * t
    guard square.isFinite else { return farTail(t) }
    let (x, y) = (v / (v + square), square / (v + square))
    let outer = Special.betaTails(v / 2, 0.5, x, y, distance: 0.5 * (square - 1) * x)
    // Upper tail = I_x(v/2, 1/2) / 2; the lower one is at least a half.
    var pair = TailPair(logUpper: outer.logLower - 0.6931471805599453)
    if outer.upper < 0.5 { pair = TailPair(lower: 0.5 + 0.5 * outer.upper, upper: 0.5 - 0.5 * outer.upper) }
    return pair
  }

  /// t so large that t² overflows: the leading term of the power law.
  private func farTail(_ t: Double) -> TailPair {
    guard t < .infinity else { return .allBelow }
    return TailPair(logUpper: logPowerLaw - degreesOfFreedom * log(t))
  }

  /// log P(T > t) + v log t for large t.
  private var logPowerLaw: Double {
    let v = degreesOfFreedom
    return (0.5 * v - 1) * log(v) - Special.lbeta(v / 2, 0.5)
  }

  public func logDensity(_ t: Double) -> Double {
    if isNormal { return Normal.standard.logDensity(t) }
    let v = degreesOfFreedom
    return -Special.lbeta(v / 2, 0.5) - 0.5 * log(v) - 0.5 * (v + 1) * log1p(t * t / v)
  }

  public func cdf(_ t: Double) -> Double { survival(-t) }
  public func logCDF(_ t: Double) -> Double { logSurvival(-t) }

  public func survival(_ t: Double) -> Double {
    if isNormal { return Normal.standard.survival(t) }
    if t.isNaN { return .nan }
    return t >= 0 ? tails(t).upper : tails(-t).lower
  }

  public func logSurvival(_ t: Double) -> Double {
    if isNormal { return Normal.standard.logSurvival(t) }
    if t.isNaN { return .nan }
    return t >= 0 ? tails(t).logUpper : tails(-t).logLower
  }

  public func quantile(_ p: Double) -> Double { -inverseSurvival(p) }

  public func inverseSurvival(_ q: Double) -> Double {
    if isNormal { return Normal.standard.inverseSurvival(q) }
    guard q >= 0, q <= 1 else { return .nan }
    if q > 0.5 { return -inverseSurvival(1 - q) }
    if q == 0 { return .infinity }
    // t² = v y / x, with x beta(v/2, 1/2): from the centre where that is the smaller part, else from the tail.
    let v = degreesOfFreedom
    // Where x would underflow, the power law; its relative error there is of the order of v / t².
    let logFar = (logPowerLaw - log(q)) / v
    if logFar - 0.5 * log(v) > 150 { return exp(logFar) }
    let (x, y) =
      q > 0.25
      ? Special.inverseBeta(v / 2, 0.5, upperTail: 1 - 2 * q) : Special.inverseBeta(v / 2, 0.5, lowerTail: 2 * q)
    return v.squareRoot() * (y / x).squareRoot()
  }
}
