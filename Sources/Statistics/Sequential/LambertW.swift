import Foundation

extension Special {
  /// W₋₁(-exp(-1 - u)) for u > 0: the lower branch of Lambert's function, in a form that does not lose small arguments.
  ///
  /// Solves w + log(-w) = -1 - u for w < -1, by Newton's method on log(-w).
  /// - Source: Corless et al. (1996), "On the Lambert W function", Advances in Computational Mathematics 5, section 4.
  static func lambertLowerBranch(minusOneMinus u: Double) -> Double {
    // With v = -w > 1: v - log v = 1 + u.
    var v = u < 1 ? 1 + (2 * u).squareRoot() + u * 2 / 3 : 1 + u + log(1 + u + log(1 + u))
    for _ in 0..<50 {
      let gap = v - log(v) - 1 - u
      let step = gap * v / (v - 1)
      v -= step
      if abs(step) <= 1e-16 * v { break }
    }
    return -v
  }
}
