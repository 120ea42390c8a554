import CLAPACK

/// A dense matrix of doubles in column-major order: element (i, j) at `i + j * rows`.
public struct Matrix: Sendable, Hashable {
  /// >= 0.
  public let rows: Int
  /// >= 0.
  public let columns: Int
  /// rows x columns values, column after column.
  public internal(set) var storage: [Double]

  /// - Parameter storage: rows x columns values, column after column.
  public init(rows: Int, columns: Int, storage: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && storage.count == rows * columns, "storage must hold rows x columns values")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// All elements the same.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(rows: rows, columns: columns, storage: [Double](repeating: value, count: rows * columns))
  }

  /// - Throws: `LinearAlgebraError` if the rows differ in length.
  public init(rows list: [[Double]]) throws(LinearAlgebraError) {
    let width = list.first?.count ?? 0
    for row in list where row.count != width {
      throw LinearAlgebraError(.shapes(operation: "rows of one matrix", left: [width], right: [row.count]))
    }
    self.init(rows: list.count, columns: width)
    for (i, row) in list.enumerated() { for (j, value) in row.enumerated() { self[i, j] = value } }
  }

  /// Ones on the diagonal, size x size.
  public static func identity(_ size: Int) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size { matrix[i, i] = 1 }
    return matrix
  }

  /// Row i, column j, both from 0.
  public subscript(i: Int, j: Int) -> Double {
    get { storage[i + j * rows] }
    set { storage[i + j * rows] = newValue }
  }

  /// columns x rows.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for j in 0..<columns { for i in 0..<rows { result[j, i] = self[i, j] } }
    return result
  }

  /// Row after row.
  public var rowList: [[Double]] { (0..<rows).map { i in (0..<columns).map { j in self[i, j] } } }
  /// Of length rows.
  public func column(_ j: Int) -> [Double] { Array(storage[j * rows..<(j + 1) * rows]) }

  var isFinite: Bool { storage.allSatisfy(\.isFinite) }

  // MARK: - Products

  /// Matrix product, by `dgemm`.
  public func times(_ other: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard columns == other.rows else {
      throw LinearAlgebraError(
        .shapes(operation: "product", left: [rows, columns], right: [other.rows, other.columns]))
    }
    var result = Matrix(rows: rows, columns: other.columns)
    guard rows > 0, columns > 0, other.columns > 0 else { return result }
    BLAS.dgemm(
      CblasColMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(other.columns), Int32(columns), 1, storage,
      Int32(rows), other.storage, Int32(other.rows), 0, &result.storage, Int32(rows))
    return result
  }

  /// Product with a column vector of length columns; of length rows.
  public func times(_ vector: [Double]) throws(LinearAlgebraError) -> [Double] {
    try times(Matrix(rows: vector.count, columns: 1, storage: vector)).storage
  }

  /// selfᵀ · self, by `dsyrk`; both triangles are filled.
  public func gram() -> Matrix {
    var result = Matrix(rows: columns, columns: columns)
    guard rows > 0, columns > 0 else { return result }
    BLAS.dsyrk(
      CblasColMajor, CblasLower, CblasTrans, Int32(columns), Int32(rows), 1, storage, Int32(rows), 0, &result.storage,
      Int32(columns))
    for j in 0..<columns { for i in 0..<j { result[i, j] = result[j, i] } }
    return result
  }
}
