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

  /// Adds some of the rows, in the order of their numbers.
  func add(_ rows: CodedRows, _ numbers: UnsafeBufferPointer<Int32>) {
    units += numbers.count
    guard width > 0 else { return }
    for metric in values.indices where values[metric] != nil {
      let column = rows.values[places[metric][0]]
      for row in numbers where !column[Int(row)].isNaN { values[metric]?.append(column[Int(row)]) }
    }
    guard clusters == nil else { return addToClusters(rows, numbers) }
    for row in joint.add(rows.values, numbers) { addWithGaps(rows.values, row) }
  }

  private func addWithGaps(_ columns: [[Double]], _ row: Int) {
    for (metric, places) in places.enumerated() {
      guard !places.contains(where: { columns[$0][row].isNaN }) else {
        missing[metric] += 1
        continue
      }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: places.count, blockRows: 64) }
      extras[metric]?.add(places.map { columns[$0][row] })
    }
  }

  private func addToClusters(_ rows: CodedRows, _ numbers: UnsafeBufferPointer<Int32>) {
    for row in numbers.lazy.map({ Int($0) }) {
      let cluster = Int(rows.clusters[Int(rows.clusterCodes[row])])
      for (metric, places) in places.enumerated() {
        if places.contains(where: { rows.values[$0][row].isNaN }) {
          missing[metric] += 1
        } else {
          clusters?.add(rows.values, row, places, metric: metric, cluster: cluster)
        }
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

  /// The clusters that have a row here; none if rows are not clustered.
  var clusterCodes: [Int] { clusters?.codes ?? [] }

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

  mutating func add(_ row: [Double]) {
    for (column, value) in row.enumerated() { block[column * blockRows + rows] = value }
    rows += 1
    if rows == blockRows { flush() }
  }

  /// Adds the rows with these numbers that have all values. - Returns: the numbers of the others.
  mutating func add(_ columns: [[Double]], _ numbers: UnsafeBufferPointer<Int32>) -> [Int] {
    var gaps: [Int] = []
    var index = 0
    while index < numbers.count {
      let count = min(blockRows - rows, numbers.count - index)
      let some = UnsafeBufferPointer(rebasing: numbers[index..<index + count])
      if gather(columns, some) { close(gapsOf: some, &gaps) } else { rows += count }
      index += count
      if rows == blockRows { flush() }
    }
    return gaps
  }

  /// Writes rows behind those of the block. - Returns: whether a value may be missing.
  private mutating func gather(_ columns: [[Double]], _ numbers: UnsafeBufferPointer<Int32>) -> Bool {
    var hasGaps = false
    for column in 0..<total.columns {
      let start = column * blockRows + rows
      block.withUnsafeMutableBufferPointer { block in
        let target = UnsafeMutableBufferPointer(rebasing: block[start..<start + numbers.count])
        columns[column].withUnsafeBufferPointer { if Self.copy($0, numbers, to: target) { hasGaps = true } }
      }
    }
    return hasGaps
  }

  /// - Returns: whether a value may be NaN: their sum is if one of them is, and seldom else.
  private static func copy(
    _ values: UnsafeBufferPointer<Double>, _ numbers: UnsafeBufferPointer<Int32>,
    to target: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    var (sums, more) = (SIMD4<Double>(), SIMD4<Double>())
    var index = 0
    @inline(__always)
    func four(_ index: Int) -> SIMD4<Double> {
      let some = SIMD4(
        values[Int(numbers[index])], values[Int(numbers[index &+ 1])], values[Int(numbers[index &+ 2])],
        values[Int(numbers[index &+ 3])])
      UnsafeMutableRawPointer(target.baseAddress! + index).storeBytes(of: some, as: SIMD4<Double>.self)
      return some
    }
    while index &+ 8 <= numbers.count {
      sums += four(index)
      more += four(index &+ 4)
      index &+= 8
    }
    var rest = (sums + more).sum()
    while index < numbers.count {
      target[index] = values[Int(numbers[index])]
      rest += target[index]
      index &+= 1
    }
    return rest.isNaN
  }

  /// Keeps those of the rows just written that have all values, and names the others.
  private mutating func close(gapsOf numbers: UnsafeBufferPointer<Int32>, _ gaps: inout [Int]) {
    let first = rows
    for index in 0..<numbers.count {
      let places = (0..<total.columns).map { $0 * blockRows }
      if places.contains(where: { block[$0 + first + index].isNaN }) {
        gaps.append(Int(numbers[index]))
      } else {
        for place in places { block[place + rows] = block[place + first + index] }
        rows += 1
      }
    }
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
