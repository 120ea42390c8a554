import Basics
import Experiments
import Tables

/// Puts the rows of consecutive chunks into the cells of their arms and segments.
///
/// Each cell gets its rows in the order of the files, in blocks counted from its own first row: the result is the same to
/// the last bit for any number of threads, any cut, and the same rows in more files.
///
/// One thread at a time uses it; the work that `take` gives is done by many.
final class CellAssembly: @unchecked Sendable {
  private let shape: CellShape
  private var arms = Interner()
  /// If rows are clustered.
  private let clusters: SharedUnitIndex?
  private var segments: [Interner]
  /// For each arm: all its units, then one for each segment column.
  private var rows: [[CellRow]] = []
  private var begunRows = 0
  private let bound: MemoryBound
  private let estimatedRows: Int
  /// What is begun and not finished.
  private var jobs: [CellJob] = []

  /// - Parameter estimatedRows: of all chunks that will come.
  init(_ shape: CellShape, _ bound: MemoryBound, estimatedRows: Int) {
    (self.shape, self.bound, self.estimatedRows) = (shape, bound, estimatedRows)
    segments = shape.request.segmentColumns.map { _ in Interner() }
    clusters = shape.request.clusterColumn.map { _ in SharedUnitIndex() }
  }

  /// Begins the work on the next chunks when that on those before is done. The chunks are looked at until `finish`.
  ///
  /// - Parameter source: whose threads number the clusters.
  /// - Throws: `TableFault` if there is no memory for their cells.
  func take(_ consumers: [UnitRowConsumer], of source: TableSource) throws(TableFault) -> SharedWork {
    finish()
    let clusterCodes = codes(ofClustersIn: consumers, source)
    let chunks = consumers.indices.map { index in
      CodedRows(
        rows: consumers[index].rows, arms: Self.codes(of: consumers[index].arms, in: &arms),
        clusters: clusterCodes[index],
        segments: segments.indices.map { Self.codes(of: consumers[index].segments[$0], in: &segments[$0]) })
    }
    begunRows += chunks.reduce(0) { $0 + $1.rows.arms.reduce(0) { $0 + $1.count } }
    if let fault = tooManySegments() ?? tooManyClusters() { throw fault }
    return work(on: chunks)
  }

  /// What the codes of each chunk's clusters are in the whole.
  private func codes(ofClustersIn consumers: [UnitRowConsumer], _ source: TableSource) -> [GrowingColumns<Int32>] {
    let codes = consumers.map { consumer in
      let codes = GrowingColumns<Int32>(width: 1)
      codes.reserve(consumer.clusters.count, behind: 0)
      return codes
    }
    clusters?.number(consumers.map(\.clusters), into: { codes[$0][0] }, source.parallel)
    return codes
  }

  /// Comes when the work is done.
  func finish() {
    for job in jobs { job.cell.finish(job.work, on: job.parts) }
    jobs = []
  }

  /// Segments are as many as columns have values, which the rows so far tell.
  private func tooManySegments() -> TableFault? {
    guard !segments.isEmpty else { return nil }
    let found = segments.map { min($0.count * arms.count, begunRows) }
    let foreseen = segments.map {
      min(MemoryBound.values($0.count, in: begunRows, of: estimatedRows) * Double(arms.count), Double(estimatedRows))
    }
    return shape.tooManySegments(bound, found: found.map { Double($0) }, foreseen: foreseen)
  }

  /// So are clusters; each has totals in as many cells as it has rows of.
  private func tooManyClusters() -> TableFault? {
    guard let clusters else { return nil }
    let totals = rows.joined().reduce(0) { $0 + $1.cells.reduce(0) { $0 + ($1?.clusterCodes.count ?? 0) } }
    let times = 1 + segments.count
    return shape.tooManyClusters(
      bound, found: (Double(clusters.count), Double(totals)),
      foreseen: (
        MemoryBound.values(clusters.count, in: begunRows, of: estimatedRows),
        MemoryBound.values(totals, in: times * begunRows, of: times * estimatedRows)
      ))
  }

  /// Rows whose arms, clusters and segments are numbered as in these words; once, instead of chunks.
  func take(_ rows: CodedRows, of units: ExposedUnits, on source: TableSource) {
    (arms, segments) = (units.arms, units.segments)
    let work = work(on: [rows])
    source.parallel(work.count, work.run)
    finish()
  }

