import Foundation

extension Special {
  /// P(a, x): the lower regularised incomplete gamma function, a > 0, x >= 0.
  public static func gammaP(_ a: Double, _ x: Double) -> Double { gammaTails(a, x).lower }

  /// Q(a, x) = 1 - P(a, x), without cancellation.
  public static func gammaQ(_ a: Double, _ x: Double) -> Double { gammaTails(a, x).upper }

  /// x with P(a, x) = p.
  public static func inverseGammaP(_ a: Double, _ p: Double) -> Double {
    p <= 0.5 ? inverseGamma(a, logTarget: log(p), lower: true) : inverseGamma(a, logTarget: log1p(-p), lower: false)
  }

  /// x with Q(a, x) = q.
  public static func inverseGammaQ(_ a: Double, _ q: Double) -> Double {
    q <= 0.5 ? inverseGamma(a, logTarget: log(q), lower: false) : inverseGamma(a, logTarget: log1p(-q), lower: true)
  }

  /// log [x^a exp(-x) / Γ(a)]: x times the density of a gamma variable of shape a and scale 1.
  static func logGammaKernel(_ a: Double, _ x: Double) -> Double {
    guard a >= 1 else { return a * log(x) - x - logGamma(a) }
    return 0.5 * log(a) - halfLogTwoPi - stirlingError(a) - deviance(a, x)
  }

  /// The same at x = a exp(r), for ratios near 1 that x itself would round away.
  static func logGammaKernel(_ a: Double, logRatio r: Double) -> Double {
    let x = a * exp(r)
    guard x.isFinite else { return -.infinity }
    guard a >= 1 else { return a * (log(a) + r) - x - logGamma(a) }
    return 0.5 * log(a) - halfLogTwoPi - stirlingError(a) - deviance(a, x, difference: -a * expm1(r))
  }

  /// Both tails.
  ///
  /// - Source: NIST DLMF eqs. 8.11.4 (series), 8.9.2 (continued fraction); for a < 1 and small x the complement by
  ///   DiDonato, A. R. and Morris, A. H. (1986), "Computation of the incomplete gamma function ratios and their inverse",
  ///   ACM TOMS 12, eq. 4. Terms needed grow as √a near x = a, so large shapes go by `LargeShapeGamma`.
  static func gammaTails(_ a: Double, _ x: Double) -> TailPair {
    guard a > 0, x >= 0 else { return TailPair(lower: .nan, upper: .nan) }
    if x == 0 { return .allAbove }
    if x == .infinity { return .allBelow }
    return a >= LargeShapeGamma.least ? LargeShapeGamma.tails(a, x) : gammaTailsBySeries(a, x)
  }

  /// The same for a finite x > 0, whatever the number of terms.
  package static func gammaTailsBySeries(_ a: Double, _ x: Double) -> TailPair {
    let logKernel = logGammaKernel(a, x)
    if a < 1, x < 1.1 { return smallShapeTails(a, x, logKernel) }
    if x < a + 1 { return TailPair(logLower: logKernel - log(a) + log(gammaSeries(a, x))) }
    return TailPair(logUpper: logKernel + log(gammaFraction(a, x)))
  }

  /// Σ x^n / ((a + 1) … (a + n)), from n = 0.
  private static func gammaSeries(_ a: Double, _ x: Double) -> Double {
    var (sum, term, divisor) = (1.0, 1.0, a)
    for _ in 0..<10_000_000 {
      divisor += 1
      term *= x / divisor
      sum += term
      if term < sum * 1e-17 { break }
    }
    return sum
  }

  /// Γ(a, x) / (x^a exp(-x)) by the modified Lentz algorithm.
  private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = 1 / 1e-300
    var d = 1 / b
    var h = d
    for i in 1..<10_000_000 {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = an * d + b
      if abs(d) < 1e-300 { d = 1e-300 }
      c = b + an / c
      if abs(c) < 1e-300 { c = 1e-300 }
      d = 1 / d
      let delta = d * c
      h *= delta
      if abs(delta - 1) < 2e-16 { break }
    }
    return h
  }

  /// a < 1 and x < 1.1: both tails directly, for either may be small.
  private static func smallShapeTails(_ a: Double, _ x: Double, _ logKernel: Double) -> TailPair {
    // P = x^a / Γ(a + 1) · (1 + a Σ_{n>=1} (-x)^n / (n! (a + n)))
    var (sum, power) = (0.0, 1.0)
    for n in 1..<200 {
      power *= -x / Double(n)
      let term = power / (a + Double(n))
      sum += term
      if abs(term) < 1e-18 { break }
    }
    let logLead = a * log(x) - logGammaOnePlus(a)
    let lower = exp(logLead) * (1 + a * sum)
    let upper = -expm1(logLead) - exp(logLead) * a * sum
    return lower < 0.5 ? TailPair(logLower: logLead + log1p(a * sum)) : TailPair(lower: lower, upper: upper)
  }

  private static func inverseGamma(_ a: Double, logTarget: Double, lower: Bool) -> Double {
    guard a > 0, !logTarget.isNaN else { return .nan }
    if logTarget == -.infinity { return lower ? 0 : .infinity }
    guard logTarget <= 0 else { return .nan }
    // Start: Wilson-Hilferty, or the first term of the series for the lower tail of small shapes.
    let z = (lower ? -1.0 : 1.0) * Normal.upperQuantile(logTail: min(logTarget, -0.7))
    let cube = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    var start = log(a) + 3 * log(max(cube, 1e-3))
    if lower, cube < 0.3 || a < 1 { start = min(start, (logTarget + logGamma(a + 1)) / a) }
    if !lower, a < 1 { start = max(start, log(max(-logTarget, 1e-8))) }
    let u = TailSolver.solve(logTarget: logTarget, start: start, increasing: lower) { u in
      let x = exp(u)
      let tails = gammaTails(a, x)
      let value = lower ? tails.logLower : tails.logUpper
      return (value, exp(logGammaKernel(a, x) - value))
    }
    return exp(u)
  }
}
