/// Counts, means and centred cross-products of k columns: the sufficient statistic of every mean-like metric.
///
/// Values are merged by the pairwise update of Chan, Golub & LeVeque (1983), "Algorithms for computing the sample
/// variance", The American Statistician 37, eq. 2.1; raw sums of squares are never formed.
public struct Moments: Sendable, Hashable, Codable {
  /// Rows (units) seen.
  public private(set) var count: Int
  /// The mean of each column; 0 while there are no rows. Length k.
  public private(set) var mean: [Double]
  /// What `mean` lost to rounding, to first order: the mean is `mean + meanRemainder`. Differences of means of large
  /// values keep their digits by it. Length k.
  package private(set) var meanRemainder: [Double]
  /// Σ (x_i - mean_i)(x_j - mean_j), symmetric, k x k, element (i, j) at `i + j * k`.
  public private(set) var crossProducts: [Double]

  /// Columns that the moments are of.
  public var columns: Int { mean.count }

  /// No rows of `columns` columns.
  public init(columns: Int) {
    count = 0
    mean = [Double](repeating: 0, count: columns)
    meanRemainder = mean
    crossProducts = [Double](repeating: 0, count: columns * columns)
  }

  /// From values that are known already, for example a warehouse's answer.
  public init(count: Int, mean: [Double], crossProducts: [Double]) {
    self.init(
      count: count, mean: mean, meanRemainder: [Double](repeating: 0, count: mean.count), crossProducts: crossProducts)
  }

  package init(count: Int, mean: [Double], meanRemainder: [Double], crossProducts: [Double]) {
    precondition(crossProducts.count == mean.count * mean.count, "crossProducts must be k x k")
    precondition(meanRemainder.count == mean.count, "one remainder a mean")
    self.count = count
    self.mean = mean
    self.meanRemainder = meanRemainder
    self.crossProducts = crossProducts
  }

  /// Σ (x_i - mean_i)(x_j - mean_j).
  public func crossProduct(_ i: Int, _ j: Int) -> Double { crossProducts[i + j * columns] }

  /// Sample covariance (divisor n - 1); NaN below 2 rows.
  public func covariance(_ i: Int, _ j: Int) -> Double {
    count >= 2 ? crossProduct(i, j) / Double(count - 1) : .nan
  }

  /// Sample variance (divisor n - 1); NaN below 2 rows.
  public func variance(_ i: Int = 0) -> Double { covariance(i, i) }

  /// Adds the rows of another set of the same columns.
  public mutating func merge(_ other: Moments) {
    precondition(other.columns == columns, "moments of different columns")
    merge(
      rows: other.count, mean: other.mean, remainder: other.meanRemainder, crossProducts: other.crossProducts)
  }

  /// The same with the other set in memory.
  ///
  /// - Parameters:
  ///   - rows: >= 0; nothing else is looked at if it is 0.
  ///   - mean, remainder: k numbers each. - crossProducts: k x k, symmetric.
  package mutating func merge(
    rows: Int, mean otherMean: UnsafePointer<Double>, remainder: UnsafePointer<Double>,
    crossProducts products: UnsafePointer<Double>
  ) {
    guard rows > 0 else { return }
    let k = columns
    let (n, m) = (Double(count), Double(rows))
    // Where there was nothing the other set is taken as it is, without rounding.
    let weight = count == 0 ? 0 : n * m / (n + m)
    let share = m / (n + m)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k + 1) { delta in
      for i in 0..<k {
        delta.initializeElement(at: i, to: (otherMean[i] - mean[i]) + (remainder[i] - meanRemainder[i]))
      }
      for j in 0..<k {
        for i in 0...j {
          // One of the two is computed, so that the matrix stays symmetric to the last bit.
          let product = crossProducts[i + j * k] + (products[i + j * k] + weight * delta[i] * delta[j])
          crossProducts[i + j * k] = product
          crossProducts[j + i * k] = product
        }
      }
      for i in 0..<k {
        if count == 0 {
          (mean[i], meanRemainder[i]) = (otherMean[i], remainder[i])
        } else {
          let (sum, error) = Self.exactSum(mean[i], delta[i] * share)
          (mean[i], meanRemainder[i]) = Self.exactSum(sum, error + meanRemainder[i])
        }
      }
    }
    count += rows
  }

  /// The moments of some of the columns, in the order given.
  public func selecting(_ wanted: [Int]) -> Moments {
    Moments(
      count: count, mean: wanted.map { mean[$0] }, meanRemainder: wanted.map { meanRemainder[$0] },
      crossProducts: wanted.flatMap { j in wanted.map { i in crossProduct(i, j) } })
  }

  /// The difference of two means of a column, with the digits that the means as doubles do not hold.
  public func meanDifference(from other: Moments, column: Int = 0) -> Double {
    (mean[column] - other.mean[column]) + (meanRemainder[column] - other.meanRemainder[column])
  }

  /// a + b as a double and what rounding took from it. - Source: Knuth, The Art of Computer Programming 2, 4.2.2, theorem B.
  static func exactSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
    let sum = a + b
    guard sum.isFinite else { return (sum, 0) }
    let virtual = sum - a
    return (sum, (a - (sum - virtual)) + (b - virtual))
  }
}
