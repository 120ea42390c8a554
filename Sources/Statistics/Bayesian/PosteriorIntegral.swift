import Foundation

/// Integrals over a natural scale of products of posterior densities and tails.
enum PosteriorIntegral {
  /// log ∫ exp(h(u)) du for an h with one maximum, which is looked for from `start`.
  ///
  /// - Parameter scale: the shortest length over which h changes, such as the narrowest posterior's deviation.
  static func log(from start: Double, scale: Double, _ h: @escaping (Double) -> Double) -> Double {
    UnimodalIntegral.log(mode: mode(of: h, from: start, scale: scale), scale: scale, h)
  }

  /// Uphill with doubled steps until the maximum is bracketed, then by golden section to a small part of the scale.
  private static func mode(of h: (Double) -> Double, from start: Double, scale: Double) -> Double {
    let value = h(start)
    var step = h(start + scale) >= h(start - scale) ? scale : -scale
    var (before, here, best) = (start - step, start, value)
    var next = start + step
    for _ in 0..<1000 {
      let value = h(next)
      guard value > best else { break }
      (before, here, best) = (here, next, value)
      step *= 2
      next += step
    }
    guard best > -.infinity else { return here }
    return golden(h, min(before, next), max(before, next), to: scale / 16)
  }

  private static func golden(_ h: (Double) -> Double, _ low: Double, _ high: Double, to width: Double) -> Double {
    let ratio = 0.6180339887498949
    var (a, b) = (low, high)
    var (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
    var (atC, atD) = (h(c), h(d))
    while b - a > width, c < d {
      if atC >= atD {
        (b, d, atD) = (d, c, atC)
        c = b - ratio * (b - a)
        atC = h(c)
      } else {
        (a, c, atC) = (c, d, atD)
        d = a + ratio * (b - a)
        atD = h(d)
      }
    }
    return atC >= atD ? c : d
  }
}
