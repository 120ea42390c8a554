import Basics
import Experiments
import Tables

/// Puts the rows of consecutive chunks into the cells of their arms and segments.
///
/// Each cell gets its rows in the order of the files, in blocks counted from its own first row: the result is the same to
/// the last bit for any number of threads, any cut, and the same rows in more files.
final class CellAssembly {
  private let shape: CellShape
  private var arms = Interner()
  private var clusters = Interner()
  private var segments: [Interner]
  /// For each arm: all its units, then one for each segment column.
  private var rows: [[CellRow]] = []

  init(_ shape: CellShape) {
    self.shape = shape
    segments = shape.request.segmentColumns.map { _ in Interner() }
  }

  /// - Parameter source: says on how many threads.
  func take(_ consumers: [UnitRowConsumer], on source: TableSource) {
    let chunks = consumers.map { consumer in
      CodedRows(
        consumer, arms: Self.codes(of: consumer.arms, in: &arms),
        clusters: Self.codes(of: consumer.clusters, in: &clusters),
        segments: consumer.segments.indices.map { Self.codes(of: consumer.segments[$0], in: &segments[$0]) })
    }
    fill(chunks, on: source)
  }

  /// Rows whose arms, clusters and segments are numbered as in these words; once, instead of chunks.
  func take(_ rows: CodedRows, arms: Interner, segments: [Interner], on source: TableSource) {
    self.arms = arms
    self.segments = segments
    fill([rows], on: source)
  }

  private func fill(_ chunks: [CodedRows], on source: TableSource) {
    while rows.count < arms.count {
      let arm = Int32(truncatingIfNeeded: rows.count)
      rows.append((-1..<segments.count).map { CellRow(arm: arm, column: $0, shape: shape) })
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
    var table = CellTable(shape.request)
    for (arm, cellRows) in zip(arms.strings, rows) {
      for row in cellRows {
        for (code, cell) in row.cells.enumerated() {
          guard let cell else { continue }
          let segment =
            row.column < 0
            ? nil
            : Segment(column: shape.request.segmentColumns[row.column], value: segments[row.column].string(of: code))
          table.take(cell, CellTable.Key(arm: arm, segment: segment))
        }
      }
    }
    return table.measurements(files: files, count: count, caps: caps)
  }
}

/// Rows of numbers with the codes of their arms, clusters and segments, and what these codes are in the whole.
struct CodedRows: Sendable {
  var values: [Double]
  var armCodes: [Int32]
  var clusterCodes: [Int32]
  var segmentCodes: [[Int32]]
  /// By code.
  var arms: [Int32]
  var clusters: [Int32]
  var segments: [[Int32]]
}

extension CodedRows {
  init(_ rows: UnitRowConsumer, arms: [Int32], clusters: [Int32], segments: [[Int32]]) {
    self.init(
      values: rows.values, armCodes: rows.armCodes, clusterCodes: rows.clusterCodes, segmentCodes: rows.segmentCodes,
      arms: arms, clusters: clusters, segments: segments)
  }
}

/// The cells of one arm in one segment column. One thread at a time fills it.
private final class CellRow: @unchecked Sendable {
  let arm: Int32
  /// Place among the segment columns; -1 for all units together.
  let column: Int
  /// By the segment's code.
  private(set) var cells: [Cell?] = []
  private let shape: CellShape

  init(arm: Int32, column: Int, shape: CellShape) {
    self.arm = arm
    self.column = column
    self.shape = shape
  }

  func take(_ rows: CodedRows) {
    let width = shape.width
    guard let local = rows.arms.firstIndex(of: arm) else { return }
    if column < 0, rows.clusters.isEmpty, width > 0 {
      return rows.values.withUnsafeBufferPointer { values in
        rows.armCodes.withUnsafeBufferPointer { arms in
          if let start = values.baseAddress { cell(0).add(start, arms: arms, of: Int32(truncatingIfNeeded: local)) }
        }
      }
    }
    rows.values.withUnsafeBufferPointer { values in
      for index in rows.armCodes.indices where rows.armCodes[index] == Int32(truncatingIfNeeded: local) {
        let code = column < 0 ? 0 : Int(rows.segments[column][Int(rows.segmentCodes[column][index])])
        let cluster = rows.clusters.isEmpty ? -1 : Int(rows.clusters[Int(rows.clusterCodes[index])])
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
    let fresh = shape.emptyCell(blockRows: column < 0 ? 512 : 32)
    cells[code] = fresh
    return fresh
  }
}
