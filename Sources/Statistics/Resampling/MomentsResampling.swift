import CLAPACK
import LinearAlgebra

/// A sample laid out for products with weights: centred columns, and their products where they are asked for.
struct ResamplingDesign: Sendable {
  let rows: Int
  /// Columns of the data.
  let k: Int
  let reads: Bootstrap.Reads
  let moments: Moments
  /// Values less their mean, column by column; then x_i x_j for i >= j, j outer.
  let storage: [Double]
  var width: Int { reads == .means ? k : k + k * (k + 1) / 2 }

  init(_ columns: [[Double]], reads: Bootstrap.Reads) throws(DomainError) {
    guard let rows = columns.first?.count, rows > 0 else {
      throw DomainError("rows of a sample", 0, "must be at least 1")
    }
    for column in columns where column.count != rows {
      throw DomainError("values in a column", Double(column.count), "must be as many as in the first, \(rows)")
    }
    for column in columns {
      for value in column where !value.isFinite { throw DomainError("value", value, "must be finite") }
    }
    self.rows = rows
    self.reads = reads
    k = columns.count
    let moments = Moments(columns: columns)
    self.moments = moments
    var storage: [Double] = []
    storage.reserveCapacity(rows * (reads == .means ? k : k + k * (k + 1) / 2))
    for (j, column) in columns.enumerated() {
      let mean = moments.mean[j]
      storage.append(contentsOf: column.lazy.map { $0 - mean })
    }
    if reads == .crossProducts {
      for j in 0..<k {
        for i in j..<k { for row in 0..<rows { storage.append(storage[i * rows + row] * storage[j * rows + row]) } }
      }
    }
    self.storage = storage
  }

  /// The moments under weights, from the sums of weight · column of `storage`.
  func moments(weight: Int, sums: UnsafePointer<Double>) -> Moments {
    let total = Double(weight)
    var mean = moments.mean
    for j in 0..<k { mean[j] += sums[j] / total }
    var cross = [Double](repeating: .nan, count: k * k)
    if reads == .crossProducts {
      var place = k
      for j in 0..<k {
        for i in j..<k {
          let value = sums[place] - sums[i] * sums[j] / total
          cross[i + j * k] = i == j ? max(0, value) : value
          cross[j + i * k] = cross[i + j * k]
          place += 1
        }
      }
    }
    return Moments(count: weight, mean: mean, crossProducts: cross)
  }

  /// All rows but one.
  func moments(without row: Int) -> Moments {
    let sums = (0..<width).map { column in
      // Sums of centred values are 0, those of their products the cross-products.
      -storage[column * rows + row] + (column < k ? 0 : total(column))
    }
    return sums.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { moments(weight: rows - 1, sums: $0) } ?? Moments(columns: k)
    }
  }

  private func total(_ column: Int) -> Double {
    var place = k
    for j in 0..<k {
      if column < place + (k - j) { return moments.crossProduct(j + column - place, j) }
      place += k - j
    }
    return .nan
  }
}

/// Replicates of a functional of moments, in groups: sums of a group are (columns x rows) · (rows x replicates), by `dgemm` for one
/// block of rows after another.
struct MomentsResampling: Sendable {
  let plan: Bootstrap
  let designs: [ResamplingDesign]
  let threads: Int?

  /// A block of weights, 512 x 64 doubles, stays in the second-level cache.
  private static let block = 512

  /// Replicates made together. Multinomial counts are held for all rows, so large samples make smaller groups.
  private var group: Int {
    guard plan.weights == .multinomial, let largest = designs.map(\.rows).max() else { return 64 }
    return max(1, min(64, 4_000_000 / largest))
  }

  func values(of functional: @Sendable ([Moments]) -> Double) -> [Double] {
    let (size, count) = (group, plan.replicates)
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let results = buffer
      inParallel((count + size - 1) / size, threads: threads) { index in
        let replicates = index * size..<min(count, (index + 1) * size)
        let moments = designs.indices.map { sums($0, replicates) }
        for replicate in replicates {
          results[replicate] = functional(moments.map { $0[replicate - replicates.lowerBound] })
        }
      }
      initialized = count
    }
  }

  /// The moments of one sample in each replicate of a group.
  private func sums(_ sample: Int, _ replicates: Range<Int>) -> [Moments] {
    let design = designs[sample]
    let (size, width) = (replicates.count, design.width)
    var streams = replicates.map { ResamplingStream(seed: plan.seed, replicate: $0, sample: sample) }
    let counts = plan.weights == .multinomial ? streams.indices.map { draw(&streams[$0], design.rows) } : []
    var totals = [Int](repeating: 0, count: size)
    var sums = [Double](repeating: 0, count: width * size)
    var weights = [Double](repeating: 0, count: Self.block * size)
    weights.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: design.rows, by: Self.block) {
        let rows = min(Self.block, design.rows - start)
        for r in 0..<size {
          let column = base + r * Self.block
          if plan.weights == .poisson {
            totals[r] += streams[r].poisson(column, count: rows)
          } else {
            for i in 0..<rows { column[i] = Double(counts[r][start + i]) }
          }
        }
        multiply(design, start, rows, base, &sums, size)
      }
    }
    if plan.weights == .multinomial { totals = [Int](repeating: design.rows, count: size) }
    return sums.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return totals.indices.map { design.moments(weight: totals[$0], sums: base + $0 * width) }
    }
  }

  private func draw(_ stream: inout ResamplingStream, _ rows: Int) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: rows)
    counts.withUnsafeMutableBufferPointer { counts in
      stream.indices(below: rows, count: rows) { counts[$0] &+= 1 }
    }
    return counts
  }

  /// sums (width x size) += designᵀ (width x rows) · weights (rows x size), columns of `weights` `block` apart.
  private func multiply(
    _ design: ResamplingDesign, _ start: Int, _ rows: Int, _ weights: UnsafePointer<Double>, _ sums: inout [Double],
    _ size: Int
  ) {
    design.storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return }
      BLAS.dgemm(
        CblasColMajor, CblasTrans, CblasNoTrans, Int32(design.width), Int32(size), Int32(rows), 1, base + start,
        Int32(design.rows), weights, Int32(Self.block), 1, &sums, Int32(design.width))
    }
  }
}
