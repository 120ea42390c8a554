import Foundation

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
      LAPACK.dgetrf(&m, &n, &factor.storage, &ld, &order, &info)
    }
    guard info == 0 else { throw LinearAlgebraError(.singular(pivot: Int(info))) }
    packed = factor
    pivots = order
  }

  /// X with A X = right, n x any.
  public func solve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard right.rows == packed.rows else {
      throw LinearAlgebraError(
        .shapes(operation: "LU solve", left: [packed.rows, packed.rows], right: [right.rows, right.columns]))
    }
    var solution = right
    guard right.rows > 0, right.columns > 0 else { return solution }
    var (n, count, info) = (Int32(packed.rows), Int32(right.columns), Int32(0))
    var (lda, ldb) = (n, n)
    LAPACK.dgetrs("N", &n, &count, packed.storage, &lda, pivots, &solution.storage, &ldb, &info, 1)
    return solution
  }

  /// x with A x = right, of length n.
  public func solve(_ right: [Double]) throws(LinearAlgebraError) -> [Double] {
    try solve(Matrix(rows: right.count, columns: 1, storage: right)).storage
  }

  /// May overflow or vanish for large matrices; `logDeterminant` does not.
  public var determinant: Double {
    pivots.enumerated().reduce(1) { product, step in
      product * packed[step.offset, step.offset] * (Int(step.element) == step.offset + 1 ? 1 : -1)
    }
  }

  /// Sign and log |det A|: the determinant itself overflows or vanishes for large matrices.
  public var logDeterminant: (sign: Int, logAbsolute: Double) {
    var (sign, sum) = (1, 0.0)
    for (i, pivot) in pivots.enumerated() {
      if (packed[i, i] < 0) != (Int(pivot) != i + 1) { sign = -sign }
      sum += log(abs(packed[i, i]))
    }
    return (sign, sum)
  }
}
