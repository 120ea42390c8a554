import Foundation

extension Special {
  /// I_x(a, b): the regularised incomplete beta function, a, b > 0, x in [0, 1].
  public static func betaI(_ a: Double, _ b: Double, _ x: Double) -> Double { betaTails(a, b, x, 1 - x).lower }

  /// 1 - I_x(a, b), without cancellation.
  public static func betaIComplement(_ a: Double, _ b: Double, _ x: Double) -> Double {
    betaTails(a, b, x, 1 - x).upper
  }

  /// x with I_x(a, b) = p.
  public static func inverseBetaI(_ a: Double, _ b: Double, _ p: Double) -> Double {
    inverseBeta(a, b, lowerTail: p).x
  }

  /// log [x^a y^b / B(a, b)] with y = 1 - x: x y times the density.
  static func logBetaKernel(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    logBetaKernel(a, b, x, y, distanceToMean(a, b, x, y))
  }

  /// The same with `distance` = (a + b)(mean - x).
  private static func logBetaKernel(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double, _ distance: Double
  ) -> Double {
    if min(a, b) >= 1 {
      let n = a + b
      let correction = stirlingError(n) - stirlingError(a) - stirlingError(b)
      let deviances = deviance(a, n * x, difference: distance) + deviance(b, n * y, difference: -distance)
      return correction - deviances + 0.5 * log(a) + 0.5 * log(b / n) - halfLogTwoPi
    }
    let logX = x > 0.5 ? log1p(-y) : log(x)
    let logY = y > 0.5 ? log1p(-x) : log(y)
    return a * logX + b * logY - lbeta(a, b)
  }

  /// Both tails at x, with y = 1 - x given separately so that neither loses digits.
  ///
  /// - Source: DiDonato, A. R. and Morris, A. H. (1992), "Algorithm 708: significant digit computation of the incomplete
  ///   beta function ratios", ACM TOMS 18, eq. 9 (continued fraction) and eq. 7 (power series for a < 1). The fraction needs
  ///   about √max(a, b) terms near the mean.
  ///
  /// - Parameter distance: a - (a + b) x, if the caller knows it better than x and y tell; for large shapes the tails
  ///   hang on its digits.
  static func betaTails(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double, distance known: Double? = nil
  ) -> TailPair {
    guard a > 0, b > 0, x >= 0, y >= 0 else { return TailPair(lower: .nan, upper: .nan) }
    if x == 0 { return .allAbove }
    if y == 0 { return .allBelow }
    let distance = known ?? distanceToMean(a, b, x, y)
    if distance >= 0 { return lowerBeta(a, b, x, y, distance) }
    return lowerBeta(b, a, y, x, -distance).swapped
  }

  /// (a + b)(mean - x) = a - (a + b) x = (a + b) y - b, from whichever of x and y is the exact one; a + b and the product
  /// are not rounded.
  private static func distanceToMean(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    let (n, lost) = Moments.exactSum(a, b)
    return x < 0.5 ? fma(-n, x, a) - lost * x : fma(n, y, -b) + lost * y
  }

  /// The lower tail where x is at most the mean; `distance` = (a + b)(mean - x).
  private static func lowerBeta(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double, _ distance: Double
  ) -> TailPair {
    if a < 1, b * x <= 1, x <= 0.7 { return smallShapeBeta(a, b, x) }
    return TailPair(logLower: logBetaKernel(a, b, x, y, distance) + log(betaFraction(a, b, x, y, distance)))
  }

  /// I_x(a, b) B(a, b) / (x^a y^b), by the three-term recurrence of the fraction's convergents.
  private static func betaFraction(
    _ a: Double, _ b: Double, _ x: Double, _ y: Double, _ distance: Double
  ) -> Double {
    let c = 1 + distance
    let c0 = b / a
    let c1 = 1 + 1 / a
    var (p, s) = (1.0, a + 1)
    var (previousTop, top, previousBottom, bottom) = (0.0, 1.0, 1.0, c / c1)
    var ratio = c1 / c
    for step in 1..<10_000_000 {
      let n = Double(step)
      let t = n / a
      let w = n * (b - n) * x
      let e = a / s
      let alpha = p * (p + c0) * e * e * (w * x)
      let beta = n + w / s + (1 + t) / (c1 + t + t) * (c + n * (1 + y))
      p = 1 + t
      s += 2
      (previousTop, top) = (top, alpha * previousTop + beta * top)
      (previousBottom, bottom) = (bottom, alpha * previousBottom + beta * bottom)
      let next = top / bottom
      if abs(next - ratio) <= 1e-16 * next { return next }
      ratio = next
      // Rescaled, so that nothing overflows.
      (previousTop, previousBottom, top, bottom) = (previousTop / bottom, previousBottom / bottom, next, 1)
    }
    return ratio
  }

  /// a < 1, b x <= 1: I = x^a / (a B(a, b)) · (1 + a Σ_{n>=1} (1-b)_n x^n / (n! (a + n))), and its complement by expm1.
  private static func smallShapeBeta(_ a: Double, _ b: Double, _ x: Double) -> TailPair {
    var (sum, coefficient) = (0.0, 1.0)
    for n in 1..<2000 {
      coefficient *= (Double(n) - b) * x / Double(n)
      let term = coefficient / (a + Double(n))
      sum += term
      if abs(term) < 1e-18 { break }
    }
    // a B(a, b) = Γ(a + 1) Γ(b) / Γ(a + b)
    let logLead = a * log(x) - (log(a) + lbeta(a, b))
    let lower = exp(logLead) * (1 + a * sum)
    if lower < 0.5 { return TailPair(logLower: logLead + log1p(a * sum)) }
    return TailPair(lower: lower, upper: -expm1(logLead) - exp(logLead) * a * sum)
  }

  /// (x, 1 - x) where the lower tail is `lowerTail`, both without cancellation.
  static func inverseBeta(_ a: Double, _ b: Double, lowerTail p: Double) -> (x: Double, y: Double) {
    if p > 0.5 {
      let mirrored = inverseBeta(b, a, logTarget: log1p(-p))
      return (mirrored.y, mirrored.x)
    }
    return inverseBeta(a, b, logTarget: log(p))
  }

  static func inverseBeta(_ a: Double, _ b: Double, upperTail q: Double) -> (x: Double, y: Double) {
    let mirrored = inverseBeta(b, a, lowerTail: q)
    return (mirrored.y, mirrored.x)
  }

  /// Solves log I_x(a, b) = target on the scale u = log(x / (1 - x)).
  private static func inverseBeta(_ a: Double, _ b: Double, logTarget: Double) -> (x: Double, y: Double) {
    guard a > 0, b > 0, !logTarget.isNaN, logTarget <= 0 else { return (.nan, .nan) }
    if logTarget == -.infinity { return (0, 1) }
    let z = -Normal.upperQuantile(logTail: min(logTarget, -0.7))
    // Start: the normal approximation of the log odds; where the tail is a power, its leading term.
    let spread = (1 / a + 1 / b).squareRoot()
    var start = log(a / b) + z * spread
    let power = (logTarget + log(a) + lbeta(a, b)) / a
    if a < 2 || z * spread < -3 { start = min(start, max(power, -740)) }
    let u = TailSolver.solve(logTarget: logTarget, start: start, increasing: true) { u in
      let (x, y) = (logistic(u), logistic(-u))
      let value = betaTails(a, b, x, y).logLower
      return (value, exp(logBetaKernel(a, b, x, y) - value))
    }
    return (logistic(u), logistic(-u))
  }
}
