import Foundation

/// A quantile of one arm with a standard error from the order statistics around it; no density is estimated.
///
/// - Source: Deng, Knoblich & Lu (2018), KDD, sections 4.2 and 4.3: the interval between the order statistics of the ranks
///   n (p ± z s) is taken as 2 z standard errors. s is √(p (1 - p) / n) for independent values; for clustered ones the delta
///   method's standard error of the share of values up to the quantile.
/// - Checked against: mpmath and numpy, Datasets/References/quantiles.json and clustered-quantile.json.
public struct QuantileEstimate: Sendable, Hashable {
  public let value: Double
  public let standardError: Double
  /// Of values, not of clusters.
  public let count: Int
  /// The order statistics around the quantile: of the ranks ⌊n (p - z s)⌋ and ⌊n (p + z s)⌋ + 1.
  public let interval: Interval
  /// From 1.
  public let ranks: ClosedRange<Int>
  /// Of the share of values up to the quantile.
  public let shareStandardError: Double

  /// Which of the sample quantiles is the estimate.
  public enum Definition: Sendable, Hashable { case type1, type7 }

  /// What to do if a rank is outside the sample.
  public enum Overrun: Sendable, Hashable {
    case refuse
    /// The smallest or largest value stands for it; the standard error is then too small.
    case clip
  }

  /// Independent values.
  ///
  /// - Parameters:
  ///   - sorted: ascending.
  ///   - arm: what to call the values in an error.
  /// - Throws: `DomainError` if the sample is too small for the interval to lie inside it.
  public init(
    sorted: [Double], probability p: Double, level: ConfidenceLevel = .ninetyFive, arm: String = "sample"
  ) throws(DomainError) {
    try QuantileRanks.require(sorted.count, p)
    let error = (p * (1 - p) / Double(sorted.count)).squareRoot()
    try self.init(
      OrderedValues(sorted), p, SampleQuantile.type7(sorted, p), shareError: error, level, .refuse, arm)
  }

  /// Independent values, of which a histogram is known: each order statistic is within its bound.
  ///
  /// - Throws: `DomainError` as for values.
  public init(
    _ histogram: QuantileHistogram, probability p: Double, level: ConfidenceLevel = .ninetyFive, arm: String = "sample"
  ) throws(DomainError) {
    try QuantileRanks.require(histogram.count, p)
    let error = (p * (1 - p) / Double(histogram.count)).squareRoot()
    let values = OrderedValues(histogram)
    try self.init(values, p, SampleQuantile.type7(values, p), shareError: error, level, .refuse, arm)
  }

  /// Values of clusters, which are the independent units.
  ///
  /// - Parameters:
  ///   - values: in any order.
  ///   - clusters: the cluster of each value, any integers.
  /// - Throws: `DomainError` for fewer than 2 clusters, or if the sample is too small for the interval to lie inside it.
  public init(
    values: [Double], clusters: [Int], probability p: Double, definition: Definition = .type7,
    level: ConfidenceLevel = .ninetyFive, overrun: Overrun = .refuse, arm: String = "sample"
  ) throws(DomainError) {
    try QuantileRanks.require(values.count, p)
    guard clusters.count == values.count else {
      throw DomainError("clusters", Double(clusters.count), "must be as many as there are values (\(values.count))")
    }
    let sorted = values.sorted()
    let quantile = definition == .type1 ? SampleQuantile.type1(sorted, p) : SampleQuantile.type7(sorted, p)
    var sums: [Int: (below: Int, all: Int)] = [:]
    for (value, cluster) in zip(values, clusters) {
      sums[cluster, default: (0, 0)].below += value <= quantile ? 1 : 0
      sums[cluster, default: (0, 0)].all += 1
    }
    guard sums.count >= 2 else {
      throw DomainError("clusters in the \(arm) arm", Double(sums.count), "must be at least 2")
    }
    let (k, n) = (Double(sums.count), Double(values.count))
    let share = Double(sums.values.reduce(0) { $0 + $1.below }) / n
    // In the order of the clusters, so that the sum has the same last digits in every run.
    let squares = sums.keys.sorted().reduce(0.0) { total, cluster in
      let (below, all) = sums[cluster] ?? (0, 0)
      let residual = Double(below) - share * Double(all)
      return total + residual * residual
    }
    let error = (squares * k / (k - 1)).squareRoot() / n
    try self.init(OrderedValues(sorted), p, quantile, shareError: error, level, overrun, arm)
  }

  private init(
    _ values: OrderedValues, _ p: Double, _ quantile: Double, shareError: Double, _ level: ConfidenceLevel,
    _ overrun: Overrun, _ arm: String
  ) throws(DomainError) {
    let n = Double(values.count)
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let low = (n * (p - z * shareError)).rounded(.down)
    let high = (n * (p + z * shareError)).rounded(.down) + 1
    guard overrun == .clip || (low >= 1 && high <= n) else {
      throw DomainError(
        "values in the \(arm) arm", n, "are too few for the interval of the \(p) quantile")
    }
    ranks = Int(min(n, max(1, low)))...Int(min(n, max(1, high)))
    interval = Interval(values[ranks.lowerBound], values[ranks.upperBound])
    value = quantile
    count = values.count
    shareStandardError = shareError
    standardError = interval.width / (2 * z)
  }
}

/// The difference of two quantiles, normal in large samples.
///
/// - Source: Deng, Knoblich & Lu (2018), KDD, section 4.
/// - Checked against: numpy and mpmath, Datasets/References/quantiles.json and clustered-quantile.json.
public struct QuantileDifference: HypothesisTest, Hashable {
  public static let name = "quantile z-test (order statistics)"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law = ReferenceLaw.normal

  /// - Throws: `DomainError` if the values around both quantiles are all equal.
  public init(treatment: QuantileEstimate, control: QuantileEstimate) throws(DomainError) {
    let variance =
      treatment.standardError * treatment.standardError + control.standardError * control.standardError
    guard variance > 0, variance.isFinite else {
      throw DomainError(
        "variance of the difference", variance, "must be positive: the values around the quantile are all equal")
    }
    estimate = treatment.value - control.value
    standardError = variance.squareRoot()
  }
}
