import Foundation

extension Special {
  /// log(1 - exp(x)) for x < 0, without cancellation at either end; -inf at 0.
  ///
  /// - Source: Mächler, M. (2012), "Accurately computing log(1 - exp(-|a|))", R package Rmpfr vignette, eq. 7.
  public static func log1mexp(_ x: Double) -> Double {
    x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x))
  }

  /// log(p / (1 - p)) for p in (0, 1).
  public static func logit(_ p: Double) -> Double {
    // Near 1/2 the quotient is near 1; log1p keeps its digits.
    p > 0.25 && p < 0.75 ? log1p((2 * p - 1) / (1 - p)) : log(p) - log1p(-p)
  }

  /// 1 / (1 + exp(-x)).
  public static func logistic(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }
}
