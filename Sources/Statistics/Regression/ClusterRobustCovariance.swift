import LinearAlgebra

extension LeastSquares {
  public enum ClusterKind: Sendable, Hashable {
    /// No correction.
    case cr0
    /// G/(G - 1).
    case cr1
    /// G/(G - 1) · (n - 1)/(n - p).
    case cr1s
    /// Bias-reduced linearisation, exact for independent errors of one variance.
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
    let groups = try groups(clusters)
    let (g, n, p) = (Double(groups.count), Double(observations), Double(rank))
    let factor: Double =
      switch kind {
      case .cr0, .cr2: 1
      case .cr1: g / (g - 1)
      case .cr1s: g / (g - 1) * (n - 1) / (n - p)
      }
    let rows = orthonormalRows
    let scores = try groups.map { members in
      let weights = kind == .cr2 ? try Self.adjusted(members.map { rows[$0] }) : members.map { rows[$0] }
      return (0..<rank).map { k in
        zip(weights, members).reduce(0) { $0 + $1.0[k] * scaledResiduals[$1.1] }
      }
    }
    return spread(
      inverseRows.map { coefficient in
        let sum = scores.reduce(0) { total, score in
          let influence = zip(coefficient, score).reduce(0) { $0 + $1.0 * $1.1 }
          return total + influence * influence
        }
        return (sum * factor).squareRoot()
      })
  }

  /// Satterthwaite degrees of freedom of the CR2 standard errors.
  ///
  /// - Source: Bell & McCaffrey (2002), as above: (tr P)² / tr P² with P the Gram matrix of the clusters' influence vectors
  ///   after the hat matrix is taken out.
  public func clusterDegreesOfFreedom(clusters: [Int]) throws -> [Double?] {
    let groups = try groups(clusters)
    let rows = orthonormalRows
    let adjustedRows = try groups.map { try Self.adjusted($0.map { rows[$0] }) }
    return spread(
      inverseRows.map { coefficient in
        // a_g = A_g Q_g R⁻ᵀ c, of one element a member; b_g = Qᵀ of it placed in its rows.
        let influences = adjustedRows.map { weights in
          weights.map { row in zip(coefficient, row).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let projections = zip(groups, influences).map { members, influence in
          (0..<rank).map { k in zip(members, influence).reduce(0) { $0 + rows[$1.0][k] * $1.1 } }
        }
        var (trace, squares) = (0.0, 0.0)
        for i in groups.indices {
          for j in groups.indices {
            let own = i == j ? influences[i].reduce(0) { $0 + $1 * $1 } : 0
            let element = own - zip(projections[i], projections[j]).reduce(0) { $0 + $1.0 * $1.1 }
            if i == j { trace += element }
            squares += element * element
          }
        }
        return trace * trace / squares
      })
  }

  private func groups(_ clusters: [Int]) throws(DomainError) -> [[Int]] {
    guard clusters.count == observations else {
      throw DomainError("cluster labels", Double(clusters.count), "must be as many as observations (\(observations))")
    }
    let groups = Dictionary(grouping: clusters.indices, by: { clusters[$0] }).sorted { $0.key < $1.key }.map(\.value)
    guard groups.count >= 2 else { throw DomainError("clusters", Double(groups.count), "must be at least 2") }
    return groups
  }

  /// (I - Q Qᵀ)^(-1/2) Q for the rows Q of one cluster, by the p x p eigenvalues of QᵀQ: with QᵀQ = V diag(s) Vᵀ it is
  /// Q V diag((1 - s)^(-1/2)) Vᵀ. A direction with s = 1 is fitted without error and contributes nothing.
  private static func adjusted(_ rows: [[Double]]) throws -> [[Double]] {
    let matrix = try Matrix(rows: rows)
    let eigen = try SymmetricEigen(matrix.gram())
    var scaled = eigen.vectors
    for (k, value) in eigen.values.enumerated() {
      let factor = 1 - value > 1e-10 ? 1 / (1 - value).squareRoot() : 0
      for i in 0..<scaled.rows { scaled[i, k] *= factor }
    }
    return try matrix.times(scaled.times(eigen.vectors.transposed)).rowList
  }
}
