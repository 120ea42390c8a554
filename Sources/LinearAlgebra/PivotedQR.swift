/// A P = Q R with column pivoting, by `dgeqp3`: the rank-revealing factorisation of least squares.
public struct PivotedQR: Sendable {
  /// Of A.
  public let rows: Int
  /// Of A.
  public let columns: Int
  /// Householder vectors below the diagonal, R on and above it.
  private let packed: Matrix
  private let tau: [Double]
  /// `pivot[k]` is the column of A that stands at place k.
  public let pivot: [Int]
  /// Columns that are linearly independent at the tolerance.
  public let rank: Int

  /// - Parameters:
  ///   - matrix: rows x columns, any shape with at least one row and column.
  ///   - tolerance: a diagonal of R below `tolerance` times the first counts as 0; by default max(rows, columns) · 2⁻⁵².
  /// - Throws: `LinearAlgebraError` if the matrix is empty or not finite.
  public init(_ matrix: Matrix, tolerance: Double? = nil) throws(LinearAlgebraError) {
    guard matrix.rows > 0, matrix.columns > 0 else {
      throw LinearAlgebraError(.shapes(operation: "QR", left: [matrix.rows], right: [matrix.columns]))
    }
    guard matrix.isFinite else { throw LinearAlgebraError(.notFinite) }
    var factor = matrix
    var (m, n, info) = (Int32(matrix.rows), Int32(matrix.columns), Int32(0))
    var ld = m
    var pivots = [Int32](repeating: 0, count: matrix.columns)
    let steps = min(matrix.rows, matrix.columns)
    var reflectors = [Double](repeating: 0, count: steps)
    withWorkspace { work, size in
      LAPACK.dgeqp3(&m, &n, &factor.storage, &ld, &pivots, &reflectors, work, size, &info)
    }
    rows = matrix.rows
    columns = matrix.columns
    pivot = pivots.map { Int($0) - 1 }
    tau = reflectors
    let limit = (tolerance ?? Double(max(rows, columns)) * 0x1p-52) * abs(factor[0, 0])
    var independent = 0
    while independent < steps, abs(factor[independent, independent]) > limit { independent += 1 }
    rank = independent
    packed = factor
  }

  /// R of the independent columns: rank x rank, upper triangular.
  public var upper: Matrix {
    var r = Matrix(rows: rank, columns: rank)
    for j in 0..<rank { for i in 0...j { r[i, j] = packed[i, j] } }
    return r
  }

  /// Qᵀ y, of length rows.
  public func transposedQ(times y: [Double]) throws(LinearAlgebraError) -> [Double] { try apply("T", to: y) }

  /// Q y, of length rows.
  public func q(times y: [Double]) throws(LinearAlgebraError) -> [Double] { try apply("N", to: y) }

  private func apply(_ transpose: String, to y: [Double]) throws(LinearAlgebraError) -> [Double] {
    guard y.count == rows else {
      throw LinearAlgebraError(.shapes(operation: "product with Q", left: [rows, rows], right: [y.count, 1]))
    }
    var result = y
    var (m, one, k, info) = (Int32(rows), Int32(1), Int32(tau.count), Int32(0))
    var ld = m
    withWorkspace { work, size in
      LAPACK.dormqr("L", transpose, &m, &one, &k, packed.storage, &m, tau, &result, &ld, work, size, &info, 1, 1)
    }
    return result
  }

  /// The least-squares solution; aliased (dependent) columns are nil.
  public func solve(_ y: [Double]) throws(LinearAlgebraError) -> [Double?] {
    let rotated = try transposedQ(times: y)
    var solution = Array(rotated.prefix(rank))
    for i in stride(from: rank - 1, through: 0, by: -1) {
      for j in i + 1..<max(rank, i + 1) { solution[i] -= packed[i, j] * solution[j] }
      solution[i] /= packed[i, i]
    }
    var result = [Double?](repeating: nil, count: columns)
    for (k, value) in solution.enumerated() { result[pivot[k]] = value }
    return result
  }

  /// R⁻¹ of the independent columns: rank x rank, upper triangular.
  public func upperInverse() -> Matrix {
    var inverse = upper
    guard rank > 0 else { return inverse }
    var (n, info) = (Int32(rank), Int32(0))
    var ld = n
    LAPACK.dtrtri("U", "N", &n, &inverse.storage, &ld, &info, 1, 1)
    return inverse
  }
}

/// Asks LAPACK for the size of its workspace, then calls with one of that size.
func withWorkspace(_ call: (UnsafeMutablePointer<Double>, UnsafePointer<Int32>) -> Void) {
  var query = 0.0
  var size: Int32 = -1
  call(&query, &size)
  size = Int32(max(1, query))
  withUnsafeTemporaryAllocation(of: Double.self, capacity: Int(size)) { call($0.baseAddress!, &size) }
}
