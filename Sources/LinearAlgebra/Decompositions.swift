import CLAPACK

/// P A = L U of a square matrix, by `dgetrf`.
public struct LU: Sendable {
  private let packed: Matrix
  private let pivots: [Int32]

  /// - Throws: `LinearAlgebraError` if the matrix is not square, not finite or exactly singular.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.rows == matrix.columns else {
      throw LinearAlgebraError(.shapes(operation: "LU", left: [matrix.rows], right: [matrix.columns]))
    }
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    var factor = matrix
    var (n, info) = (Int32(matrix.rows), Int32(0))
    var (m, ld) = (n, max(n, 1))
    var order = [Int32](repeating: 0, count: matrix.rows)
    if n > 0 {
      _ = BLAS.ready
      dgetrf_(&m, &n, &factor.storage, &ld, &order, &info)
    }
    guard info == 0 else { throw LinearAlgebraError(.singular(pivot: Int(info))) }
    packed = factor
    pivots = order
  }

  public func solve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard right.rows == packed.rows else {
      throw LinearAlgebraError(
        .shapes(operation: "LU solve", left: [packed.rows, packed.rows], right: [right.rows, right.columns]))
    }
    var solution = right
    guard right.rows > 0, right.columns > 0 else { return solution }
    var (n, count, info) = (Int32(packed.rows), Int32(right.columns), Int32(0))
    var (lda, ldb) = (n, n)
    dgetrs_("N", &n, &count, packed.storage, &lda, pivots, &solution.storage, &ldb, &info, 1)
    return solution
  }

  public func solve(_ right: [Double]) throws(LinearAlgebraError) -> [Double] {
    try solve(Matrix(rows: right.count, columns: 1, storage: right)).storage
  }

  public var determinant: Double {
    pivots.enumerated().reduce(1) { product, step in
      product * packed[step.offset, step.offset] * (Int(step.element) == step.offset + 1 ? 1 : -1)
    }
  }
}

/// A = V diag(values) Vᵀ of a symmetric matrix, by `dsyevd`; values ascending.
public struct SymmetricEigen: Sendable {
  public let values: [Double]
  /// Eigenvectors as columns, in the order of `values`.
  public let vectors: Matrix

  /// - Parameter matrix: symmetric; only the lower triangle is read.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.rows == matrix.columns else {
      throw LinearAlgebraError(.shapes(operation: "eigenvalues", left: [matrix.rows], right: [matrix.columns]))
    }
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    var vectors = matrix
    var values = [Double](repeating: 0, count: matrix.rows)
    var (n, info) = (Int32(matrix.rows), Int32(0))
    if n > 0 {
      _ = BLAS.ready
      var ld = n
      var integers = [Int32](repeating: 0, count: 3 + 5 * matrix.rows)
      var integerCount = Int32(integers.count)
      withWorkspace { work, size in
        dsyevd_("V", "L", &n, &vectors.storage, &ld, &values, work, size, &integers, &integerCount, &info, 1, 1)
      }
    }
    guard info == 0 else { throw LinearAlgebraError(.noConvergence(operation: "the eigenvalue iteration")) }
    self.values = values
    self.vectors = vectors
  }
}

/// A = U diag(values) Vᵀ, by `dgesdd`; values descending.
public struct SVD: Sendable {
  public let values: [Double]
  /// rows x min(rows, columns).
  public let left: Matrix
  /// min(rows, columns) x columns.
  public let rightTransposed: Matrix

  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    let k = min(matrix.rows, matrix.columns)
    var copy = matrix.storage
    var values = [Double](repeating: 0, count: k)
    var left = Matrix(rows: matrix.rows, columns: k)
    var right = Matrix(rows: k, columns: matrix.columns)
    var info: Int32 = 0
    if k > 0 {
      _ = BLAS.ready
      var (m, n, rank) = (Int32(matrix.rows), Int32(matrix.columns), Int32(k))
      var ld = m
      var integers = [Int32](repeating: 0, count: 8 * k)
      withWorkspace { work, size in
        dgesdd_(
          "S", &m, &n, &copy, &ld, &values, &left.storage, &m, &right.storage, &rank, work, size, &integers, &info, 1)
      }
    }
    guard info == 0 else { throw LinearAlgebraError(.noConvergence(operation: "the singular value iteration")) }
    self.values = values
    self.left = left
    rightTransposed = right
  }
}
