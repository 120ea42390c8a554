import Statistics

/// Gathers the rows of one arm (and segment) and turns them into moments, block by block.
///
/// Rows that have every column go into one joint set of moments. A row with gaps goes, metric by metric, to those metrics
/// that have all of theirs; a metric's moments are the joint ones of its columns merged with its own extra ones.
final class Cell {
  private(set) var units = 0
  private let width: Int
  private let places: [[Int]]
  private var joint: BlockedMoments
  private var extras: [BlockedMoments?]
  private var missing: [Int]
  /// Values of quantile metrics, by metric.
  private var values: [[Double]?]
  private let hasQuantiles: Bool
  /// Totals of clusters, if rows are clustered.
  private var clusters: ClusterTotals?

  init(width: Int, places: [[Int]], quantiles: [Bool], blockRows: Int, clustered: ClusterLayout?) {
    self.width = width
    self.places = places
    joint = BlockedMoments(columns: width, blockRows: blockRows)
    extras = places.map { _ in nil }
    missing = places.map { _ in 0 }
    values = quantiles.map { $0 ? [] : nil }
    hasQuantiles = quantiles.contains(true)
    clusters = clustered.map { ClusterTotals(layout: $0) }
  }

  /// - Parameters:
  ///   - values: `width` of them, NaN where one is missing.
  ///   - cluster: its code, -1 without clusters.
  @inline(__always)
  func add(_ values: UnsafeBufferPointer<Double>, cluster: Int) {
    units &+= 1
    guard let row = values.baseAddress else { return }
    if hasQuantiles { keepValues(row) }
    if clusters != nil {
      addToCluster(row, cluster)
    } else if values.contains(where: \.isNaN) {
      addWithGaps(row)
    } else {
      joint.add(row)
    }
  }

  /// Rows of one arm among those of a chunk.
  ///
  /// - Parameters:
  ///   - values: `width` of them a row, NaN where one is missing.
  ///   - arms: one a row.
  func add(_ values: UnsafePointer<Double>, arms: UnsafeBufferPointer<Int32>, of arm: Int32) {
    guard clusters == nil, !hasQuantiles, width > 0 else {
      for row in arms.indices where arms[row] == arm {
        add(UnsafeBufferPointer(start: values + row &* width, count: width), cluster: -1)
      }
      return
    }
    var gaps: [Int] = []
    units += joint.add(values, arms: arms, of: arm, gaps: &gaps)
    for row in gaps { addWithGaps(values + row * width) }
  }

  private func keepValues(_ row: UnsafePointer<Double>) {
    for metric in values.indices where values[metric] != nil {
      let value = row[places[metric][0]]
      if !value.isNaN { values[metric]?.append(value) }
    }
  }

  private func addWithGaps(_ row: UnsafePointer<Double>) {
    for (metric, columns) in places.enumerated() {
      guard !columns.contains(where: { row[$0].isNaN }) else {
        missing[metric] += 1
        continue
      }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: columns.count, blockRows: 64) }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: columns.count) { picked in
        for (k, column) in columns.enumerated() { picked[k] = row[column] }
        extras[metric]?.add(UnsafePointer(picked.baseAddress!))
      }
    }
  }

  private func addToCluster(_ row: UnsafePointer<Double>, _ cluster: Int) {
    for (metric, columns) in places.enumerated() {
      if columns.contains(where: { row[$0].isNaN }) {
        missing[metric] += 1
      } else {
        clusters?.add(row, columns, metric: metric, cluster: cluster)
      }
    }
  }

  /// Takes over what another cell of the same arm holds.
  func merge(_ other: Cell) {
    units += other.units
    joint.merge(&other.joint)
    for metric in places.indices {
      missing[metric] += other.missing[metric]
      if let more = other.values[metric] { values[metric]?.append(contentsOf: more) }
      guard var extra = other.extras[metric] else { continue }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: places[metric].count, blockRows: 64) }
      extras[metric]?.merge(&extra)
    }
    if let more = other.clusters { clusters?.merge(more) }
  }

  /// What is known of one metric.
  func data(metric: Int) -> (moments: Moments, missing: Int, sorted: [Double]?) {
    var moments: Moments
    if let clusters {
      moments = clusters.moments(metric: metric)
    } else {
      moments = joint.moments().selecting(places[metric])
      if let extra = extras[metric]?.moments() { moments.merge(extra) }
    }
    return (moments, missing[metric], values[metric]?.sorted())
  }
}

/// Moments of rows that come one by one: a block in the cache is centred and merged as a whole.
struct BlockedMoments {
  private var total: Moments
  private var block: [Double]
  private var rows = 0
  private let blockRows: Int

  init(columns: Int, blockRows: Int) {
    total = Moments(columns: columns)
    block = [Double](repeating: 0, count: columns * blockRows)
    self.blockRows = blockRows
  }

  @inline(__always)
  mutating func add(_ row: UnsafePointer<Double>) {
    let columns = total.columns
    block.withUnsafeMutableBufferPointer { buffer in
      for column in 0..<columns { buffer[column &* blockRows &+ rows] = row[column] }
    }
    rows &+= 1
    if rows == blockRows { flush() }
  }

  /// The rows of an arm that have all values; the others are named in `gaps`. - Returns: rows of the arm.
  mutating func add(
    _ values: UnsafePointer<Double>, arms: UnsafeBufferPointer<Int32>, of arm: Int32, gaps: inout [Int]
  ) -> Int {
    let (columns, stride) = (total.columns, blockRows)
    var (index, seen) = (0, 0)
    while index < arms.count {
      var filled = rows
      block.withUnsafeMutableBufferPointer { block in
        while index < arms.count, filled < stride {
          defer { index &+= 1 }
          guard arms[index] == arm else { continue }
          seen &+= 1
          let row = values + index &* columns
          var sum = 0.0
          for column in 0..<columns {
            block[column &* stride &+ filled] = row[column]
            // NaN times zero is NaN, whatever the other values are.
            sum += row[column] * 0
          }
          if sum.isNaN { gaps.append(index) } else { filled &+= 1 }
        }
      }
      rows = filled
      if rows == blockRows { flush() }
    }
    return seen
  }

  private mutating func flush() {
    let columns = total.columns
    guard rows > 0, columns > 0 else { return }
    let part = block.withUnsafeMutableBufferPointer {
      MomentsKernel.block($0.baseAddress!, rows: rows, columns: columns, stride: blockRows)
    }
    total.merge(part)
    rows = 0
  }

  mutating func moments() -> Moments {
    flush()
    return total
  }

  mutating func merge(_ other: inout BlockedMoments) {
    flush()
    total.merge(other.moments())
  }
}
