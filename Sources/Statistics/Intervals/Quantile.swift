import Foundation

/// Sample quantiles, Hyndman and Fan's types.
///
/// - Source: Hyndman, R. J. and Fan, Y. (1996), "Sample quantiles in statistical packages", American Statistician 50.
public enum SampleQuantile {
  /// Type 7: linear between order statistics, the default of R and numpy.
  ///
  /// - Parameters: `sorted`: ascending, not empty; `p`: in [0, 1].
  public static func type7(_ sorted: [Double], _ p: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = Double(sorted.count - 1) * p
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    let share = place - Double(index)
    return share == 0 ? sorted[index] : sorted[index] + share * (sorted[index + 1] - sorted[index])
  }
}

/// A quantile with a standard error from the order statistics around it; no density is estimated.
///
/// - Source: Deng, Knoblich & Lu (2018), KDD, section 4.2: the interval between order statistics of ranks
///   n p ± z √(n p (1 - p)), with z = 1.96, taken as 2 z standard errors.
public struct QuantileEstimate: Sendable, Hashable {
  public let value: Double
  public let standardError: Double
  public let count: Int

  /// - Throws: `DomainError` if the sample is too small for the interval to lie inside it.
  public init(sorted: [Double], probability p: Double, arm: String = "sample") throws(DomainError) {
    let n = Double(sorted.count)
    let z = 1.959963984540054
    let reach = z * (n * p * (1 - p)).squareRoot()
    let (low, high) = ((n * p - reach).rounded(.down), (n * p + reach).rounded(.up) + 1)
    guard n > 0, low >= 1, high <= n else {
      throw DomainError("units in the \(arm) arm", n, "are too few for the interval of the \(p) quantile")
    }
    count = sorted.count
    value = SampleQuantile.type7(sorted, p)
    standardError = (sorted[Int(high) - 1] - sorted[Int(low) - 1]) / (2 * z)
  }
}
