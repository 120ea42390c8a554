import Foundation

/// The zero of a growing function.
enum MonotoneRoot {
  /// A zero within a bracket whose ends have values of opposite sign (or 0); nil if they do not.
  ///
  /// - Source: Chandrupatla, T. R. (1997), "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
  ///   function without using derivatives", Advances in Engineering Software 28, 145-149.
  static func find(
    in bracket: ClosedRange<Double>, relative tolerance: Double = 1e-15, _ f: (Double) throws -> Double
  ) rethrows -> Double? {
    var (a, b) = (bracket.upperBound, bracket.lowerBound)
    var (fa, fb) = (try f(a), try f(b))
    if fb == 0 { return b }
    if fa == 0 { return a }
    guard fa * fb < 0 || (fa.sign != fb.sign && !fa.isNaN && !fb.isNaN) else { return nil }
    var (c, fc) = (a, fa)
    var share = 0.5
    for _ in 0..<300 {
      let x = a + share * (b - a)
      let value = try f(x)
      if value.isNaN { return nil }
      if (value > 0) == (fa > 0) {
        (c, fc) = (a, fa)
      } else {
        (c, b, fc, fb) = (b, a, fb, fa)
      }
      (a, fa) = (x, value)
      let best = abs(fa) < abs(fb) ? a : b
      let resolution = tolerance * abs(best) + 1e-300
      let limit = resolution / abs(b - a)
      if fa == 0 || limit > 0.5 { return best }
      share = min(max(quadratic(a, b, c, fa, fb, fc) ?? 0.5, limit), 1 - limit)
    }
    return a + 0.5 * (b - a)
  }

  /// A zero near a start, bracketed by steps that double; nil if none is found.
  static func find(
    near start: Double, step: Double, within limits: ClosedRange<Double> = -1e300...1e300,
    relative tolerance: Double = 1e-13, _ f: (Double) throws -> Double
  ) rethrows -> Double? {
    let first = min(max(start, limits.lowerBound), limits.upperBound)
    let value = try f(first)
    if value == 0 { return first }
    if value.isNaN { return nil }
    let sign = value < 0 ? 1.0 : -1.0
    var (near, stride) = (first, step)
    for _ in 0..<1100 {
      let far = min(max(near + sign * stride, limits.lowerBound), limits.upperBound)
      let other = try f(far)
      if other.isNaN { return nil }
      if (other > 0) != (value > 0) {
        return try find(in: min(near, far)...max(near, far), relative: tolerance, f)
      }
      if far == limits.lowerBound || far == limits.upperBound { return nil }
      near = far
      stride *= 2
    }
    return nil
  }

  /// Inverse quadratic interpolation, where the three points make it trustworthy.
  private static func quadratic(
    _ a: Double, _ b: Double, _ c: Double, _ fa: Double, _ fb: Double, _ fc: Double
  ) -> Double? {
    guard fa.isFinite, fb.isFinite, fc.isFinite else { return nil }
    let (xi, phi) = ((a - b) / (c - b), (fa - fb) / (fc - fb))
    guard phi * phi < xi, (1 - phi) * (1 - phi) < 1 - xi else { return nil }
    let first = fa / (fb - fa) * (fc / (fb - fc))
    let second = (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb))
    let share = first + second
    return share.isFinite ? share : nil
  }
}