  /// The cells of all units of an arm, each block of each by itself and near to the thread that read its chunk; before them the
  /// others, whole, of which each has rows of all chunks.
  private func work(on chunks: [CodedRows]) -> SharedWork {
    while rows.count < arms.count {
      let arm = Int32(truncatingIfNeeded: rows.count)
      rows.append((-1..<segments.count).map { CellRow(arm: arm, column: $0, shape: shape) })
    }
    let isClustered = shape.request.clusterColumn != nil
    if !isClustered { jobs = rows.compactMap { $0[0].job(of: chunks) } }
    let tasks = jobs.enumerated().flatMap { job in (0..<job.element.work.tasks).map { (job.offset, $0) } }
    let others = rows.flatMap { $0.dropFirst(isClustered ? 0 : 1) }
    @Sendable func blocks(_ index: Int) -> (job: Int, task: Int)? {
      index < others.count ? nil : tasks[index - others.count]
    }
    return SharedWork(
      count: others.count + tasks.count,
      memory: { [jobs] index in blocks(index).map { jobs[$0.job].chunk(of: $0.task) } },
      run: { [jobs] index in
        guard let (job, task) = blocks(index) else { return chunks.forEach(others[index].take) }
        jobs[job].work.run(task: task)
      })
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
    let arms = rows.compactMap { $0.first?.cells.first??.clusterCodes }
    // By code, up to two.
    var found = [UInt8](repeating: 0, count: Int(arms.joined().max() ?? -1) + 1)
    for code in arms.joined() { found[Int(code)] = min(2, found[Int(code)] + 1) }
    return found.count { $0 == 2 }
  }
}

/// Rows by arm, and what the codes of their arms, clusters and segments are in the whole.
struct CodedRows: Sendable {
  let rows: PartedRows
  /// By code.
  let arms: [Int32]
  let clusters: GrowingColumns<Int32>
  let segments: [[Int32]]
}

/// Rows on their way into a cell. Its work is done on several threads, the rest on one.
private struct CellJob: @unchecked Sendable {
  let cell: Cell
  let parts: [ArmRows]
  /// The number of each part's chunk.
  let chunks: [Int]
  let work: BlockWork

  /// The chunk that has the rows of a task.
  func chunk(of task: Int) -> Int { chunks[work.stack(of: task)] }
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

  /// What adds the rows of chunks that follow one another to the cell of all units; nil if there are none.
  func job(of chunks: [CodedRows]) -> CellJob? {
    let known = chunks.enumerated().compactMap { number, chunk in ours(chunk).map { (chunk: number, rows: $0) } }
    guard known.contains(where: { $0.rows.count > 0 }) else { return nil }
    let parts = known.map(\.rows)
    return CellJob(cell: cell(0), parts: parts, chunks: known.map(\.chunk), work: cell(0).work(on: parts))
  }

  /// Adds the rows of a chunk to their cells.
  func take(_ chunk: CodedRows) {
    guard let ours = ours(chunk) else { return }
    for (stack, isComplete) in [(ours.complete, true), (ours.gaps, false)] where stack.count > 0 {
      if column >= 0 {
        bySegment(chunk, stack, isComplete: isComplete)
      } else {
        let all = (0..<Int32(truncatingIfNeeded: stack.count)).map { $0 }
        all.withUnsafeBufferPointer { cell(0).add(stack, $0, isComplete: isComplete, clusters: chunk.clusters) }
      }
    }
  }

  private func ours(_ chunk: CodedRows) -> ArmRows? {
    guard let local = chunk.arms.firstIndex(of: arm), local < chunk.rows.arms.count else { return nil }
    return chunk.rows.arms[local]
  }

  /// Parts the rows by segment, each segment's in their order, and adds them to its cell.
  private func bySegment(_ chunk: CodedRows, _ stack: RowStack, isComplete: Bool) {
    let codes = UnsafeBufferPointer(start: stack.codes[column], count: stack.count)
    let places = PlacesByCode(codes, of: chunk.segments[column].count)
    for (code, whole) in chunk.segments[column].enumerated() {
      places.withPlaces(of: code) {
        guard !$0.isEmpty else { return }
        cell(Int(whole)).add(stack, $0, isComplete: isComplete, clusters: chunk.clusters)
      }
    }
  }

  @inline(__always)
  private func cell(_ code: Int) -> Cell {
    while cells.count <= code { cells.append(nil) }
    if let known = cells[code] { return known }
    let fresh = shape.emptyCell(blockRows: column < 0 ? 1024 : 32)
    cells[code] = fresh
    return fresh
  }
}
