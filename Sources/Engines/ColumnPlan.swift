import Basics
import Experiments
import Statistics
import Tables

/// A column of numbers that some metric needs.
struct ValueColumn: Equatable {
  let name: String
  let reading: ValueReading

  /// Names are compared by their bytes.
  static func == (a: ValueColumn, b: ValueColumn) -> Bool { a.name.isExactly(b.name) && a.reading == b.reading }
}

/// How a column's values are read.
struct ValueReading: Equatable {
  /// As 0/1, true/false.
  let isBoolean: Bool
  let limits: Limits
  let missing: Metric.Missing
}

extension Metric {
  /// Its columns in their order.
  ///
  /// - Parameter limits: of the outcome columns, in the order of `outcomeColumns`.
  func valueColumns(_ limits: [Limits]) -> [ValueColumn] {
    let outcomes = outcomeColumns.count
    return columns.enumerated().map { place, name in
      ValueColumn(
        name: name,
        reading: ValueReading(
          isBoolean: isProportion, limits: place < outcomes ? limits[place] : Limits(),
          missing: place < outcomes ? options.missing : .exclude))
    }
  }
}

/// Values beyond are counted as these.
struct Limits: Hashable, Sendable {
  var low: Double?
  var high: Double?

  /// - Throws: `DomainError` unless low is at most high.
  init(low: Double? = nil, high: Double? = nil) throws(DomainError) {
    (self.low, self.high) = (low, high)
    if let low, let high, low > high { throw DomainError("floor", low, "must be at most the cap, \(high)") }
  }
  init() {}

  @inline(__always)
  func clamped(_ value: Double) -> Double {
    if let high, value > high { return high }
    if let low, value < low { return low }
    return value
  }
}

/// Which columns are read, and where each metric finds its own among them.
struct ColumnPlan {
  let request: MeasurementRequest
  private(set) var values: [ValueColumn] = []
  /// For each metric the places of its columns in `values`, in the metric's order.
  private(set) var places: [[Int]] = []

  /// - Parameter limits: of each metric's outcome columns, in the order of `Metric.outcomeColumns`.
  init(_ request: MeasurementRequest, limits: [[Limits]]) {
    self.request = request
    for (metric, thresholds) in zip(request.metrics, limits) {
      let columns = metric.valueColumns(thresholds)
      places.append(
        columns.map { column in
          if let known = values.firstIndex(of: column) { return known }
          values.append(column)
          return values.count - 1
        })
    }
  }

  var shape: CellShape { CellShape(request: request, width: values.count, places: places) }

  /// The names to scan, each once: variant, unit, cluster, segments, values.
  var names: [String] {
    let keys =
      [request.variantColumn] + [request.unitColumn, request.clusterColumn, request.timeColumn].compactMap { $0 }
    var seen: Set<ExactText> = []
    return (keys + request.segmentColumns + values.map(\.name)).filter { seen.insert(ExactText($0)).inserted }
  }
}

extension Metric {
  var isProportion: Bool { if case .proportion = kind { true } else { false } }
  var isQuantile: Bool { if case .quantile = kind { true } else { false } }

  /// The columns to which a cap applies: not the covariates.
  var outcomeColumns: [String] {
    switch kind {
    case .proportion(let column), .quantile(let column, _), .mean(let column, _): [column]
    case .ratio(let numerator, let denominator, _): [numerator, denominator]
    }
  }
}

/// What a row of numbers looks like, and where each metric finds its columns in it.
struct CellShape: Sendable {
  let request: MeasurementRequest
  let width: Int
  let places: [[Int]]

  /// That cells of segments need more memory than there is, if so.
  ///
  /// - Parameters:
  ///   - found: how many there are so far, by segment column.
  ///   - foreseen: how many there will be.
  func tooManySegments(_ bound: MemoryBound, found: [Double], foreseen: [Double]) -> TableFault? {
    // What a cell of a few rows was measured to take, with its name; the tables of its clusters are reckoned.
    let bytes = Double(1200 + 250 * width + (request.clusterColumn == nil ? 0 : 400))
    let most = foreseen.indices.max { foreseen[$0] < foreseen[$1] } ?? 0
    let fault = bound.fault(
      found: bytes * found.reduce(0, +), foreseen: bytes * foreseen.reduce(0, +),
      for:
        "the segments of '\(request.segmentColumns[most])', about \(Int(foreseen[most]).grouped) pairs of segment and arm,",
      .fewerSegments)
    return fault.map { TableFault(.needsMemory($0), at: nil) }
  }

  /// That clusters need more memory than there is, if so.
  ///
  /// - Parameters:
  ///   - found: how many there are so far, and how many totals of them in all cells.
  ///   - foreseen: how many there will be.
  func tooManyClusters(
    _ bound: MemoryBound, found: (clusters: Double, totals: Double), foreseen: (clusters: Double, totals: Double)
  ) -> TableFault? {
    guard let column = request.clusterColumn else { return nil }
    // Reckoned: a cluster has two to four places of 32 bytes in a table that doubles, and its name beside it; totals double too, with
    // two to four places of 8 bytes and a code.
    func bytes(_ clusters: Double, _ totals: Double) -> Double {
      160 * clusters + Double(48 + 16 * self.clusters.size) * totals
    }
    let fault = bound.fault(
      found: bytes(found.clusters, found.totals), foreseen: bytes(foreseen.clusters, foreseen.totals),
      for: "the clusters of '\(column)', about \(Int(foreseen.clusters).grouped),", .clustersInParts)
    return fault.map { TableFault(.needsMemory($0), at: nil) }
  }

  private var clusters: ClusterLayout {
    ClusterLayout(places: places, isRatio: request.metrics.map { if case .ratio = $0.kind { true } else { false } })
  }

  func emptyCell(blockRows: Int) -> Cell {
    Cell(
      width: width, places: places, quantiles: request.metrics.map(\.isQuantile), blockRows: blockRows,
      clustered: request.clusterColumn == nil ? nil : clusters)
  }
}
