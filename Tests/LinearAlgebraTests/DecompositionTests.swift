import Basics
import LinearAlgebra
import TestSupport
import Testing

/// Datasets/References/linear-algebra.json (mpmath at 60 digits) and linear-algebra-exact.json (rational arithmetic), at the
/// tolerances that backward stability allows; the last bits differ between BLAS libraries.
@Suite struct DecompositionTests {
  @Test(arguments: try References.cases("linear-algebra", function: "singularValues"))
  func singularValues(_ c: ReferenceCase) throws {
    let matrix = try c.matrix("matrix")
    let svd = try SVD(matrix)
    try c.expect(svd.values, "values")
    // U diag(s) Vᵀ gives the matrix back.
    let k = svd.values.count
    let diagonal = Matrix(
      rows: k, columns: k, storage: (0..<k * k).map { $0 % k == $0 / k ? svd.values[$0 % k] : 0 })
    let product = try svd.left.times(diagonal).times(svd.rightTransposed)
    let size = 1e-14 * Double(matrix.rows + matrix.columns) * (svd.values.first ?? 0)
    for (got, expected) in zip(product.storage, matrix.storage) {
      expectClose(got, expected, relative: 0, absolute: size)
    }
  }

  @Test(arguments: try References.cases("linear-algebra", function: "symmetricEigenvalues"))
  func eigenvalues(_ c: ReferenceCase) throws {
    try c.expect(SymmetricEigen(c.matrix("matrix")).values, "values")
  }

  @Test(arguments: try References.cases("linear-algebra", function: "cholesky"))
  func cholesky(_ c: ReferenceCase) throws { try c.expect(Cholesky(c.matrix("matrix")).lower, "L") }

  @Test(arguments: try References.cases("linear-algebra", function: "inverseSymmetric"))
  func inverse(_ c: ReferenceCase) throws { try c.expect(Cholesky(c.matrix("matrix")).inverse(), "inverse") }

  /// R with the signs of its rows made positive.
  @Test(arguments: try References.cases("linear-algebra", function: "qrR"))
  func upperFactor(_ c: ReferenceCase) throws {
    let matrix = try c.matrix("matrix")
    guard matrix.rows >= matrix.columns else { return }
    var r = try QR(matrix).upper
    for i in 0..<r.rows where r[i, i] < 0 { for j in i..<r.columns { r[i, j] = -r[i, j] } }
    try c.expect(r, "R")
  }

  @Test(arguments: try References.cases("linear-algebra", function: "solve"))
  func solve(_ c: ReferenceCase) throws {
    let right = try c.numbers("rhs")
    try c.expect(LU(c.matrix("matrix")).solve(right), "solution")
    try c.expect(QR(c.matrix("matrix")).solve(right), "solution")
  }

  @Test(arguments: try References.cases("linear-algebra", function: "logDeterminant"))
  func logDeterminant(_ c: ReferenceCase) throws {
    let (sign, logAbsolute) = try LU(c.matrix("matrix")).logDeterminant
    #expect(sign == c.expected["sign"]?.int)
    try c.expect([logAbsolute], [c.expected["logAbsoluteDeterminant"]?.double].compactMap { $0 })
  }

  @Test(arguments: try References.cases("linear-algebra-exact"))
  func exact(_ c: ReferenceCase) throws {
    switch c.input["operation"]?.string {
    case "least-squares":
      let design = try c.matrix("design")
      let response = try c.numbers("response")
      let fit = try PivotedQR(design, tolerance: 0)
      #expect(fit.rank == design.columns)
      let solution = try fit.solve(response).compactMap { $0 }
      if c.expected["coefficients"] != nil { try c.expect(solution, "coefficients") }
      if let expected = c.expected["residualSumOfSquares"]?.double {
        let fitted = try design.times(solution)
        try c.expect([zip(response, fitted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }], [expected])
      }
    case "determinant": try c.expect([LU(c.matrix("matrix")).determinant], [c.expected["determinant"]?.double ?? .nan])
    case "cholesky": try c.expect(Cholesky(c.matrix("matrix")).lower, "lower")
    case "symmetric-eigenvalues": try c.expect(SymmetricEigen(c.matrix("matrix")).values, "values")
    case "solve": try c.expect(LU(c.matrix("matrix")).solve(c.numbers("right")), "solution")
    default: Issue.record("unknown operation in \(c)")
    }
  }

  @Test(arguments: try References.cases("least-squares", function: "minimumNorm"))
  func rank(_ c: ReferenceCase) throws {
    #expect(try PivotedQR(c.matrix("X")).rank == c.expected["rank"]?.int)
  }

  /// R R⁻¹ = 1, and the least-squares residual is orthogonal to the columns.
  @Test func pivotedQRProperties() throws {
    let matrix = try Matrix(rows: [[2, 1, 0], [1, 3, 1], [0, 1, 4], [1, -1, 2], [5, 0, 1]])
    let qr = try PivotedQR(matrix)
    let unit = try qr.upper.times(qr.upperInverse())
    for (got, expected) in zip(unit.storage, Matrix.identity(3).storage) {
      expectClose(got, expected, relative: 1e-14, absolute: 1e-15)
    }
    let y = [1.0, 2, 3, 4, 5]
    let solution = try qr.solve(y).compactMap { $0 }
    let residual = zip(y, try matrix.times(solution)).map { $0 - $1 }
    for value in try matrix.transposed.times(residual) { expectClose(value, 0, absolute: 1e-13) }
  }

  /// A number is its own matrix, which is done without the library: 1.5² = 2.25, and what is not positive is refused.
  @Test func choleskyOfANumber() throws {
    let factor = try Cholesky(Matrix(rows: [[2.25]]))
    #expect(factor.lower.storage == [1.5])
    #expect(try factor.solve([4.5]) == [2])
    #expect(try factor.solve(Matrix(rows: [[9, -2.25]])).storage == [4, -1])
    #expect(factor.determinant == 2.25)
    for refused in [0, -0.0, -1] {
      let error = #expect(throws: LinearAlgebraError.self) { try Cholesky(Matrix(rows: [[refused]])) }
      #expect(error?.kind == .notPositiveDefinite(minor: 1))
    }
  }

  @Test func aliasedColumnsAreNil() throws {
    let matrix = try Matrix(rows: [[1, 2, 2], [1, 4, 4], [1, 7, 7], [1, 9, 9]])
    let qr = try PivotedQR(matrix)
    #expect(qr.rank == 2)
    #expect(try qr.solve([1, 2, 3, 4]).count { $0 == nil } == 1)
  }
}

extension ReferenceCase {
  func numbers(_ key: String) throws -> [Double] { try #require(input[key]?.array).compactMap(\.double) }

  func matrix(_ key: String) throws -> Matrix {
    try Matrix(rows: #require(input[key]?.array).map { try #require($0.array).compactMap(\.double) })
  }

  func expect(_ got: [Double], _ key: String) throws {
    try expect(got, #require(expected[key]?.array).compactMap(\.double))
  }

  func expect(_ got: Matrix, _ key: String) throws {
    let rows = try #require(expected[key]?.array).map { try #require($0.array).compactMap(\.double) }
    try expect(got.rowList.flatMap { $0 }, rows.flatMap { $0 })
  }

  func expect(_ got: [Double], _ wanted: [Double]) throws {
    try #require(got.count == wanted.count)
    for (a, b) in zip(got, wanted) {
      let absolute = max(absoluteTolerance, b == 0 ? tolerance : 0)
      expectClose(a, b, relative: tolerance, absolute: absolute, "\(self), \(source)")
    }
  }
}
