import Foundation

/// Both tails of a distribution at one point: the smaller is computed directly, the other is its complement.
package struct TailPair {
  package var lower: Double
  package var upper: Double
  /// Natural logarithms; they stay finite where the tail itself underflows.
  package var logLower: Double
  package var logUpper: Double

  static let allAbove = TailPair(lower: 0, upper: 1, logLower: -.infinity, logUpper: 0)
  static let allBelow = TailPair(lower: 1, upper: 0, logLower: 0, logUpper: -.infinity)

  /// From the logarithm of the lower tail.
  init(logLower: Double) {
    self.init(lower: exp(logLower), upper: -expm1(logLower), logLower: logLower, logUpper: Special.log1mexp(logLower))
  }

  /// From the logarithm of the upper tail.
  init(logUpper: Double) { self = TailPair(logLower: logUpper).swapped }

  init(lower: Double, upper: Double) {
    self.init(
      lower: lower, upper: upper, logLower: lower < 0.5 ? log(lower) : log1p(-upper),
      logUpper: upper < 0.5 ? log(upper) : log1p(-lower))
  }

  private init(lower: Double, upper: Double, logLower: Double, logUpper: Double) {
    self.lower = lower
    self.upper = upper
    self.logLower = min(logLower, 0)
    self.logUpper = min(logUpper, 0)
  }

  /// At a point a little higher, with `mass` between: far less than either tail.
  func movedUp(by mass: Double) -> TailPair {
    guard lower > 0, upper > 0 else { return self }
    return TailPair(
      lower: lower + mass, upper: upper - mass, logLower: logLower + log1p(mass / lower),
      logUpper: logUpper + log1p(-mass / upper))
  }

  var swapped: TailPair { TailPair(lower: upper, upper: lower, logLower: logUpper, logUpper: logLower) }
}
