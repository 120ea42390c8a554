import Experiments
import Statistics
import Tables

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
  /// Values of quantile metrics, by metric, and where rows are clustered the cluster of each, numbered in the order in which they
  /// come.
  private var values: [[Double]?]
  /// In place of the values, once there are many.
  private var histograms: [QuantileHistogram?]
  private var clustersOfValues: [[Int32]]
  /// Totals of clusters, if rows are clustered.
  private let clusters: ClusterTotals?

  init(width: Int, places: [[Int]], quantiles: [Bool], blockRows: Int, clustered: ClusterLayout?) {
    self.width = width
    self.places = places
    joint = BlockedMoments(columns: width, blockRows: blockRows)
    extras = places.map { _ in nil }
    missing = places.map { _ in 0 }
    values = quantiles.map { $0 ? [] : nil }
    histograms = quantiles.map { _ in nil }
    clustersOfValues = quantiles.map { _ in [] }
    clusters = clustered.map { ClusterTotals(layout: $0) }
  }

  /// The work of adding all rows of an arm in chunks that follow one another, not clustered; when its tasks are done comes
  /// `finish`.
  func work(on parts: [ArmRows]) -> BlockWork { joint.work(on: parts.map(\.complete)) }

  func finish(_ work: BlockWork, on parts: [ArmRows]) {
    units += parts.reduce(0) { $0 + $1.count }
    guard width > 0 else { return }
    joint.finish(work, on: parts.map(\.complete))
    for part in parts where part.complete.count > 0 { keepValues(part.complete, 0..<part.complete.count) }
    for part in parts where part.gaps.count > 0 {
      keepValues(part.gaps, 0..<part.gaps.count)
      for row in 0..<part.gaps.count { addWithGaps(part.gaps, row) }
    }
  }

  /// Adds some of the rows, in the order of their numbers.
  ///
  /// - Parameters:
  ///   - isComplete: whether every row has all values; also where rows are clustered, which may have gaps then.
  ///   - clusters: the whole's codes by those of the rows.
  func add(
    _ rows: RowStack, _ numbers: UnsafeBufferPointer<Int32>, isComplete: Bool, clusters codes: GrowingColumns<Int32>
  ) {
    units += numbers.count
    guard width > 0 else { return }
    guard clusters == nil else { return addToClusters(rows, numbers, codes) }
    keepValues(rows, numbers.lazy.map { Int($0) })
    if isComplete {
      joint.add(rows.values, numbers)
    } else {
      for row in numbers { addWithGaps(rows, Int(row)) }
    }
  }

  /// Those of quantiles.
  private func keepValues(_ rows: RowStack, _ numbers: some Sequence<Int>) {
    for metric in values.indices where values[metric] != nil {
      let column = rows.values[places[metric][0]]
      if histograms[metric] != nil {
        for row in numbers where !column[row].isNaN { histograms[metric]?.insert(column[row]) }
        continue
      }
      for row in numbers where !column[row].isNaN { values[metric]?.append(column[row]) }
      if values[metric]?.count ?? 0 > Measurements.MetricData.exactValues { makeHistogram(metric) }
    }
  }

  private func makeHistogram(_ metric: Int) {
    var histogram = histograms[metric] ?? QuantileHistogram()
    histogram.insert(contentsOf: values[metric] ?? [])
    (histograms[metric], values[metric]) = (histogram, [])
  }

  private func addWithGaps(_ rows: RowStack, _ row: Int) {
    for (metric, places) in places.enumerated() {
      guard !places.contains(where: { rows.values[$0][row].isNaN }) else {
        missing[metric] += 1
        continue
      }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: places.count, blockRows: 64) }
      extras[metric]?.add(places.map { rows.values[$0][row] })
    }
  }

  private func addToClusters(
    _ rows: RowStack, _ numbers: UnsafeBufferPointer<Int32>, _ codes: GrowingColumns<Int32>
  ) {
    let (own, whole) = (rows.codes[rows.codes.width - 1], codes[0])
    clusters?.add(rows.values, numbers, { whole[Int(own[$0])] }, missing: &missing) { metric, row, place in
      guard values[metric] != nil else { return }
      values[metric]?.append(rows.values[places[metric][0]][row])
      clustersOfValues[metric].append(place)
    }
  }

  /// Takes over what another cell of the same arm holds.
  func merge(_ other: Cell) {
    units += other.units
    joint.merge(&other.joint)
    let ours = other.clusters.flatMap { clusters?.merge($0) } ?? []
    for metric in places.indices {
      missing[metric] += other.missing[metric]
      if let more = other.values[metric] { values[metric]?.append(contentsOf: more) }
      clustersOfValues[metric].append(contentsOf: other.clustersOfValues[metric].map { ours[Int($0)] })
      if clusters == nil,
        other.histograms[metric] != nil || values[metric]?.count ?? 0 > Measurements.MetricData.exactValues
          || histograms[metric] != nil
      {
        makeHistogram(metric)
        if let more = other.histograms[metric] { histograms[metric]?.merge(more) }
      }
      guard var extra = other.extras[metric] else { continue }
      if extras[metric] == nil { extras[metric] = BlockedMoments(columns: places[metric].count, blockRows: 64) }
      extras[metric]?.merge(&extra)
    }
  }

  /// The clusters that have a row here; none if rows are not clustered.
  var clusterCodes: [Int32] { clusters?.codes ?? [] }

  /// What is known of one metric.
  func data(metric: Int) -> Measurements.MetricData {
    var moments: Moments
    if let clusters {
      moments = clusters.moments(metric: metric)
    } else {
      moments = joint.moments().selecting(places[metric])
      if let extra = extras[metric]?.moments() { moments.merge(extra) }
    }
    var data = Measurements.MetricData(moments: moments, missing: missing[metric])
    guard let values = values[metric] else { return data }
    if let histogram = histograms[metric] {
      data.histogram = histogram
    } else if clusters == nil {
      data.sortedValues = values.sorted()
    } else {
      let order = values.indices.sorted { values[$0] < values[$1] }
      data.sortedValues = order.map { values[$0] }
      data.clustersOfValues = order.map { Int(clustersOfValues[metric][$0]) }
    }
    return data
  }
}
