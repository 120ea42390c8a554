import CLAPACK
import LinearAlgebra

/// Builds `Moments` from rows. `reference` is the definition; `block` is what runs. Both are tested on every case.
package enum MomentsKernel {
  /// The definition: two passes over each pair of columns. `columns`: k arrays of the same length.
  package static func reference(_ columns: [[Double]]) -> Moments {
    let count = columns.first?.count ?? 0
    guard count > 0 else { return Moments(columns: columns.count) }
    let parts = columns.map { column in
      let first = column.reduce(0, +) / Double(count)
      return Moments.exactSum(first, column.reduce(0) { $0 + ($1 - first) } / Double(count))
    }
    let mean = parts.map(\.sum)
    var cross: [Double] = []
    for j in columns.indices {
      for i in columns.indices {
        cross.append(
          zip(columns[i], columns[j]).reduce(0) { sum, pair in
            sum + (pair.0 - mean[i] - parts[i].error) * (pair.1 - mean[j] - parts[j].error)
          })
      }
    }
    return Moments(count: count, mean: mean, meanRemainder: parts.map(\.error), crossProducts: cross)
  }

  /// The moments of one block that fits the cache: the mean, then the centred products.
  ///
  /// - Parameters:
  ///   - block: k columns of `rows` values, column j at `j * stride`. **Overwritten** by the centred values.
  ///   - rows: > 0.
  ///   - columns: k > 0.
  package static func block(
    _ block: UnsafeMutablePointer<Double>, rows: Int, columns k: Int, stride: Int
  ) -> Moments {
    var mean = [Double](repeating: 0, count: k)
    var remainder = mean
    for j in 0..<k { (mean[j], remainder[j]) = centre(block + j * stride, rows) }
    var cross = [Double](repeating: 0, count: k * k)
    if k < 6 {
      for j in 0..<k {
        for i in j..<k {
          let product = dot(block + i * stride, block + j * stride, rows)
          cross[i + j * k] = product
          cross[j + i * k] = product
        }
      }
    } else {
      BLAS.dsyrk(
        CblasColMajor, CblasLower, CblasTrans, Int32(k), Int32(rows), 1, block, Int32(stride), 0, &cross, Int32(k))
      for j in 0..<k { for i in 0..<j { cross[i + j * k] = cross[j + i * k] } }
    }
    return Moments(count: rows, mean: mean, meanRemainder: remainder, crossProducts: cross)
  }

  /// Subtracts the mean from a column and returns it. The mean is repaired by the mean of what is left, so that it and the
  /// centred values do not depend on the size of the offset.
  private static func centre(_ x: UnsafeMutablePointer<Double>, _ rows: Int) -> (sum: Double, error: Double) {
    let n = Double(rows)
    let first = sum(x, rows) / n
    for i in 0..<rows { x[i] -= first }
    let rest = sum(x, rows) / n
    if rest != 0 { for i in 0..<rows { x[i] -= rest } }
    return Moments.exactSum(first, rest)
  }

  /// Four running sums: the order is fixed, so the result is the same on every machine.
  private static func sum(_ x: UnsafeMutablePointer<Double>, _ rows: Int) -> Double {
    var lanes = SIMD4<Double>()
    var i = 0
    while i + 4 <= rows {
      lanes += SIMD4(x[i], x[i + 1], x[i + 2], x[i + 3])
      i += 4
    }
    var total = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
    while i < rows {
      total += x[i]
      i += 1
    }
    return total
  }

  private static func dot(_ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ rows: Int) -> Double {
    var lanes = SIMD4<Double>()
    var i = 0
    while i + 4 <= rows {
      lanes += SIMD4(x[i], x[i + 1], x[i + 2], x[i + 3]) * SIMD4(y[i], y[i + 1], y[i + 2], y[i + 3])
      i += 4
    }
    var total = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
    while i < rows {
      total += x[i] * y[i]
      i += 1
    }
    return total
  }
}

extension Moments {
  /// From whole columns, in blocks.
  ///
  /// - Parameters:
  ///   - data: k arrays of the same length.
  ///   - blockRows: rows that are centred together; the result depends on it in the last bits only.
  public init(columns data: [[Double]], blockRows: Int = 1024) {
    precondition(data.allSatisfy { $0.count == data[0].count }, "columns of one length")
    self.init(columns: data.count)
    let total = data.first?.count ?? 0
    let k = data.count
    var scratch = [Double](repeating: 0, count: blockRows * k)
    scratch.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: total, by: blockRows) {
        let rows = min(blockRows, total - start)
        for j in 0..<k { for i in 0..<rows { base[j * blockRows + i] = data[j][start + i] } }
        merge(MomentsKernel.block(base, rows: rows, columns: k, stride: blockRows))
      }
    }
  }

  /// Adds rows that lie in memory column after column.
  ///
  /// - Parameters:
  ///   - block: `columns` columns of `rows` values, column j at `j * columnStride`; not modified.
  ///   - rows: >= 0.
  ///   - columnStride: >= rows.
  public mutating func add(block: UnsafePointer<Double>, rows: Int, columnStride: Int) {
    precondition(rows >= 0 && columnStride >= rows, "columns must not overlap")
    guard columns > 0 else { return }
    let k = columns
    let blockRows = min(rows, 1024)
    var scratch = [Double](repeating: 0, count: blockRows * k)
    scratch.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: rows, by: blockRows) {
        let part = min(blockRows, rows - start)
        for j in 0..<k { (base + j * blockRows).update(from: block + j * columnStride + start, count: part) }
        merge(MomentsKernel.block(base, rows: part, columns: k, stride: blockRows))
      }
    }
  }

  /// Variance of the mean of a column, s²/n; NaN below 2 rows.
  public func meanVariance(_ i: Int = 0) -> Double { variance(i) / Double(count) }

  /// Covariance of the means of two columns.
  public func meanCovariance(_ i: Int, _ j: Int) -> Double { covariance(i, j) / Double(count) }

  /// Standard error of the mean of a column; NaN below 2 rows.
  public func standardError(_ i: Int = 0) -> Double { meanVariance(i).squareRoot() }
}
