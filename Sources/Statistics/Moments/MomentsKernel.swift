import CLAPACK
import CMoments
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

  /// Numbers that `block` writes for k columns.
  package static func width(columns k: Int) -> Int { k * (k + 2) }

  /// The moments of one block that fits the cache, by the corrected two-pass algorithm.
  ///
  /// - Parameters:
  ///   - columns: k pointers to `rows` values each, which are not modified.
  ///   - rows: > 0.
  ///   - out: room for `width(columns: k)` numbers: the mean (k), what it lost to rounding (k), the centred products (k x k,
  ///     element (i, j) at i + j * k).
  package static func block(
    _ columns: UnsafeBufferPointer<UnsafePointer<Double>?>, rows: Int, into out: UnsafeMutablePointer<Double>
  ) {
    let k = columns.count
    guard k > 0, let first = columns.baseAddress else { return }
    let (mean, rest, products) = (out, out + k, out + 2 * k)
    if k <= Int(CMOMENTS_COLUMNS) {
      cmoments_block(first, rows, k, mean, rest, products)
    } else {
      wideBlock(columns, rows, mean, rest, products)
    }
    for j in 0..<k {
      (mean[j], rest[j]) = Moments.exactSum(mean[j], rest[j])
      // Less than nothing is what rounding left of nothing. What overflowed stays NaN.
      if products[j + j * k] < 0 { products[j + j * k] = 0 }
    }
  }

  /// More columns than the registers hold: one by one for the means, all together for the products.
  private static func wideBlock(
    _ columns: UnsafeBufferPointer<UnsafePointer<Double>?>, _ rows: Int, _ mean: UnsafeMutablePointer<Double>,
    _ rest: UnsafeMutablePointer<Double>, _ products: UnsafeMutablePointer<Double>
  ) {
    let k = columns.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rows * k) { scratch in
      guard let centred = scratch.baseAddress else { return }
      for j in 0..<k {
        guard let column = columns[j] else { return }
        cmoments_block(columns.baseAddress! + j, rows, 1, mean + j, rest + j, products)
        for i in 0..<rows { centred[j * rows + i] = column[i] - mean[j] }
      }
      for index in 0..<k * k { products[index] = 0 }
      BLAS.dsyrk(
        CblasColMajor, CblasLower, CblasTrans, Int32(k), Int32(rows), 1, centred, Int32(rows), 0, products, Int32(k))
    }
    for j in 0..<k {
      for i in 0...j {
        products[j + i * k] -= Double(rows) * rest[i] * rest[j]
        products[i + j * k] = products[j + i * k]
      }
    }
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
    let rows = data.first?.count ?? 0
    // One copy, so that the columns' addresses hold while they are read.
    data.flatMap { $0 }.withUnsafeBufferPointer {
      if let base = $0.baseAddress { add(block: base, rows: rows, columnStride: rows, blockRows: blockRows) }
    }
  }

  /// Adds rows that lie in memory column after column.
  ///
  /// - Parameters:
  ///   - block: `columns` columns of `rows` values, column j at `j * columnStride`; not modified.
  ///   - rows: >= 0.
  ///   - columnStride: >= rows.
  ///   - blockRows: rows that are centred together; the result depends on it in the last bits only.
  public mutating func add(block: UnsafePointer<Double>, rows: Int, columnStride: Int, blockRows: Int = 1024) {
    precondition(rows >= 0 && columnStride >= rows && blockRows > 0, "columns must not overlap")
    let k = columns
    guard k > 0 else { return }
    withUnsafeTemporaryAllocation(of: UnsafePointer<Double>?.self, capacity: k) { pointers in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: MomentsKernel.width(columns: k)) { sums in
        guard let sums = sums.baseAddress else { return }
        for start in stride(from: 0, to: rows, by: blockRows) {
          let part = min(blockRows, rows - start)
          for j in 0..<k { pointers.initializeElement(at: j, to: block + j * columnStride + start) }
          MomentsKernel.block(UnsafeBufferPointer(pointers), rows: part, into: sums)
          merge(rows: part, mean: sums, remainder: sums + k, crossProducts: sums + 2 * k)
        }
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
