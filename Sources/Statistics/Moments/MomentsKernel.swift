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
    let first = centre(block, rows, k, stride)
    // What is left of the mean, so that it and the centred values do not depend on the size of the offset.
    let rest = centre(block, rows, k, stride)
    var mean = first
    var remainder = rest
    for j in 0..<k { (mean[j], remainder[j]) = Moments.exactSum(first[j], rest[j]) }
    var cross = [Double](repeating: 0, count: k * k)
    if k < 6 {
      for j in 0..<k {
        byFour(j..<k) { places in
          let products = dots(block, places &* stride, with: block + j * stride, rows)
          for lane in 0..<4 {
            cross[places[lane] + j * k] = products[lane]
            cross[j + places[lane] * k] = products[lane]
          }
        }
      }
    } else {
      BLAS.dsyrk(
        CblasColMajor, CblasLower, CblasTrans, Int32(k), Int32(rows), 1, block, Int32(stride), 0, &cross, Int32(k))
      for j in 0..<k { for i in 0..<j { cross[i + j * k] = cross[j + i * k] } }
    }
    return Moments(count: rows, mean: mean, meanRemainder: remainder, crossProducts: cross)
  }

  /// Subtracts the mean from each column and returns it.
  private static func centre(
    _ block: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int, _ stride: Int
  ) -> [Double] {
    var mean = [Double](repeating: 0, count: columns)
    byFour(0..<columns) { places in
      let sums = sums(block, places &* stride, rows)
      for lane in 0..<4 { mean[places[lane]] = sums[lane] / Double(rows) }
    }
    for j in 0..<columns where mean[j] != 0 {
      let (x, centre) = (block + j * stride, mean[j])
      for i in 0..<rows { x[i] -= centre }
    }
    return mean
  }

  /// The columns four at a time, the last of them again where there are fewer: sums of four do not wait for one another, and
  /// each is the same as alone.
  @inline(__always)
  private static func byFour(_ columns: Range<Int>, _ body: (SIMD4<Int>) -> Void) {
    for first in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: 4) {
      let last = columns.upperBound - 1
      body(SIMD4(first, min(first + 1, last), min(first + 2, last), min(first + 3, last)))
    }
  }

  /// Sums of four columns.
  private static func sums(_ x: UnsafePointer<Double>, _ offsets: SIMD4<Int>, _ rows: Int) -> SIMD4<Double> {
    fourTotals(x, offsets, rows) { column, _ in
      column
    } one: { value, _ in
      value
    }
  }

  /// Sums of the products of four columns with another.
  private static func dots(
    _ x: UnsafePointer<Double>, _ offsets: SIMD4<Int>, with y: UnsafePointer<Double>, _ rows: Int
  ) -> SIMD4<Double> {
    fourTotals(x, offsets, rows) {
      $0 * four(y + $1)
    } one: {
      $0 * y[$1]
    }
  }

  /// Each column in four running sums: the order is fixed, so the result is the same on every machine.
  @inline(__always)
  private static func fourTotals(
    _ x: UnsafePointer<Double>, _ offsets: SIMD4<Int>, _ rows: Int,
    _ term: (SIMD4<Double>, Int) -> SIMD4<Double>, one: (Double, Int) -> Double
  ) -> SIMD4<Double> {
    let (a, b, c, d) = (x + offsets[0], x + offsets[1], x + offsets[2], x + offsets[3])
    var (sumA, sumB, sumC, sumD) = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
    var i = 0
    while i &+ 4 <= rows {
      sumA += term(four(a + i), i)
      sumB += term(four(b + i), i)
      sumC += term(four(c + i), i)
      sumD += term(four(d + i), i)
      i &+= 4
    }
    var totals = SIMD4(total(sumA), total(sumB), total(sumC), total(sumD))
    while i < rows {
      totals += SIMD4(one(a[i], i), one(b[i], i), one(c[i], i), one(d[i], i))
      i &+= 1
    }
    return totals
  }

  @inline(__always)
  private static func four(_ x: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func total(_ lanes: SIMD4<Double>) -> Double { (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) }
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
