/// A = Q R without pivoting, by `dgeqrf`. For columns that may be dependent use `PivotedQR`.
///
/// - Checked against: Datasets/References/linear-algebra.json, function `qrR`.
public struct QR: Sendable {
  /// Of A.
  public let rows: Int
  /// Of A.
  public let columns: Int
  /// Householder vectors below the diagonal, R on and above it.
  private let packed: Matrix
  private let tau: [Double]

  /// - Parameter matrix: rows >= columns >= 1.
  /// - Throws: `LinearAlgebraError` if the matrix is empty, wider than high or not finite.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.columns > 0, matrix.rows >= matrix.columns else {
      throw LinearAlgebraError(.shapes(operation: "QR", left: [matrix.rows], right: [matrix.columns]))
    }
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    var factor = matrix
    var (m, n, info) = (Int32(matrix.rows), Int32(matrix.columns), Int32(0))
    var ld = m
    var reflectors = [Double](repeating: 0, count: matrix.columns)
    withWorkspace { work, size in LAPACK.dgeqrf(&m, &n, &factor.storage, &ld, &reflectors, work, size, &info) }
    rows = matrix.rows
    columns = matrix.columns
    packed = factor
    tau = reflectors
  }

  /// R: columns x columns, upper triangular. The signs of its rows are LAPACK's choice.
  public var upper: Matrix {
    var r = Matrix(rows: columns, columns: columns)
    for j in 0..<columns { for i in 0...j { r[i, j] = packed[i, j] } }
    return r
  }

  /// Qᵀ y, of length rows.
  public func transposedQ(times y: [Double]) throws(LinearAlgebraError) -> [Double] {
    guard y.count == rows else {
      throw LinearAlgebraError(.shapes(operation: "product with Q", left: [rows, rows], right: [y.count, 1]))
    }
    var result = y
    var (m, one, k, info) = (Int32(rows), Int32(1), Int32(columns), Int32(0))
    var (lda, ldc) = (m, m)
    withWorkspace { work, size in
      LAPACK.dormqr("L", "T", &m, &one, &k, packed.storage, &lda, tau, &result, &ldc, work, size, &info, 1, 1)
    }
    return result
  }

  /// The least-squares solution of A x = y.
  ///
  /// - Throws: `LinearAlgebraError` if `y` has another length than A has rows, or a diagonal of R is exactly 0.
  public func solve(_ y: [Double]) throws(LinearAlgebraError) -> [Double] {
    var solution = Array(try transposedQ(times: y).prefix(columns))
    for i in stride(from: columns - 1, through: 0, by: -1) {
      guard packed[i, i] != 0 else { throw LinearAlgebraError(.singular(pivot: i + 1)) }
      solution[i] /= packed[i, i]
      for k in 0..<i { solution[k] -= packed[k, i] * solution[i] }
    }
    return solution
  }
}
