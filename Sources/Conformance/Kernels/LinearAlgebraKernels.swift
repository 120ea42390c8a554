import Basics
import LinearAlgebra
import Statistics

extension KernelRegistry {
  /// Decompositions by the installed BLAS and LAPACK, and moments.
  mutating func registerLinearAlgebra() {
    register("linear-algebra.singularValues") { input in
      let values = try SVD(matrix(input)).values
      let condition = (values.first ?? .nan) / (values.last ?? .nan)
      return ["values": Reading.value(values), "conditionNumber": Reading.value(condition)]
    }
    register("linear-algebra.symmetricEigenvalues") { try ["values": Reading.value(SymmetricEigen(matrix($0)).values)] }
    register("linear-algebra.cholesky") { try ["L": rows(Cholesky(matrix($0)).lower)] }
    register("linear-algebra.logDeterminant") { input in
      guard let determinant = try nonsingular(matrix(input))?.logDeterminant else {
        return ["sign": 0, "logAbsoluteDeterminant": Reading.value(-Double.infinity)]
      }
      return ["sign": .integer(determinant.sign), "logAbsoluteDeterminant": Reading.value(determinant.logAbsolute)]
    }
    register("linear-algebra.qrR") { input in
      // The reference's rows of R have a positive diagonal; LAPACK leaves the sign open.
      let upper = try QR(matrix(input)).upper.rowList
      return ["R": .array(upper.enumerated().map { i, row in Reading.value(row[i] < 0 ? row.map { -$0 } : row) })]
    }
    register("linear-algebra.solve") {
      try ["solution": Reading.value(LU(matrix($0)).solve($0.numbers("rhs")))]
    }
    register("linear-algebra.inverseSymmetric") { try ["inverse": rows(Cholesky(matrix($0)).inverse())] }
    register("linear-algebra-exact", exact)
    register("least-squares.minimumNorm", minimumNorm)
    register("moments") { input in
      let columns = try input.rows("columns")
      guard columns.allSatisfy({ $0.count == columns[0].count }) else {
        throw KernelInputFault(key: "columns", expected: "columns of one length")
      }
      let moments = Moments(columns: columns)
      let k = moments.columns
      func square(_ element: (Int, Int) -> Double) -> JSONValue {
        .array((0..<k).map { i in Reading.value((0..<k).map { j in element(i, j) }) })
      }
      return [
        "n": .integer(moments.count), "mean": Reading.value(moments.mean),
        "crossProducts": square(moments.crossProduct), "covariance": square(moments.covariance),
      ]
    }
  }
}

private func matrix(_ input: JSONValue) throws -> Matrix { try Matrix(rows: input.rows("matrix")) }

private func rows(_ matrix: Matrix) -> JSONValue { .array(matrix.rowList.map { Reading.value($0) }) }

/// nil for a matrix with a pivot that is exactly 0.
private func nonsingular(_ matrix: Matrix) throws -> LU? {
  do {
    return try LU(matrix)
  } catch {
    if case .singular = error.kind { return nil }
    throw error
  }
}

private func exact(_ input: JSONValue) throws -> JSONValue {
  switch try input.word("operation") {
  case "least-squares":
    let fit = try LeastSquares(columns: input.transposed("design"), response: input.numbers("response"))
    return [
      "coefficients": .array(fit.coefficients.map { Reading.value($0) }),
      "residualSumOfSquares": Reading.value(fit.residualSumOfSquares),
    ]
  case "determinant": return try ["determinant": Reading.value(nonsingular(matrix(input))?.determinant ?? 0)]
  case "cholesky": return try ["lower": rows(Cholesky(matrix(input)).lower)]
  case "symmetric-eigenvalues": return try ["values": Reading.value(SymmetricEigen(matrix(input)).values)]
  case "solve": return try ["solution": Reading.value(LU(matrix(input)).solve(input.numbers("right")))]
  default: throw KernelInputFault(key: "operation", expected: "an operation of linear algebra")
  }
}

/// x = V diag(1/s) Uᵀ b over the singular values that are not 0 to rounding.
private func minimumNorm(_ input: JSONValue) throws -> JSONValue {
  let design = try Matrix(rows: input.rows("X"))
  let response = try input.numbers("y")
  let svd = try SVD(design)
  let limit = Double(max(design.rows, design.columns)) * 0x1p-52 * (svd.values.first ?? 0)
  let rank = svd.values.count { $0 > limit }
  let rotated = try svd.left.transposed.times(response)
  let scaled = rotated.enumerated().map { $0.offset < rank ? $0.element / svd.values[$0.offset] : 0 }
  let solution = try svd.rightTransposed.transposed.times(scaled)
  let residuals = zip(response, try design.times(solution)).map(-)
  return [
    "rank": .integer(rank), "solution": Reading.value(solution),
    "residualSumOfSquares": Reading.value(residuals.reduce(0) { $0 + $1 * $1 }),
  ]
}
