import LinearAlgebra
import Testing

@Suite struct MatrixTests {
  @Test func productsByHand() throws {
    let a = try Matrix(rows: [[1, 2], [3, 4], [5, 6]])
    // AᵀA = [[1+9+25, 2+12+30], [44, 4+16+36]]
    #expect(a.gram().rowList == [[35, 44], [44, 56]])
    #expect(try a.times([1, -1]) == [-1, -1, -1])
    #expect(try a.transposed.times(a) == a.gram())
    #expect(a.column(1) == [2, 4, 6])
    #expect(try a.times(.identity(2)) == a)
  }

  @Test func emptyMatrices() throws {
    let empty = Matrix(rows: 0, columns: 3)
    #expect(empty.gram() == Matrix(rows: 3, columns: 3))
    #expect(try Cholesky(Matrix(rows: 0, columns: 0)).determinant == 1)
    #expect(try LU(Matrix(rows: 0, columns: 0)).determinant == 1)
    #expect(try SVD(empty).values.isEmpty)
  }

  @Test func sentences() throws {
    let a = try Matrix(rows: [[1, 2], [2, 1]])
    expectSentence("the matrix is not positive definite (leading minor 2).") { _ = try Cholesky(a) }
    expectSentence("the matrix is singular (pivot 2 is 0).") { _ = try LU(Matrix(rows: [[1, 2], [2, 4]])) }
    expectSentence("product: the shapes 2 x 2 and 3 x 1 do not fit.") { _ = try a.times([1, 2, 3]) }
    expectSentence("the matrix holds a value that is not finite.") { _ = try QR(Matrix(rows: [[.nan]])) }
    expectSentence("rows of one matrix: the shapes 2 and 1 do not fit.") { _ = try Matrix(rows: [[1, 2], [1]]) }
  }

  @Test func theBackendHasAName() { #expect(!BLAS.backendName.isEmpty) }
}

private func expectSentence(
  _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ make: () throws -> Void
) {
  do {
    try make()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == sentence, sourceLocation: sourceLocation)
  }
}
