/// A = L Lᵀ of a symmetric positive definite matrix, by `dpotrf`; a single number, as of one covariate, needs no library.
public struct Cholesky: Sendable {
  /// Lower triangular; zeros above the diagonal.
  public let lower: Matrix

  /// - Parameter matrix: symmetric; only the lower triangle is read.
  /// - Throws: `LinearAlgebraError` if it is not square, not finite or not positive definite.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.rows == matrix.columns else {
      throw LinearAlgebraError(.shapes(operation: "Cholesky", left: [matrix.rows], right: [matrix.columns]))
    }
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    var factor = matrix
    var n = Int32(matrix.rows)
    var info: Int32 = 0
    if n == 1 {
      info = factor[0, 0] > 0 ? 0 : 1
      factor[0, 0] = factor[0, 0].squareRoot()
    } else if n > 0 {
      LAPACK.dpotrf("L", &n, &factor.storage, &n, &info, 1)
    }
    guard info == 0 else { throw LinearAlgebraError(.notPositiveDefinite(minor: Int(info))) }
    for j in 0..<factor.columns { for i in 0..<j { factor[i, j] = 0 } }
    lower = factor
  }

  /// x with A x = right, for each column of `right`.
  public func solve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard right.rows == lower.rows else {
      throw LinearAlgebraError(
        .shapes(operation: "Cholesky solve", left: [lower.rows, lower.rows], right: [right.rows, right.columns]))
    }
    var solution = right
    guard right.rows > 0, right.columns > 0 else { return solution }
    if right.rows == 1 {
      for column in 0..<right.columns { solution[0, column] = right[0, column] / lower[0, 0] / lower[0, 0] }
      return solution
    }
    var (n, count, info) = (Int32(lower.rows), Int32(right.columns), Int32(0))
    var ld = n
    LAPACK.dpotrs("L", &n, &count, lower.storage, &n, &solution.storage, &ld, &info, 1)
    return solution
  }

  /// x with A x = right, of length n.
  public func solve(_ right: [Double]) throws(LinearAlgebraError) -> [Double] {
    try solve(Matrix(rows: right.count, columns: 1, storage: right)).storage
  }

  /// A⁻¹, n x n.
  public func inverse() throws(LinearAlgebraError) -> Matrix { try solve(.identity(lower.rows)) }

  /// Product of the squared diagonal of L; may overflow.
  public var determinant: Double { (0..<lower.rows).reduce(1) { $0 * lower[$1, $1] * lower[$1, $1] } }
}
