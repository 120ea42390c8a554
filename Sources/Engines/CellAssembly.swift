import Basics
import Experiments
import Tables

/// Puts the rows of consecutive chunks into the cells of their arms and segments.
///
/// Each cell gets its rows in the order of the files, in blocks counted from its own first row: the result is the same to
/// the last bit for any number of threads, any cut, and the same rows in more files.
final class CellAssembly {
  private let plan: ColumnPlan
  private var arms = Interner()
  private var clusters = Interner()
  private var segments: [Interner]
  /// For each arm: all its units, then one for each segment column.
  private var rows: [[CellRow]] = []

  init(_ plan: ColumnPlan) {
    self.plan = plan
    segments = plan.request.segmentColumns.map { _ in Interner() }
  }

  /// - Parameter source: says on how many threads.
  func take(_ consumers: [UnitRowConsumer], on source: TableSource) {
    let chunks = consumers.map { consumer in
      CodedChunk(
        consumer, arms: Self.codes(of: consumer.arms, in: &arms),
        clusters: Self.codes(of: consumer.clusters, in: &clusters),
        segments: consumer.segments.indices.map { Self.codes(of: consumer.segments[$0], in: &segments[$0]) })
    }
    while rows.count < arms.count {
      let arm = Int32(truncatingIfNeeded: rows.count)
      rows.append((-1..<segments.count).map { CellRow(arm: arm, column: $0, plan: plan) })
    }
    let work = rows.flatMap { $0 }
    source.parallel(work.count) { index in
      for chunk in chunks { work[index].take(chunk) }
    }
  }

  private static func codes(of local: Interner, in global: inout Interner) -> [Int32] {
    (0..<local.count).map { code in
      local.bytes(of: code).withUnsafeBufferPointer { Int32(truncatingIfNeeded: global.code(of: $0)) }
    }
  }

  /// All cells, with rare segments put together.
  func measurements(files: [InputFile], count: ScanCount, caps: [[Double]?]) -> Measurements {
    var table = CellTable(plan)
    for (arm, cellRows) in zip(arms.strings, rows) {
      for row in cellRows {
        for (code, cell) in row.cells.enumerated() {
          guard let cell else { continue }
          let segment =
            row.column < 0
            ? nil
            : Segment(column: plan.request.segmentColumns[row.column], value: segments[row.column].string(of: code))
          table.take(cell, CellTable.Key(arm: arm, segment: segment))
        }
      }
    }
    return table.measurements(files: files, count: count, caps: caps)
  }
}

/// A chunk's rows with its arms, clusters and segments in the numbering of the whole.
private struct CodedChunk: Sendable {
  let rows: UnitRowConsumer
  let arms: [Int32]
  let clusters: [Int32]
  let segments: [[Int32]]

  init(_ rows: UnitRowConsumer, arms: [Int32], clusters: [Int32], segments: [[Int32]]) {
    self.rows = rows
    self.arms = arms
    self.clusters = clusters
    self.segments = segments
  }
}

/// The cells of one arm in one segment column. One thread at a time fills it.
private final class CellRow: @unchecked Sendable {
  let arm: Int32
  /// Place among the segment columns; -1 for all units together.
  let column: Int
  /// By the segment's code.
  private(set) var cells: [Cell?] = []
  private let plan: ColumnPlan

  init(arm: Int32, column: Int, plan: ColumnPlan) {
    self.arm = arm
    self.column = column
    self.plan = plan
  }

  func take(_ chunk: CodedChunk) {
    let (rows, width) = (chunk.rows, plan.values.count)
    guard let local = chunk.arms.firstIndex(of: arm) else { return }
    if column < 0, chunk.clusters.isEmpty, width > 0 {
      return rows.values.withUnsafeBufferPointer { values in
        rows.armCodes.withUnsafeBufferPointer { arms in
          if let start = values.baseAddress { cell(0).add(start, arms: arms, of: Int32(truncatingIfNeeded: local)) }
        }
      }
    }
    rows.values.withUnsafeBufferPointer { values in
      for index in rows.armCodes.indices where rows.armCodes[index] == Int32(truncatingIfNeeded: local) {
        let code = column < 0 ? 0 : Int(chunk.segments[column][Int(rows.segmentCodes[column][index])])
        let cluster = chunk.clusters.isEmpty ? -1 : Int(chunk.clusters[Int(rows.clusterCodes[index])])
        let cell = cell(code)
        if let start = values.baseAddress {
          cell.add(UnsafeBufferPointer(start: start + index &* width, count: width), cluster: cluster)
        } else {
          cell.add(UnsafeBufferPointer(start: nil, count: 0), cluster: cluster)
        }
      }
    }
  }

  @inline(__always)
  private func cell(_ code: Int) -> Cell {
    while cells.count <= code { cells.append(nil) }
    if let known = cells[code] { return known }
    let fresh = plan.emptyCell(blockRows: column < 0 ? 512 : 32)
    cells[code] = fresh
    return fresh
  }
}
