import Foundation

/// Finds where the logarithm of a tail has a given value.
enum TailSolver {
  /// Newton's method, kept inside a bracket that bisection halves whenever a step leaves it.
  ///
  /// - Parameters:
  ///   - logTarget: the value wanted, <= 0.
  ///   - start: where to begin, on the scale of `u`.
  ///   - increasing: whether the log tail grows with `u`.
  ///   - evaluate: the log tail at `u`, and the size of its slope there.
  /// - Returns: `u`, to the last few bits that the tail's condition leaves.
  static func solve(
    logTarget: Double, start: Double, increasing: Bool, _ evaluate: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var u = min(max(start, -740), 740)
    var (low, high) = (-745.0, 745.0)
    for _ in 0..<200 {
      let (value, slope) = evaluate(u)
      let gap = value - logTarget
      if gap == 0 { return u }
      if (gap > 0) == increasing { high = u } else { low = u }
      var next = u - (increasing ? gap : -gap) / slope
      // A step that is too long for the curve, or no number, becomes a bisection.
      if !next.isFinite || next <= low || next >= high { next = bisect(low, high, around: u) }
      next = min(max(next, u - 3), u + 3)
      if abs(next - u) <= 4e-16 * max(1, abs(u)) || high - low <= 4e-16 * max(1, abs(u)) { return next }
      u = next
    }
    return u
  }

  private static func bisect(_ low: Double, _ high: Double, around u: Double) -> Double { low + (high - low) / 2 }
}
