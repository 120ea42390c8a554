/// How alike the units of one cluster are, estimated by one-way analysis of variance.
///
/// ρ = (MSB - MSW) / (MSB + (m₀ - 1) MSW), m₀ = (N - Σ m_j² / N) / (k - 1), kept in [0, 1].
/// - Source: Donner, A. and Koval, J. J. (1980), "The estimation of intraclass correlation in the analysis of family
///   data", Biometrics 36, 19-25, eq. 1.
public struct IntraclassCorrelation: Sendable, Hashable {
  public let value: Double
  /// Clusters that the estimate was made from.
  public let clusters: Int
  /// Units in a cluster, on average.
  public let meanSize: Double
  /// Standard deviation of the sizes over their mean.
  public let sizeVariation: Double

  /// - Parameters:
  ///   - sizes: units of each cluster. - sums: of their values, in the same order.
  ///   - totalSquares: Σ (value - mean)² over all units.
  /// - Throws: `DomainError` with fewer than 2 clusters, an empty cluster, or no cluster of more than one unit.
  public init(sizes: [Double], sums: [Double], totalSquares: Double) throws(DomainError) {
    let k = Double(sizes.count)
    guard sizes.count >= 2 else { throw DomainError("clusters", k, "must be at least 2") }
    guard sums.count == sizes.count else {
      throw DomainError("sums of clusters", Double(sums.count), "must be as many as the sizes")
    }
    guard let least = sizes.min(), least > 0 else { throw DomainError("smallest cluster", 0, "must not be empty") }
    let units = sizes.reduce(0, +)
    guard units > k else {
      throw DomainError("mean cluster size", units / k, "must be above 1: with one unit each nothing is alike")
    }
    let mean = sums.reduce(0, +) / units
    let between = zip(sizes, sums).reduce(0) { $0 + $1.0 * ($1.1 / $1.0 - mean) * ($1.1 / $1.0 - mean) }
    let betweenMean = between / (k - 1)
    let withinMean = max(0, totalSquares - between) / (units - k)
    let typical = (units - sizes.reduce(0) { $0 + $1 * $1 } / units) / (k - 1)
    let scale = betweenMean + (typical - 1) * withinMean
    value = scale > 0 ? min(1, max(0, (betweenMean - withinMean) / scale)) : 0
    clusters = sizes.count
    meanSize = units / k
    let variance = sizes.reduce(0) { $0 + ($1 - units / k) * ($1 - units / k) } / (k - 1)
    sizeVariation = variance.squareRoot() / (units / k)
  }
}
