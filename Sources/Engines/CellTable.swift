import Basics
import Experiments
import Tables

/// Cells by the names of their arms and segments.
struct CellTable {
  let request: MeasurementRequest
  private var cells: [Key: Cell] = [:]

  struct Key: Hashable {
    var arm: String
    var segment: Segment?
  }

  init(_ request: MeasurementRequest) { self.request = request }

  mutating func take(_ cell: Cell, _ key: Key) {
    if let known = cells[key] { known.merge(cell) } else { cells[key] = cell }
  }

  func measurements(files: [InputFile], count: ScanCount, limits: [[Limits]]) -> Measurements {
    var folded = self
    folded.foldRareSegments()
    let keys = folded.cells.keys.sorted { a, b in folded.order(a, b) }
    let found = keys.compactMap { key in
      folded.cells[key].map { cell in
        Measurements.Cell(
          arm: key.arm, segment: key.segment, units: cell.units,
          metrics: request.metrics.indices.map { metric in
            let data = cell.data(metric: metric)
            return Measurements.MetricData(
              moments: data.moments, missing: data.missing, sortedValues: data.sorted,
              capValue: limits[metric].first?.high, floorValue: limits[metric].first?.low)
          })
      }
    }
    return Measurements(
      files: files, rows: count.rows, unreadableRows: count.badRows,
      arms: found.filter { $0.segment == nil }.map { Measurements.Arm(name: $0.arm, units: $0.units) }, cells: found)
  }

  /// All units first; then by segment column, the larger segments first, `(other)` last, arms by name.
  private func order(_ a: Key, _ b: Key) -> Bool {
    switch (a.segment, b.segment) {
    case (nil, nil): return a.arm < b.arm
    case (nil, _): return true
    case (_, nil): return false
    case (let x?, let y?):
      if x == y { return a.arm < b.arm }
      if x.column != y.column {
        let columns = request.segmentColumns
        return (columns.firstIndex(of: x.column) ?? 0) < (columns.firstIndex(of: y.column) ?? 0)
      }
      let (isOtherX, isOtherY) = (x.value == CSVEngine.otherSegment, y.value == CSVEngine.otherSegment)
      if isOtherX != isOtherY { return isOtherY }
      let (unitsX, unitsY) = (units(x), units(y))
      return unitsX != unitsY ? unitsX > unitsY : x.value < y.value
    }
  }

  private func units(_ segment: Segment) -> Int {
    cells.reduce(0) { $0 + ($1.key.segment == segment ? $1.value.units : 0) }
  }

  private mutating func foldRareSegments() {
    for column in request.segmentColumns {
      var sizes: [String: Int] = [:]
      for (key, cell) in cells where key.segment?.column == column {
        sizes[key.segment?.value ?? "", default: 0] += cell.units
      }
      guard sizes.count > CSVEngine.segmentLimit else { continue }
      let kept = Set(sizes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(CSVEngine.segmentLimit).map(\.key))
      let rare = cells.keys.filter { key in
        key.segment.map { $0.column == column && !kept.contains($0.value) } ?? false
      }
      for key in rare.sorted(by: { ($0.segment?.value ?? "", $0.arm) < ($1.segment?.value ?? "", $1.arm) }) {
        guard let cell = cells.removeValue(forKey: key) else { continue }
        take(cell, Key(arm: key.arm, segment: Segment(column: column, value: CSVEngine.otherSegment)))
      }
    }
  }
}
