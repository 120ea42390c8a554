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
  /// Totals of clusters, if rows are clustered.
  private var clusters: ClusterTotals?

  init(width: Int, places: [[Int]], quantiles: [Bool], blockRows: Int, clustered: ClusterLayout?) {
    self.width = width
    self.places = places
    joint = BlockedMoments(columns: width, blockRows: blockRows)
    extras = places.map { _ in nil }
    missing = places.map { _ in 0 }
    values = quantiles.map { $0 ? [] : nil }
    clusters = clustered.map { ClusterTotals(layout: $0) }
  }

  /// - Parameters:
  ///   - row: `width` values, NaN where one is missing. - complete: none is missing. - cluster: its code, -1 without clusters.
  @inline(__always)
  func add(_ row: UnsafePointer<Double>, complete: Bool, cluster: Int) {
    units &+= 1
    for metric in values.indices where values[metric] != nil {
      let value = row[places[metric][0]]
      if !value.isNaN { values[metric]?.append(value) }
    }
    if clusters != nil {
      addToCluster(row, cluster)
    } else if complete {
      joint.add(row)
    } else {
      addWithGaps(row)
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

  /// Takes over what another cell of the same arm and segment holds; `codes` maps its cluster codes to this one's.
  func merge(_ other: Cell, codes: [Int]) {
    units += other.units
    joint.merge(&other.joint)
    for metric in places.indices {
      missing[metric] += other.missing[metric]
      if let more = other.values[metric] { values[metric]?.append(contentsOf: more) }
      guard var extra = other.extras[metric] else { continue }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: places[metric].count, blockRows: 64) }
      extras[metric]?.merge(&extra)
    }
    if let more = other.clusters { clusters?.merge(more, codes: codes) }
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
