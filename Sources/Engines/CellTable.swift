import Basics
import Experiments
import Tables

/// Cells by the names of their arms and segments.
struct CellTable {
  typealias Key = Measurements.CellKey

  let request: MeasurementRequest
  private var cells: [Key: Cell] = [:]

  init(_ request: MeasurementRequest) { self.request = request }

  mutating func take(_ cell: Cell, _ key: Key) {
    if let known = cells[key] { known.merge(cell) } else { cells[key] = cell }
  }

  func measurements(files: [InputFile], count: ScanCount, limits: [[Limits]]) -> Measurements {
    var folded = self
    let rare = folded.foldRareSegments(limits)
    let found = folded.cells.map { Self.measured($1, $0, request, limits) }.ordered(columns: request.segmentColumns)
    var measurements = Measurements(
      files: files, rows: count.rows, unreadableRows: count.badRows,
      arms: found.arms(isClustered: request.clusterColumn != nil), cells: found)
    measurements.rareCells = rare?.ordered(columns: request.segmentColumns)
    return measurements
  }

  private static func measured(
    _ cell: Cell, _ key: Key, _ request: MeasurementRequest, _ limits: [[Limits]]
  ) -> Measurements.Cell {
    Measurements.Cell(
      arm: key.arm.text, segment: key.segment, units: cell.units,
      metrics: request.metrics.indices.map { metric in
        var data = cell.data(metric: metric)
        let isCut = limits[metric].contains { $0 != Limits() }
        data.cuts = isCut ? limits[metric].map { Measurements.Cut(low: $0.low, high: $0.high) } : []
        return data
      })
  }

  /// - Returns: the segments that were put together, as they were before, if the request keeps them.
  private mutating func foldRareSegments(_ limits: [[Limits]]) -> [Measurements.Cell]? {
    var sizes: [Segment: Int] = [:]
    for (key, cell) in cells { if let segment = key.segment { sizes[segment, default: 0] += cell.units } }
    let segments = Measurements.rareSegments(sizes)
    guard !segments.isEmpty else { return nil }
    let keys = cells.keys.filter { key in key.segment.map(segments.contains) ?? false }
    let rare =
      request.keepsRareSegments
      ? keys.compactMap { key in cells[key].map { Self.measured($0, key, request, limits) } } : nil
    let counts = Dictionary(grouping: segments) { ExactText($0.column) }.mapValues(\.count)
    for key in keys.sorted(by: Self.precedes) {
      guard let segment = key.segment, let cell = cells.removeValue(forKey: key) else { continue }
      let rest = Segment(restOf: segment.column, values: counts[ExactText(segment.column)] ?? 0)
      take(cell, Key(arm: key.arm.text, segment: rest))
    }
    return rare
  }

  private static func precedes(_ a: Key, _ b: Key) -> Bool {
    let (first, second) = (a.segment?.value ?? "", b.segment?.value ?? "")
    return first.isExactly(second) ? a.arm.text.precedesExactly(b.arm.text) : first.precedesExactly(second)
  }
}
