import Statistics

/// How a cluster's totals are laid out: for each metric its columns, then the number of rows.
struct ClusterLayout {
  let starts: [Int]
  let widths: [Int]
  let isRatio: [Bool]
  let size: Int

  init(places: [[Int]], isRatio: [Bool]) {
    var starts: [Int] = []
    var next = 0
    for columns in places {
      starts.append(next)
      next += columns.count + 1
    }
    self.starts = starts
    widths = places.map(\.count)
    self.isRatio = isRatio
    size = next
  }
}

/// Sums by cluster: the analysis of clustered rows is that of ratios of cluster totals.
struct ClusterTotals {
  private let layout: ClusterLayout
  /// Place of a cluster's totals by its code.
  private var index: [Int: Int] = [:]
  private var order: [Int] = []
  private var totals: [Double] = []

  init(layout: ClusterLayout) { self.layout = layout }

  /// In the order of first appearance.
  var codes: [Int] { order }

  /// Adds a row's values of a metric.
  mutating func add(_ values: GrowingColumns<Double>, _ row: Int, _ columns: [Int], metric: Int, cluster: Int) {
    let start = place(of: cluster) + layout.starts[metric]
    for (k, column) in columns.enumerated() { totals[start + k] += values[column][row] }
    totals[start + columns.count] += 1
  }

  private mutating func place(of cluster: Int) -> Int {
    if let known = index[cluster] { return known }
    let place = totals.count
    index[cluster] = place
    order.append(cluster)
    totals.append(contentsOf: repeatElement(0, count: layout.size))
    return place
  }

  mutating func merge(_ other: ClusterTotals) {
    for cluster in other.order {
      guard let theirs = other.index[cluster] else { continue }
      let start = place(of: cluster)
      for k in 0..<layout.size { totals[start + k] += other.totals[theirs + k] }
    }
  }

  /// Moments of the totals of clusters that have a row for the metric. Columns: for a mean or proportion [Σ outcome, rows,
  /// Σ covariates…], for a ratio [Σ numerator, Σ denominator, Σ covariates…].
  func moments(metric: Int) -> Moments {
    let (start, width) = (layout.starts[metric], layout.widths[metric])
    let order =
      layout.isRatio[metric] ? Array(0..<width) : [0, width] + (1..<max(width, 1)).map { $0 }
    var columns = [[Double]](repeating: [], count: order.count)
    for cluster in self.order {
      guard let place = index[cluster], totals[place + start + width] > 0 else { continue }
      for (k, column) in order.enumerated() { columns[k].append(totals[place + start + column]) }
    }
    return Moments(columns: columns)
  }
}
