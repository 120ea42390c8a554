import Foundation

/// The noncentral t distribution: (Z + δ) / √(χ²/ν), the law of a t statistic when there is an effect.
///
/// - Source: Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, section 31.2: the integral of the
///   normal tail over the law of s = √(χ²/ν), here over u = log s. With t >= 0 the integrand has one maximum, and it is
///   positive: small tails keep their digits, which the usual series of incomplete betas loses.
/// - Checked against: mpmath's quadrature, Datasets/References/distributions-noncentral-t.json, relative 1e-10.
public struct NoncentralT: ContinuousDistribution, Hashable {
  /// ν, real, > 0.
  public let degreesOfFreedom: Double
  /// δ: the expected z statistic.
  public let noncentrality: Double

  /// - Throws: `DomainError` unless the degrees of freedom are positive and finite and the noncentrality is finite.
  public init(degreesOfFreedom: Double, noncentrality: Double) throws(DomainError) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
      throw DomainError("degrees of freedom", degreesOfFreedom, "must be positive and finite")
    }
    guard noncentrality.isFinite else { throw DomainError("noncentrality", noncentrality, "must be finite") }
    self.degreesOfFreedom = degreesOfFreedom
    self.noncentrality = noncentrality
  }

  // MARK: - Tails

  public func cdf(_ t: Double) -> Double { exp(logCDF(t)) }
  public func survival(_ t: Double) -> Double { exp(logSurvival(t)) }

  public func logSurvival(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    return t >= 0 ? logTail(t, noncentrality, upper: true) : logTail(-t, -noncentrality, upper: false)
  }

  public func logCDF(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    return t >= 0 ? logTail(t, noncentrality, upper: false) : logTail(-t, -noncentrality, upper: true)
  }

  /// log P(T > t) or log P(T <= t) for t >= 0; of the two the one above a half is the other's complement.
  private func logTail(_ t: Double, _ delta: Double, upper: Bool) -> Double {
    guard t < .infinity else { return upper ? -.infinity : 0 }
    let smallerIsUpper = t >= delta
    let smaller = min(integral(t, delta, upper: smallerIsUpper), 0)
    return smallerIsUpper == upper ? smaller : Special.log1mexp(smaller)
  }

  private func integral(_ t: Double, _ delta: Double, upper: Bool) -> Double {
    let sign = upper ? 1.0 : -1.0
    // The maximum: ν(s - 1/s) grows, the pull of the normal tail falls with s; they meet once.
    let pull = { (s: Double) in
      let z = sign * (t * s - delta)
      return -sign * t * exp(-0.5 * z * z - Special.halfLogTwoPi - Normal.logUpperTail(z))
    }
    let mode = balance { s in degreesOfFreedom * (s - 1 / s) - pull(s) }
    return UnimodalIntegral.log(mode: mode, scale: spread(t, mode)) { u in
      logDensityOfLogScale(u) + Normal.logUpperTail(sign * (t * exp(u) - delta))
    }
  }

  /// log of the density of u = log √(χ²/ν).
  private func logDensityOfLogScale(_ u: Double) -> Double {
    let a = degreesOfFreedom / 2
    return 0.6931471805599453 + Special.logGammaKernel(a, logRatio: 2 * u)
  }

  /// u with `force(exp(u))` = 0, for a growing force.
  private func balance(_ force: (Double) -> Double) -> Double {
    var (low, high) = (-350.0, 350.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if force(exp(middle)) > 0 { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }

  private func spread(_ t: Double, _ mode: Double) -> Double {
    1 / (2 * degreesOfFreedom + t * t * exp(2 * min(mode, 300))).squareRoot()
  }

  // MARK: - Density

  /// The integral of s φ(ts - δ) over the law of s; its maximum solves a quadratic equation.
  public func logDensity(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : -.infinity }
    let (v, linear) = (degreesOfFreedom, t * noncentrality)
    let root = (linear * linear + 4 * (v + t * t) * (v + 1)).squareRoot()
    let s = linear > 0 ? (linear + root) / (2 * (v + t * t)) : 2 * (v + 1) / (root - linear)
    guard s > 0, s.isFinite else { return -.infinity }
    let mode = log(s)
    return UnimodalIntegral.log(mode: mode, scale: spread(t, mode)) { u in
      let z = t * exp(u) - noncentrality
      return u - 0.5 * z * z - Special.halfLogTwoPi + logDensityOfLogScale(u)
    }
  }

  // MARK: - Quantiles

  public func quantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    return p <= 0.5 ? solve(log(p), upper: false) : solve(log1p(-p), upper: true)
  }

  public func inverseSurvival(_ q: Double) -> Double {
    guard q >= 0, q <= 1 else { return .nan }
    return q <= 0.5 ? solve(log(q), upper: true) : solve(log1p(-q), upper: false)
  }

  /// t with the given log tail, on the scale u = asinh t.
  private func solve(_ logTarget: Double, upper: Bool) -> Double {
    if logTarget == -.infinity { return upper ? .infinity : -.infinity }
    let z = Normal.upperQuantile(logTail: min(logTarget, -0.7))
    let start = asinh(noncentrality + (upper ? z : -z))
    return sinh(
      TailSolver.solve(logTarget: logTarget, start: start, increasing: !upper) { u in
        let t = sinh(u)
        let value = upper ? logSurvival(t) : logCDF(t)
        return (value, exp(logDensity(t) - value) * cosh(u))
      })
  }
}
