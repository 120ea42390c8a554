/// A root of a continuous function between two points of unlike sign, without its derivative.
///
/// - Source: Chandrupatla, T. R. (1997), "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
///   function without using derivatives", Advances in Engineering Software 28, pp. 145-149.
enum BracketedRoot {
  /// The root between `a` and `b`, to `tolerance` absolute and the double's precision relative; nil if the function has one
  /// sign at both.
  static func find(
    _ a: Double, _ b: Double, tolerance: Double = 0, _ function: (Double) throws(DomainError) -> Double
  ) throws(DomainError) -> Double? {
    var (x1, x2) = (b, a)
    var (f1, f2) = (try function(x1), try function(x2))
    guard (f1 <= 0) != (f2 < 0) || f1 == 0 || f2 == 0, !f1.isNaN, !f2.isNaN else { return nil }
    var (x3, f3) = (x1, f1)
    var t = 0.5
    for _ in 0..<200 {
      let (best, value) = abs(f1) < abs(f2) ? (x1, f1) : (x2, f2)
      let margin = 2 * 0x1p-52 * abs(best) + 0.5 * tolerance
      let share = margin / abs(x2 - x1)
      if share > 0.5 || value == 0 { return best }
      t = min(1 - share, max(share, t))
      let x = x1 + t * (x2 - x1)
      let f = try function(x)
      if (f < 0) == (f1 < 0) {
        (x3, f3) = (x1, f1)
      } else {
        (x3, x2, f3, f2) = (x2, x1, f2, f1)
      }
      (x1, f1) = (x, f)
      t = fraction(x1, f1, x2, f2, x3, f3)
    }
    return x1
  }

  /// Inverse quadratic interpolation where it is safe, else the middle.
  private static func fraction(
    _ x1: Double, _ f1: Double, _ x2: Double, _ f2: Double, _ x3: Double, _ f3: Double
  ) -> Double {
    let xi = (x1 - x2) / (x3 - x2)
    let phi = (f1 - f2) / (f3 - f2)
    guard phi * phi < xi, (1 - phi) * (1 - phi) < 1 - xi else { return 0.5 }
    return f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
  }

  /// The root of a function that falls from positive to negative, searched from `start` on in steps that double.
  static func findFalling(
    from start: Double, step: Double, tolerance: Double = 0, _ function: (Double) throws(DomainError) -> Double
  ) throws(DomainError) -> Double? {
    let goesUp = try function(start) > 0
    var (near, width) = (start, goesUp ? abs(step) : -abs(step))
    for _ in 0..<60 {
      let far = near + width
      if try (function(far) > 0) != goesUp { return try find(near, far, tolerance: tolerance, function) }
      near = far
      width *= 2
    }
    return nil
  }
}
