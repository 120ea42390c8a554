import Foundation

extension Special {
  /// 2/√π ∫₀ˣ exp(-t²) dt.
  public static func erf(_ x: Double) -> Double { Foundation.erf(x) }

  /// 1 - erf(x), without cancellation.
  public static func erfc(_ x: Double) -> Double { Foundation.erfc(x) }

  /// exp(x²) erfc(x): the scaled complement, which does not underflow.
  ///
  /// - Source: NIST DLMF eq. 7.9.1 (continued fraction), used above 2.5 where 120 terms are more than enough.
  public static func erfcx(_ x: Double) -> Double {
    guard x > 2.5 else {
      let square = x * x
      let lost = fma(x, x, -square)
      return exp(square) * (1 + lost) * Foundation.erfc(x)
    }
    guard x < 1e8 else { return 1 / (x * 1.7724538509055160273) }
    var fraction = x
    for k in stride(from: 120, to: 0, by: -1) { fraction = x + Double(k) / 2 / fraction }
    return 1 / (fraction * 1.7724538509055160273)
  }
}
