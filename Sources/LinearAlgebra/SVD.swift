/// A = U diag(values) Vᵀ, by `dgesdd`; values descending.
public struct SVD: Sendable {
  /// Singular values, descending.
  public let values: [Double]
  /// rows x min(rows, columns).
  public let left: Matrix
  /// min(rows, columns) x columns.
  public let rightTransposed: Matrix

  /// Any shape. Throws `LinearAlgebraError` if not finite or without convergence.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    let k = min(matrix.rows, matrix.columns)
    var copy = matrix.storage
    var values = [Double](repeating: 0, count: k)
    var left = Matrix(rows: matrix.rows, columns: k)
    var right = Matrix(rows: k, columns: matrix.columns)
    var info: Int32 = 0
    if k > 0 {
      var (m, n, rank) = (Int32(matrix.rows), Int32(matrix.columns), Int32(k))
      var ld = m
      var integers = [Int32](repeating: 0, count: 8 * k)
      withWorkspace { work, size in
        LAPACK.dgesdd(
          "S", &m, &n, &copy, &ld, &values, &left.storage, &m, &right.storage, &rank, work, size, &integers, &info, 1)
      }
    }
    guard info == 0 else { throw LinearAlgebraError(.noConvergence(operation: "the singular value iteration")) }
    self.values = values
    self.left = left
    rightTransposed = right
  }
}
