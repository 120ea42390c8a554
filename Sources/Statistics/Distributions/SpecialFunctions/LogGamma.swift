import Foundation

extension Special {
  /// log |Γ(x)|.
  public static func logGamma(_ x: Double) -> Double {
    // glibc's lgamma is within a few units in the last place, zeros at 1 and 2 included.
    lgamma_r(x)
  }

  private static func lgamma_r(_ x: Double) -> Double {
    #if canImport(Glibc)
      return Foundation.lgamma(x).0
    #else
      return Foundation.lgamma(x)
    #endif
  }

  /// log Γ(1 + a) for a >= 0, to its last digits where 1 + a would round a away.
  ///
  /// - Source: NIST Digital Library of Mathematical Functions, eq. 5.7.3: -γa + Σ ζ(k) (-a)^k / k.
  static func logGammaOnePlus(_ a: Double) -> Double {
    guard a < 0.03 else { return logGamma(1 + a) }
    let terms = [
      -0.57721566490153286, 0.82246703342411322, -0.40068563438653143, 0.27058080842778454, -0.20738555102867399,
      0.16955717699740819, -0.14404989676884612, 0.12550966952474304, -0.11133426586956469, 0.10009945751278181,
    ]
    return a * terms.reversed().reduce(0) { $0 * a + $1 }
  }

  /// log Γ(x) - [(x - 1/2) log x - x + log √(2π)] for x >= 10: the sum of Stirling's series.
  ///
  /// - Source: NIST Digital Library of Mathematical Functions, eq. 5.11.1. The term left out is below 1e-17 at x = 10.
  static func stirlingCorrection(_ x: Double) -> Double {
    let r = 1 / x
    let s = r * r
    let tail = 691.0 / 360_360 - s * (1.0 / 156 - s * (3617.0 / 122_400))
    return r * (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * tail)))))
  }

  /// log Γ(x + 1) - [(x + 1/2) log x - x + log √(2π)] for x > 0: the error of Stirling's formula for x!.
  ///
  /// - Source: Loader, C. (2000), "Fast and accurate computation of binomial probabilities", section 2.
  static func stirlingError(_ x: Double) -> Double {
    guard x < 15 else { return stirlingCorrection(x) }
    return logGamma(x + 1) - (x + 0.5) * log(x) + x - halfLogTwoPi
  }

  static let halfLogTwoPi = 0.918938533204672741780329736406

  /// x log(x / m) + m - x >= 0, without cancellation where x is near m: the deviance of a Poisson count.
  ///
  /// - Source: Loader (2000), as above, eq. 5.
  static func deviance(_ x: Double, _ m: Double) -> Double { deviance(x, m, difference: x - m) }

  /// The same, with x - m given where it is known to more digits than x and m show.
  static func deviance(_ x: Double, _ m: Double, difference d: Double) -> Double {
    guard abs(d) < 0.1 * (x + m) else { return x == 0 ? m : x * log(x / m) + m - x }
    let v = d / (x + m)
    var sum = d * v
    var term = 2 * x * v
    let square = v * v
    for j in 1..<1000 {
      term *= square
      let next = sum + term / Double(2 * j + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }

  /// log B(a, b) for a, b > 0, without cancellation for large arguments.
  public static func lbeta(_ a: Double, _ b: Double) -> Double {
    let p = min(a, b)
    let q = max(a, b)
    if p >= 10 {
      let correction = stirlingCorrection(p) + stirlingCorrection(q) - stirlingCorrection(p + q)
      return -0.5 * log(q) + halfLogTwoPi + correction + (p - 0.5) * log(p / (p + q)) + q * log1p(-p / (p + q))
    }
    if q >= 10 {
      let correction = stirlingCorrection(q) - stirlingCorrection(p + q)
      return logGamma(p) + correction + p - p * log(p + q) + (q - 0.5) * log1p(-p / (p + q))
    }
    return logGamma(p) + (logGamma(q) - logGamma(p + q))
  }

  /// The derivative of log Γ, for x > 0 (reflected below 0).
  ///
  /// - Source: NIST DLMF eqs. 5.5.2 (recurrence), 5.5.4 (reflection), 5.11.2 (asymptotic series).
  public static func digamma(_ x: Double) -> Double {
    if x <= 0 {
      guard x != x.rounded() else { return .nan }
      return digamma(1 - x) - .pi / tan(.pi * x)
    }
    // Near its zero the function is small against the terms of the recurrence; a Taylor series keeps the digits.
    if abs(x - digammaZeroHigh) < 0.25 { return digammaNearZero(x) }
    var (z, shift) = (x, 0.0)
    while z < 12 {
      shift -= 1 / z
      z += 1
    }
    let s = 1 / (z * z)
    let series =
      s
      * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32760 - s / 12))))))
    return shift + (log(z) - 0.5 / z - series)
  }

  /// The positive zero of digamma, as a sum of two doubles.
  private static let digammaZeroHigh = 1.461632144968362341
  private static let digammaZeroLow = 9.549995429965697715e-17

  private static func digammaNearZero(_ x: Double) -> Double {
    // ψ(x) = Σ_{n>=0} [1/(n + x0) - 1/(n + x)] = d Σ 1/((n + x0)(n + x)), with d = x - x0; the tail of the sum by
    // Euler-Maclaurin in the midpoint form.
    let d = (x - digammaZeroHigh) - digammaZeroLow
    var sum = 0.0
    let terms = 40
    for n in stride(from: terms - 1, through: 0, by: -1) {
      sum += 1 / ((Double(n) + digammaZeroHigh) * (Double(n) + x))
    }
    return d * (sum + digammaQuotient(Double(terms) + digammaZeroHigh, Double(terms) + x))
  }

  /// (ψ(b) - ψ(a)) / (b - a) for a, b >= 40, by the divided difference of the asymptotic series.
  private static func digammaQuotient(_ a: Double, _ b: Double) -> Double {
    let d = b - a
    let logarithm = d == 0 ? 1 / a : log1p(d / a) / d
    let first = 1 / (2 * a * b)
    let (a2, b2) = (a * a, b * b)
    let second = (a + b) / (12 * a2 * b2)
    let fourth = (a + b) * (a2 + b2) / (120 * a2 * a2 * b2 * b2)
    let sixth = (a + b) * (a2 * a2 + a2 * b2 + b2 * b2) / (252 * a2 * a2 * a2 * b2 * b2 * b2)
    return logarithm + first + second - fourth + sixth
  }

  /// The second derivative of log Γ, for x > 0 (reflected below 0).
  ///
  /// - Source: NIST DLMF eqs. 5.15.5, 5.15.6, 5.15.8.
  public static func trigamma(_ x: Double) -> Double {
    if x <= 0 {
      guard x != x.rounded() else { return .nan }
      let s = sin(.pi * x)
      return .pi * .pi / (s * s) - trigamma(1 - x)
    }
    var (z, shift) = (x, 0.0)
    while z < 15 {
      shift += 1 / (z * z)
      z += 1
    }
    let s = 1 / (z * z)
    let series = s * (1.0 / 6 - s * (1.0 / 30 - s * (1.0 / 42 - s * (1.0 / 30 - s * (5.0 / 66 - s * (691.0 / 2730))))))
    return shift + (1 + 0.5 / z + series) / z
  }
}
