import LinearAlgebra

extension LeastSquares {
  /// Which correction for few clusters.
  public enum ClusterKind: Sendable, Hashable {
    /// No correction.
    case cr0
    /// G/(G - 1).
    case cr1
    /// G/(G - 1) · (n - 1)/(n - p).
    case cr1s
    /// Bias-reduced linearisation, exact for independent errors of one variance, whatever the weights.
    case cr2
  }

  /// Standard errors when errors within a cluster may depend on each other; nil for aliased columns.
  ///
  /// - Parameter clusters: the cluster of each observation.
  /// - Throws: `DomainError` if there are fewer than 2 clusters, or not one label an observation.
  /// - Source: Liang, K.-Y. and Zeger, S. L. (1986), Biometrika 73; CR2: Bell, R. M. and McCaffrey, D. F. (2002), Survey
  ///   Methodology 28, with the symmetric root of I - H of Pustejovsky & Tipton (2018), JBES 36, eq. 9.
  /// - Checked against: R clubSandwich and sandwich, Datasets/References/cluster-robust.json.
  public func standardErrors(clusters: [Int], _ kind: ClusterKind = .cr2) throws -> [Double?] {
    let places = try ClusterPlaces(clusters, observations: observations)
    let (g, n, p) = (Double(places.count), Double(observations), Double(rank))
    let factor: Double =
      switch kind {
      case .cr0, .cr2: 1
      case .cr1: g / (g - 1)
      case .cr1s: g / (g - 1) * (n - 1) / (n - p)
      }
    let columns = orthonormalColumns
    var scores = places.sums(columns.map { column in zip(column, scaledResiduals).map { $0 * $1 } })
    if kind == .cr2, let weighted = try WeightedClusters(self, places) {
      return spread(try weighted.standardErrors(inverseRows))
    }
    if kind == .cr2 {
      for (cluster, gram) in places.grams(columns).enumerated() {
        scores[cluster] = try Self.adjustment(gram).times(scores[cluster])
      }
    }
    return spread(
      inverseRows.map { coefficient in
        (factor * scores.reduce(0) { $0 + Self.square(Self.product(coefficient, $1)) }).squareRoot()
      })
  }

  /// Satterthwaite degrees of freedom of the CR2 standard errors.
  ///
  /// With a_g the influence of cluster g's observations and b_g = Q_gᵀ a_g, the Gram matrix of the influence vectors after the hat
  /// matrix is taken out has P_gh = [g = h] a_g·a_g - b_g·b_h; both traces need only sums over clusters.
  /// - Source: Bell & McCaffrey (2002), as above: (tr P)² / tr P².
  public func clusterDegreesOfFreedom(clusters: [Int]) throws -> [Double?] {
    let places = try ClusterPlaces(clusters, observations: observations)
    if let weighted = try WeightedClusters(self, places) {
      return spread(try inverseRows.map { try weighted.degreesOfFreedom($0) })
    }
    let grams = places.grams(orthonormalColumns)
    let adjustments = try grams.map { try Self.adjustment($0) }
    return try spread(
      inverseRows.map { coefficient in
        var (trace, squares) = (0.0, 0.0)
        var outer = Matrix(rows: rank, columns: rank)
        for (gram, adjustment) in zip(grams, adjustments) {
          let influence = try adjustment.times(coefficient)
          let projection = try gram.times(influence)
          let (own, shared) = (Self.product(influence, projection), Self.product(projection, projection))
          trace += own - shared
          squares += own * own - 2 * own * shared
          for j in 0..<rank { for i in 0..<rank { outer[i, j] += projection[i] * projection[j] } }
        }
        for j in 0..<rank { squares += outer.column(j).reduce(0) { $0 + $1 * $1 } }
        return trace * trace / squares
      })
  }

  /// (I - Q Qᵀ)^(-1/2) Q = Q T for the rows Q of one cluster: with QᵀQ = V diag(s) Vᵀ, T = V diag((1 - s)^(-1/2)) Vᵀ. A direction
  /// with s = 1 is fitted without error and contributes nothing.
  private static func adjustment(_ gram: Matrix) throws -> Matrix {
    try SymmetricEigen(gram).mapped { 1 - $0 > 1e-10 ? 1 / (1 - $0).squareRoot() : 0 }
  }

  static func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  private static func square(_ x: Double) -> Double { x * x }
}

/// Which cluster each observation is in, clusters numbered from 0.
struct ClusterPlaces {
  let count: Int
  private let places: [Int]

  init(_ labels: [Int], observations: Int) throws(DomainError) {
    guard labels.count == observations else {
      throw DomainError("cluster labels", Double(labels.count), "must be as many as observations (\(observations))")
    }
    var numbers: [Int: Int] = [:]
    places = labels.map { label in
      if let known = numbers[label] { return known }
      let number = numbers.count
      numbers[label] = number
      return number
    }
    count = numbers.count
    guard count >= 2 else { throw DomainError("clusters", Double(count), "must be at least 2") }
  }

  /// The sum of each column over each cluster: by cluster, then column.
  func sums(_ columns: [[Double]]) -> [[Double]] {
    var sums = [Double](repeating: 0, count: count * columns.count)
    let width = columns.count
    for (k, column) in columns.enumerated() {
      for (row, cluster) in places.enumerated() { sums[cluster * width + k] += column[row] }
    }
    return (0..<count).map { Array(sums[$0 * width..<($0 + 1) * width]) }
  }

  /// QᵀQ of each cluster's rows.
  func grams(_ columns: [[Double]]) -> [Matrix] {
    let p = columns.count
    var grams = [Double](repeating: 0, count: count * p * p)
    for j in 0..<p {
      for i in j..<p {
        for (row, cluster) in places.enumerated() {
          grams[cluster * p * p + i + j * p] += columns[i][row] * columns[j][row]
        }
        for cluster in 0..<count { grams[cluster * p * p + j + i * p] = grams[cluster * p * p + i + j * p] }
      }
    }
    return (0..<count).map { Matrix(rows: p, columns: p, storage: Array(grams[$0 * p * p..<($0 + 1) * p * p])) }
  }
}
