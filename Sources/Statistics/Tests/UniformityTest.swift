import Foundation

/// Kolmogorov-Smirnov: one sample against the uniform distribution on [0, 1]: the largest distance of the two distribution functions.
///
/// p-values of many tests under their null hypotheses are uniform: this finds those that are too small and those that are too
/// even alike.
/// - Source: Kolmogorov (1933); the tail with the correction for finite samples of Stephens (1970), JRSS B 32, 115-122,
///   D (√n + 0.12 + 0.11/√n), good to two digits from n = 5 on.
/// - Checked against: scipy.stats.kstest, Tests/StatisticsTests.
public struct UniformityTest: Sendable, Hashable {
  /// The largest distance.
  public let statistic: Double
  public let pValue: Double

  /// - Throws: `DomainError` for an empty sample or a value outside [0, 1].
  public init(_ sample: [Double]) throws(DomainError) {
    guard !sample.isEmpty else { throw DomainError("values", 0, "must be at least 1") }
    for value in sample where !(value >= 0 && value <= 1) { throw DomainError("value", value, "must be in [0, 1]") }
    let n = Double(sample.count)
    var distance = 0.0
    for (rank, value) in sample.sorted().enumerated() {
      distance = max(distance, value - Double(rank) / n, Double(rank + 1) / n - value)
    }
    statistic = distance
    pValue = Self.tail(distance * (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()))
  }

  /// 2 Σ (-1)^(k-1) exp(-2 k² x²), in the form of a theta function below 1, where that converges faster.
  private static func tail(_ x: Double) -> Double {
    guard x > 0.04 else { return 1 }
    var sum = 0.0
    if x < 1 {
      for k in 1...20 {
        let odd = Double(2 * k - 1) * .pi / x
        sum += exp(-odd * odd / 8)
      }
      return max(0, 1 - (2 * Double.pi).squareRoot() / x * sum)
    }
    for k in 1...20 {
      let kx = Double(k) * x
      sum += (k % 2 == 1 ? 1 : -1) * exp(-2 * kx * kx)
    }
    return min(1, max(0, 2 * sum))
  }
}
