import Foundation

/// An unevaluated sum of two doubles, about 32 decimal digits: for sums whose terms cancel.
///
/// - Source: Dekker, T. J. (1971), "A floating-point technique for extending the available precision", Numerische
///   Mathematik 18, section 4; the product's error by a fused multiply-add.
struct DoubleDouble: Sendable {
  let high: Double
  let low: Double

  init(_ value: Double) { (high, low) = (value, 0) }
  private init(_ parts: (sum: Double, error: Double)) { (high, low) = parts }

  var value: Double { high + low }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let (sum, error) = Moments.exactSum(a.high, b.high)
    let (low, rest) = Moments.exactSum(a.low, b.low)
    let first = Moments.exactSum(sum, error + low)
    return DoubleDouble(Moments.exactSum(first.sum, first.error + rest))
  }

  static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble((-a.high, -a.low)) }
  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let product = a.high * b.high
    let error = fma(a.high, b.high, -product) + (a.high * b.low + a.low * b.high)
    return DoubleDouble(Moments.exactSum(product, error))
  }

  static func / (a: DoubleDouble, b: Double) -> DoubleDouble {
    let first = a.high / b
    let rest = a - DoubleDouble(first) * DoubleDouble(b)
    return DoubleDouble(Moments.exactSum(first, rest.value / b))
  }
}
