import Basics
import Statistics

/// Clusters of points by k-means from k-means++ starts, the best of several.
///
/// - Source: Lloyd, S. P. (1982), IEEE Transactions on Information Theory 28, 129-137; starts: Arthur, D. and Vassilvitskii, S.
///   (2007), "k-means++: the advantages of careful seeding", SODA; silhouette: Rousseeuw, P. J. (1987), Journal of Computational
///   and Applied Mathematics 20, 53-65.
package struct KMeans {
  let dimension: Int
  /// k x dimension.
  private(set) var centers: [Double]
  /// Sum of squared distances to the own centre.
  package private(set) var inertia = Double.infinity

  var k: Int { centers.count / dimension }

  /// - Parameter points: rows of `dimension` numbers, row after row; at least k rows.
  package init(_ points: [Double], dimension: Int, k: Int, restarts: Int = 8, using generator: inout SplitMix64) {
    self.dimension = dimension
    centers = []
    for _ in 0..<restarts {
      var one = Self.start(points, dimension, k, &generator)
      let cost = Self.improve(&one, points, dimension)
      if cost < inertia { (centers, inertia) = (one, cost) }
    }
  }

  private static func start(
    _ points: [Double], _ dimension: Int, _ k: Int, _ generator: inout SplitMix64
  ) -> [Double] {
    let count = points.count / dimension
    func row(_ i: Int) -> ArraySlice<Double> { points[i * dimension..<(i + 1) * dimension] }
    var centers = Array(row(Int.random(in: 0..<count, using: &generator)))
    var nearest = [Double](repeating: .infinity, count: count)
    while centers.count < k * dimension {
      let last = centers.suffix(dimension)
      for i in 0..<count { nearest[i] = min(nearest[i], squaredDistance(row(i), last)) }
      let total = nearest.reduce(0, +)
      var left = Double.random(in: 0..<1, using: &generator) * total
      var chosen = count - 1
      for i in 0..<count {
        left -= nearest[i]
        if left < 0 {
          chosen = i
          break
        }
      }
      centers += row(chosen)
    }
    return centers
  }

  private static func improve(_ centers: inout [Double], _ points: [Double], _ dimension: Int) -> Double {
    let (count, k) = (points.count / dimension, centers.count / dimension)
    var before = Double.infinity
    for _ in 0..<100 {
      var (sums, sizes, cost) = ([Double](repeating: 0, count: centers.count), [Int](repeating: 0, count: k), 0.0)
      for i in 0..<count {
        let row = points[i * dimension..<(i + 1) * dimension]
        let (cluster, distance) = nearest(row, centers, dimension)
        cost += distance
        sizes[cluster] += 1
        for d in 0..<dimension { sums[cluster * dimension + d] += row[row.startIndex + d] }
      }
      for cluster in 0..<k where sizes[cluster] > 0 {
        for d in 0..<dimension {
          centers[cluster * dimension + d] = sums[cluster * dimension + d] / Double(sizes[cluster])
        }
      }
      if cost >= before * (1 - 1e-10) { return cost }
      before = cost
    }
    return before
  }

  package func cluster(of row: ArraySlice<Double>) -> Int { Self.nearest(row, centers, dimension).cluster }

  private static func nearest(
    _ row: ArraySlice<Double>, _ centers: [Double], _ dimension: Int
  ) -> (cluster: Int, distance: Double) {
    var best = (cluster: 0, distance: Double.infinity)
    for cluster in 0..<centers.count / dimension {
      let distance = squaredDistance(row, centers[cluster * dimension..<(cluster + 1) * dimension])
      if distance < best.distance { best = (cluster, distance) }
    }
    return best
  }

  private static func squaredDistance(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    var sum = 0.0
    for (x, y) in zip(a, b) { sum += (x - y) * (x - y) }
    return sum
  }

  /// The mean over points of (b - a) / max(a, b): a the mean distance to the own cluster's other points, b that to the nearest
  /// other cluster's; 0 for a point alone in its cluster.
  package func silhouette(_ points: [Double]) -> Double {
    let count = points.count / dimension
    func row(_ i: Int) -> ArraySlice<Double> { points[i * dimension..<(i + 1) * dimension] }
    let own = (0..<count).map { cluster(of: row($0)) }
    var sizes = [Int](repeating: 0, count: k)
    for cluster in own { sizes[cluster] += 1 }
    var total = 0.0
    for i in 0..<count where sizes[own[i]] > 1 {
      var sums = [Double](repeating: 0, count: k)
      for j in 0..<count { sums[own[j]] += Self.squaredDistance(row(i), row(j)).squareRoot() }
      let a = sums[own[i]] / Double(sizes[own[i]] - 1)
      let b = (0..<k).filter { $0 != own[i] && sizes[$0] > 0 }.map { sums[$0] / Double(sizes[$0]) }.min() ?? a
      if max(a, b) > 0 { total += (b - a) / max(a, b) }
    }
    return total / Double(count)
  }
}
