import LinearAlgebra

/// CR2 of weighted least squares, where the working model (errors of one variance) is not that of the weights.
///
/// With H the hat matrix and Z_g = [X_g, W_g X_g], rows g and h of (I - H)(I - H)ᵀ are δ_gh I + Z_g C Z_hᵀ, and cluster g's
/// adjustment is the inverse root of its own block. Everything is done in the span of Z_g, from the Gram matrix of Z_g alone.
/// - Source: Pustejovsky, J. E. and Tipton, E. (2018), "Small-sample methods for cluster-robust variance estimation", JBES 36,
///   eqs. 8 to 11, with the identity as working model.
/// - Checked against: the definition with whole hat matrices, Datasets/References/cluster-robust-weighted.json.
struct WeightedClusters {
  private let clusters: [Adjustment]
  /// C: columns of X first, then of W X.
  private let model: Matrix
  /// Z_gᵀ e_g.
  private let products: [[Double]]
  /// √ of the mean weight: weights are used over their mean.
  private let scale: Double
  private let rank: Int

  /// nil if weights are equal: then the usual adjustment holds.
  init?(_ fit: LeastSquares, _ places: ClusterPlaces) throws {
    guard let given = fit.weights, given.contains(where: { $0 != given[0] }) else { return nil }
    let mean = given.reduce(0, +) / Double(given.count)
    let roots = given.map { ($0 / mean).squareRoot() }
    let columns = fit.orthonormalColumns
    let basis =
      columns.map { zip($0, roots).map { $0 / $1 } } + columns.map { zip($0, roots).map { $0 * $1 } }
    (rank, scale) = (fit.rank, mean.squareRoot())
    var model = Matrix(rows: 2 * rank, columns: 2 * rank)
    for i in 0..<rank {
      for j in 0..<rank { model[i, j] = LeastSquares.product(basis[rank + i], basis[rank + j]) }
      model[i, rank + i] = -1
      model[rank + i, i] = -1
    }
    self.model = model
    let (own, rank) = (model, rank)
    clusters = try places.grams(basis).map { try Adjustment($0, own, rank) }
    products = places.sums(basis.map { zip($0, fit.residuals).map { $0 * $1 } })
  }

  /// - Parameter rows: of R⁻¹, one a coefficient.
  func standardErrors(_ rows: [[Double]]) throws -> [Double] {
    let scores = try zip(clusters, products).map { try $0.scores(of: $1) }
    return rows.map { row in
      scale * scores.reduce(0) { $0 + LeastSquares.product(row, $1) * LeastSquares.product(row, $1) }.squareRoot()
    }
  }

  /// (tr P)² / tr P², where P_gh = δ_gh a_g·a_g + z_gᵀ C z_h.
  func degreesOfFreedom(_ row: [Double]) throws -> Double {
    var (trace, squares) = (0.0, 0.0)
    var outer = Matrix(rows: 2 * rank, columns: 2 * rank)
    for cluster in clusters {
      let influence = try cluster.influence.times(row)
      let projection = try cluster.root.transposed.times(influence)
      let own = LeastSquares.product(influence, influence)
      let shared = LeastSquares.product(projection, try model.times(projection))
      trace += own + shared
      squares += own * own + 2 * own * shared
      for j in 0..<2 * rank { for i in 0..<2 * rank { outer[i, j] += projection[i] * projection[j] } }
    }
    let product = try model.times(outer)
    for j in 0..<2 * rank { squares += LeastSquares.product(product.column(j), product.transposed.column(j)) }
    return trace * trace / squares
  }

  /// One cluster, in an orthonormal basis U of the span of Z = U root.
  private struct Adjustment {
    let root: Matrix
    /// Uᵀ A W X: the influence of the cluster's rows.
    let influence: Matrix
    /// Uᵀ = back Zᵀ.
    private let back: Matrix

    init(_ gram: Matrix, _ model: Matrix, _ rank: Int) throws {
      let eigen = try SymmetricEigen(gram)
      let kept = eigen.values.indices.filter { eigen.values[$0] > 1e-14 * (eigen.values.last ?? 0) }
      var (root, back) = (
        Matrix(rows: kept.count, columns: 2 * rank), Matrix(rows: kept.count, columns: 2 * rank)
      )
      for (k, place) in kept.enumerated() {
        let length = eigen.values[place].squareRoot()
        for j in 0..<2 * rank {
          root[k, j] = eigen.vectors[j, place] * length
          back[k, j] = eigen.vectors[j, place] / length
        }
      }
      // A direction that is fitted without error contributes nothing.
      let adjustment = try SymmetricEigen(root.times(model).times(root.transposed))
        .mapped { 1 + $0 > 1e-10 ? 1 / (1 + $0).squareRoot() : 0 }
      let weighted = Matrix(
        rows: kept.count, columns: rank, storage: Array(root.storage[(kept.count * rank)...]))
      influence = try adjustment.times(weighted)
      (self.root, self.back) = (root, back)
    }

    /// (W X)ᵀ A e from Zᵀ e.
    func scores(of products: [Double]) throws -> [Double] {
      try influence.transposed.times(back.times(products))
    }
  }
}
