import Foundation

/// The 20-point Gauss-Legendre rule on [0, 1]: exact for polynomials of degree 39.
///
/// - Source: nodes by Newton's method on the Legendre polynomial; NIST DLMF section 3.5(v).
enum GaussLegendre {
  static let nodes: [(x: Double, weight: Double)] = rule(20)

  private static func rule(_ n: Int) -> [(x: Double, weight: Double)] {
    (1...n).map { i in
      var x = cos(.pi * (Double(i) - 0.25) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (previous, value) = (1.0, x)
        for k in 2...n {
          (previous, value) = (value, (Double(2 * k - 1) * x * value - Double(k - 1) * previous) / Double(k))
        }
        slope = Double(n) * (x * value - previous) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      return ((1 - x) / 2, 1 / ((1 - x * x) * slope * slope))
    }
  }
}
