/// A = V diag(values) Vᵀ of a symmetric matrix, by `dsyevd`; values ascending.
public struct SymmetricEigen: Sendable {
  /// Ascending.
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
      var ld = n
      var integers = [Int32](repeating: 0, count: 3 + 5 * matrix.rows)
      var integerCount = Int32(integers.count)
      withWorkspace { work, size in
        LAPACK.dsyevd("V", "L", &n, &vectors.storage, &ld, &values, work, size, &integers, &integerCount, &info, 1, 1)
      }
    }
    guard info == 0 else { throw LinearAlgebraError(.noConvergence(operation: "the eigenvalue iteration")) }
    self.values = values
    self.vectors = vectors
  }

  /// V diag(f(values)) Vᵀ: a function of the matrix, such as its inverse root.
  public func mapped(_ function: (Double) -> Double) throws(LinearAlgebraError) -> Matrix {
    var scaled = vectors
    for (k, value) in values.enumerated() {
      let factor = function(value)
      for i in 0..<scaled.rows { scaled[i, k] *= factor }
    }
    return try scaled.times(vectors.transposed)
  }
}
