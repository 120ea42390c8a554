import Foundation

/// The logarithm of ∫ exp(h(u)) du for a smooth h with one maximum: tail probabilities as integrals of positive terms,
/// so that no digits cancel, however small the tail.
///
/// The integral is cut where h has fallen 46 below its maximum (a part of 1e-20), and what is left is halved until
/// Gauss-Legendre rules on a panel and on its halves agree. Where they never will, as the integrand's own rounding is coarser
/// than the tolerance, a fixed number of panels ends it.
struct UnimodalIntegral {
  private let logIntegrand: (Double) -> Double
  private let peak: Double
  private static let drop = 46.0
  private static let tolerance = 1e-15
  private static let deepest = 48
  private static let mostPanels = 4096

  /// - Parameters:
  ///   - mode: where h is greatest within [lower, upper].
  ///   - scale: a length over which h changes by about 1; only the search for the ends starts from it.
  static func log(
    mode: Double, scale: Double, lower: Double = -.infinity, upper: Double = .infinity,
    _ logIntegrand: @escaping (Double) -> Double
  ) -> Double {
    let peak = logIntegrand(mode)
    guard peak.isFinite else { return peak }
    let integral = UnimodalIntegral(logIntegrand: logIntegrand, peak: peak)
    let left = integral.end(from: mode, step: -scale, limit: lower)
    let right = integral.end(from: mode, step: scale, limit: upper)
    let total = integral.coarse(left, mode) + integral.coarse(mode, right)
    var (below, above) = (mostPanels, mostPanels)
    let value =
      integral.refined(left, mode, total, 0, &below) + integral.refined(mode, right, total, 0, &above)
    return peak + Foundation.log(value)
  }

  private func integrand(_ u: Double) -> Double { exp(logIntegrand(u) - peak) }

  /// The point beyond which nothing counts: found by doubling, then by bisection.
  private func end(from mode: Double, step: Double, limit: Double) -> Double {
    let inside = { (u: Double) in logIntegrand(u) > peak - Self.drop }
    let clipped = { (u: Double) in step < 0 ? max(u, limit) : min(u, limit) }
    guard mode != limit else { return limit }
    var (near, far, stride) = (mode, clipped(mode + step), step)
    while inside(far), far != limit, far.isFinite {
      stride *= 2
      (near, far) = (far, clipped(far + stride))
    }
    guard !inside(far) else { return far }
    for _ in 0..<30 {
      let middle = near + (far - near) / 2
      if inside(middle) { near = middle } else { far = middle }
    }
    return far
  }

  private func coarse(_ a: Double, _ b: Double) -> Double {
    (0..<8).reduce(0) { $0 + panel(a + (b - a) * Double($1) / 8, a + (b - a) * Double($1 + 1) / 8) }
  }

  private func refined(_ a: Double, _ b: Double, _ total: Double, _ depth: Int, _ panels: inout Int) -> Double {
    let middle = a + (b - a) / 2
    guard a < middle, middle < b else { return 0 }
    let whole = panel(a, b)
    let (left, right) = (panel(a, middle), panel(middle, b))
    panels -= 1
    if panels < 0 || depth >= Self.deepest || (depth >= 2 && abs(left + right - whole) <= Self.tolerance * total) {
      return left + right
    }
    return refined(a, middle, total, depth + 1, &panels) + refined(middle, b, total, depth + 1, &panels)
  }

  private func panel(_ a: Double, _ b: Double) -> Double {
    let (centre, half) = ((a + b) / 2, (b - a) / 2)
    var sum = 0.0
    for (node, weight) in zip(Self.nodes, Self.weights) {
      sum += weight * (integrand(centre - half * node) + integrand(centre + half * node))
    }
    return half * sum
  }

  // The positive half of the 12-point rule. - Source: Abramowitz & Stegun (1964), table 25.4, n = 12.
  private static let nodes = [
    0.125233408511468915472, 0.367831498998180193753, 0.587317954286617447297, 0.769902674194304687037,
    0.904117256370474856678, 0.981560634246719250691,
  ]
  private static let weights = [
    0.249147045813402785001, 0.233492536538354808761, 0.203167426723065921749, 0.160078328543346226335,
    0.106939325995318430960, 0.047175336386511827195,
  ]
}
