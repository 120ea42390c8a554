import Experiments

/// A column of numbers that some metric needs, as it is to be read.
struct ValueColumn: Hashable {
  var name: String
  /// Read as 0/1, true/false.
  var isBoolean: Bool
  /// Values above are counted as this one.
  var cap: Double?
}

/// Which columns are read, and where each metric finds its own among them.
struct ColumnPlan {
  let request: MeasurementRequest
  private(set) var values: [ValueColumn] = []
  /// For each metric the places of its columns in `values`, in the metric's order.
  private(set) var places: [[Int]] = []

  /// - Parameter caps: the threshold of each metric's outcome columns, in the order of `Metric.outcomeColumns`.
  init(_ request: MeasurementRequest, caps: [[Double]?]) {
    self.request = request
    for (metric, thresholds) in zip(request.metrics, caps) {
      let outcomes = metric.outcomeColumns
      let columns = metric.columns.enumerated().map { index, name in
        ValueColumn(
          name: name, isBoolean: metric.isProportion,
          cap: index < outcomes.count ? thresholds?[index] : nil)
      }
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
    let keys = [request.variantColumn] + [request.unitColumn, request.clusterColumn].compactMap { $0 }
    var seen: Set<String> = []
    return (keys + request.segmentColumns + values.map(\.name)).filter { seen.insert($0).inserted }
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

  func emptyCell(blockRows: Int) -> Cell {
    let isRatio = request.metrics.map { if case .ratio = $0.kind { true } else { false } }
    return Cell(
      width: width, places: places, quantiles: request.metrics.map(\.isQuantile), blockRows: blockRows,
      clustered: request.clusterColumn == nil ? nil : ClusterLayout(places: places, isRatio: isRatio))
  }
}
