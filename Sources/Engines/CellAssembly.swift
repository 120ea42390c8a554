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
    let words = consumers.map { consumer in
      (
        Self.codes(of: consumer.arms, in: &arms), Self.codes(of: consumer.clusters, in: &clusters),
        consumer.segments.indices.map { Self.codes(of: consumer.segments[$0], in: &segments[$0]) }
      )
    }
    let chunks = Slots<CodedRows?>(consumers.count, nil)
    source.parallel(consumers.count) { index in
      let (arms, clusters, segments) = words[index]
      chunks[index] = CodedRows(consumers[index], arms: arms, clusters: clusters, segments: segments)
    }
    fill((0..<chunks.count).compactMap { chunks[$0] }, on: source)
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
  func measurements(files: [InputFile], count: ScanCount, limits: [[Limits]]) -> Measurements {
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
    // Cells are merged where segments are put together; all units stay apart.
    let several = shape.request.clusterColumn == nil ? nil : clustersInSeveralArms
    var measurements = table.measurements(files: files, count: count, limits: limits)
    measurements.clustersInSeveralArms = several
    return measurements
  }

  private var clustersInSeveralArms: Int {
    var (seen, several): (Set<Int>, Set<Int>) = ([], [])
    for codes in rows.compactMap({ $0.first?.cells.first??.clusterCodes }) {
      for code in codes where !seen.insert(code).inserted { several.insert(code) }
    }
    return several.count
  }
}

/// Rows of numbers with the codes of their arms, clusters and segments, and what these codes are in the whole.
struct CodedRows: Sendable {
  /// Column after column, NaN where a value is missing.
  var values: [[Double]]
  var clusterCodes: [Int32]
  var segmentCodes: [[Int32]]
  /// By code.
  var arms: [Int32]
  var clusters: [Int32]
  var segments: [[Int32]]
  let byArm: PartedRows

  init(
    values: [[Double]], armCodes: [Int32], clusterCodes: [Int32], segmentCodes: [[Int32]], arms: [Int32],
    clusters: [Int32], segments: [[Int32]]
  ) {
    self.values = values
    self.clusterCodes = clusterCodes
    self.segmentCodes = segmentCodes
    self.arms = arms
    self.clusters = clusters
    self.segments = segments
    byArm = PartedRows(armCodes, of: arms.count)
  }
}

extension CodedRows {
  init(_ rows: UnitRowConsumer, arms: [Int32], clusters: [Int32], segments: [[Int32]]) {
    self.init(
      values: rows.values, armCodes: rows.armCodes, clusterCodes: rows.clusterCodes, segmentCodes: rows.segmentCodes,
      arms: arms, clusters: clusters, segments: segments)
  }
}

/// Numbers of rows ordered by a code, each code's in their order.
struct PartedRows: Sendable {
  private let rows: [Int32]
  private let starts: [Int]

  init(_ codes: [Int32], of count: Int) {
    (rows, starts) = count == 2 ? Self.halves(codes) : Self.parts(codes, of: count)
  }

  /// Most experiments have two arms: two places that the processor keeps, and no branch to guess.
  private static func halves(_ codes: [Int32]) -> ([Int32], [Int]) {
    let ones = codes.reduce(0) { $0 &+ Int($1) }
    let rows = [Int32](unsafeUninitializedCapacity: codes.count) { buffer, filled in
      var (zero, one) = (0, codes.count - ones)
      for row in codes.indices {
        let code = Int(codes[row])
        buffer[code == 0 ? zero : one] = Int32(truncatingIfNeeded: row)
        zero &+= 1 &- code
        one &+= code
      }
      filled = codes.count
    }
    return (rows, [0, codes.count - ones, codes.count])
  }

  private static func parts(_ codes: [Int32], of count: Int) -> ([Int32], [Int]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for code in codes { starts[Int(code) + 1] += 1 }
    for index in 0..<count { starts[index + 1] += starts[index] }
    var next = starts
    let rows = [Int32](unsafeUninitializedCapacity: codes.count) { buffer, filled in
      for (row, code) in codes.enumerated() {
        buffer[next[Int(code)]] = Int32(truncatingIfNeeded: row)
        next[Int(code)] += 1
      }
      filled = codes.count
    }
    return (rows, starts)
  }

  func withRows<Result>(of code: Int, _ body: (UnsafeBufferPointer<Int32>) -> Result) -> Result {
    rows.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[starts[code]..<starts[code + 1]])) }
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
    guard let local = rows.arms.firstIndex(of: arm) else { return }
    rows.byArm.withRows(of: local) { ours in
      if column < 0 { cell(0).add(rows, ours) } else { bySegment(rows, ours) }
    }
  }

  /// Parts the rows by segment, each segment's in their order, and adds them to its cell.
  private func bySegment(_ rows: CodedRows, _ ours: UnsafeBufferPointer<Int32>) {
    let codes = rows.segmentCodes[column]
    let parted = PartedRows(ours.map { codes[Int($0)] }, of: rows.segments[column].count)
    for (code, whole) in rows.segments[column].enumerated() {
      parted.withRows(of: code) { places in
        guard !places.isEmpty else { return }
        let numbers = places.map { ours[Int($0)] }
        numbers.withUnsafeBufferPointer { cell(Int(whole)).add(rows, $0) }
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
