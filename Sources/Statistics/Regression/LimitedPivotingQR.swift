/// Householder QR that keeps the columns in their order and sets aside those that depend on earlier ones, so that the
/// *later* of dependent columns is the one that is dropped and named, whatever its size.
///
/// - Source: the limited column pivoting of LINPACK's `dqrdc2` as described in Chambers, J. M. (1992), "Linear models", in
///   Statistical Models in S; reflectors by Golub, G. H. and Van Loan, C. F. (2013), Matrix Computations, algorithm 5.1.1.
struct LimitedPivotingQR {
  let rows: Int
  /// Columns that are independent, in their order; the others depend on these.
  let kept: [Int]
  let aliased: [Int]
  /// The smallest share of a kept column that is orthogonal to the earlier ones: small where digits are lost.
  let leastShare: Double
  /// Unit vectors; the one of step s begins at row s.
  private let reflectors: [[Double]]
  /// R by columns: element (i, j) is `upper[j][i]`, i <= j.
  private let upper: [[Double]]

  /// - Parameters:
  ///   - columns: the columns, each of length `rows`.
  ///   - tolerance: a column whose part that is orthogonal to the earlier ones is below this share of it is dependent.
  init(columns: [[Double]], rows: Int, tolerance: Double = 1e-11) {
    self.rows = rows
    var work = columns
    var kept: [Int] = []
    var aliased: [Int] = []
    var reflectors: [[Double]] = []
    var upper: [[Double]] = []
    var leastShare = 1.0
    for j in work.indices {
      let step = kept.count
      let whole = Self.norm(columns[j], from: 0)
      let rest = step < rows ? Self.norm(work[j], from: step) : 0
      guard rest > tolerance * whole, rest > 0 else {
        aliased.append(j)
        continue
      }
      let (vector, diagonal) = Self.reflector(work[j], from: step, norm: rest)
      for later in j + 1..<max(work.count, j + 1) { Self.reflect(&work[later], vector, from: step) }
      upper.append(Array(work[j].prefix(step)) + [diagonal])
      reflectors.append(vector)
      kept.append(j)
      leastShare = min(leastShare, rest / whole)
    }
    self.kept = kept
    self.aliased = aliased
    self.reflectors = reflectors
    self.upper = upper
    self.leastShare = leastShare
  }

  var rank: Int { kept.count }

  /// Qᵀ y; the first `rank` elements belong to the columns, the others to the residual.
  func transposedQ(times y: [Double]) -> [Double] {
    var result = y
    for (step, vector) in reflectors.enumerated() { Self.reflect(&result, vector, from: step) }
    return result
  }

  /// Q y.
  func q(times y: [Double]) -> [Double] {
    var result = y
    for (step, vector) in reflectors.enumerated().reversed() { Self.reflect(&result, vector, from: step) }
    return result
  }

  /// x with R x = right, for the first `rank` elements of `right`.
  func solveUpper(_ right: [Double]) -> [Double] {
    var x = Array(right.prefix(rank))
    for i in stride(from: rank - 1, through: 0, by: -1) {
      for j in i + 1..<max(rank, i + 1) { x[i] -= upper[j][i] * x[j] }
      x[i] /= upper[i][i]
    }
    return x
  }

  /// x with Rᵀ x = right.
  func solveTransposedUpper(_ right: [Double]) -> [Double] {
    var x = right
    for i in 0..<rank {
      for j in 0..<i { x[i] -= upper[i][j] * x[j] }
      x[i] /= upper[i][i]
    }
    return x
  }

  /// X R⁻¹ for the kept columns X: orthonormal columns.
  func orthonormal(_ columns: [[Double]]) -> [[Double]] {
    var result: [[Double]] = []
    for i in 0..<rank {
      var column = columns[i]
      for (j, earlier) in result.enumerated() {
        let factor = upper[i][j]
        for row in 0..<rows { column[row] -= factor * earlier[row] }
      }
      for row in 0..<rows { column[row] /= upper[i][i] }
      result.append(column)
    }
    return result
  }

  // MARK: - Reflectors

  private static func norm(_ x: [Double], from start: Int) -> Double {
    let largest = x[start...].reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return largest }
    return largest * x[start...].reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
  }

  /// A unit vector v with (I - 2 v vᵀ) x = diagonal · e₁, the sign chosen against cancellation.
  private static func reflector(_ x: [Double], from start: Int, norm: Double) -> (vector: [Double], diagonal: Double) {
    let diagonal = x[start] > 0 ? -norm : norm
    var vector = Array(x[start...])
    vector[0] -= diagonal
    let length = Self.norm(vector, from: 0)
    for i in vector.indices { vector[i] /= length }
    return (vector, diagonal)
  }

  private static func reflect(_ x: inout [Double], _ vector: [Double], from start: Int) {
    var product = 0.0
    for i in vector.indices { product += vector[i] * x[start + i] }
    product *= 2
    for i in vector.indices { x[start + i] -= product * vector[i] }
  }
}
