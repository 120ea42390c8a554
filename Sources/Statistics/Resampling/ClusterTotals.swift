/// Columns summed by cluster: the rows that are independent when units come in clusters (stores, sessions of a user, days).
///
/// A mean over units becomes the ratio of a total to the sizes; resampled or fed to `Moments`, whole clusters count once.
public struct ClusterTotals: Sendable, Hashable {
  /// Distinct labels, ascending.
  public let clusters: [Int]
  /// The sums, column by column, one value a cluster.
  public let columns: [[Double]]
  /// Rows in each cluster.
  public let sizes: [Double]

  /// - Throws: `DomainError` unless there is one label a row.
  public init(columns data: [[Double]], clusters labels: [Int]) throws(DomainError) {
    for column in data where column.count != labels.count {
      throw DomainError("cluster labels", Double(labels.count), "must be as many as values, \(column.count)")
    }
    let distinct = Set(labels).sorted()
    let place = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    let places = labels.map { place[$0] ?? 0 }
    clusters = distinct
    columns = data.map { column in
      var sums = [Double](repeating: 0, count: distinct.count)
      for (row, cluster) in places.enumerated() { sums[cluster] += column[row] }
      return sums
    }
    var sizes = [Double](repeating: 0, count: distinct.count)
    for cluster in places { sizes[cluster] += 1 }
    self.sizes = sizes
  }
}
