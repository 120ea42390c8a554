import Foundation

/// The batches of a part on their way. While one is delivered the next is being scanned; the work that a delivery gives is done
/// beside the scans of the next two, and is over before the next delivery.
///
/// One thread uses it. How much is ahead changes no result.
final class ScanLine<Consumer: RowConsumer & Sendable> {
  private let source: TableSource
  private let part: TablePart
  private let scan: ChunkScan<Consumer>
  /// Chunks of a batch.
  private let width: Int
  /// Batches that are begun before the first of them is delivered: of several threads none must run out of chunks meanwhile.
  private let depth: Int
  private var cutter: ChunkCutter
  /// Cuts are where line breaks are, until one turns out to lie inside quotes.
  private var guesses = true
  private var ahead: [ScanBatch<Consumer>] = []
  /// Work on the batch that was delivered.
  private var work: BegunWork?
  /// Of that batch. What the work found is looked at in the next delivery, so that its memory is used again only after that.
  private var delivered: BatchMemory<Consumer>?
  private var free: [BatchMemory<Consumer>] = []

  init(
    _ source: TableSource, _ part: TablePart, _ names: [String], stopsAtFirst: Bool,
    _ make: @escaping @Sendable (TableChunk) -> Consumer
  ) {
    (self.source, self.part) = (source, part)
    scan = ChunkScan(
      part: part, scanner: source.scanner(of: names, in: part),
      copies: source.options.copiesText ?? part.file.isReadable, stopsAtFirst: stopsAtFirst, make: make)
    width = source.batchChunks
    depth = source.workers > 1 ? 2 : 1
    cutter = ChunkCutter(
      part, bytes: source.options.chunkBytes, kernel: source.options.kernel)
  }

  /// The next batch in file order, when it is scanned and the work on the one before is done; nil at the end.
  func next() -> ScanBatch<Consumer>? {
    while true {
      while ahead.count < depth, let batch = beginBatch() { ahead.append(batch) }
      guard let first = ahead.first else { break }
      source.team.finish(first.begun)
      guard guesses, first.showsWrongCut else { break }
      (cutter, guesses) = (first.before, false)
      dropAll()
    }
    finishWork()
    return ahead.isEmpty ? nil : ahead.removeFirst()
  }

  private func beginBatch() -> ScanBatch<Consumer>? {
    let before = cutter
    let ranges = cutter.next(width, on: source, guesses: guesses)
    guard !ranges.isEmpty else { return nil }
    let memory = free.popLast() ?? BatchMemory(width)
    let outcomes = Slots(ranges.count, ChunkOutcome())
    let begun = source.team.begin(
      SharedWork(count: ranges.count, memory: { $0 }) { [scan] in
        outcomes[$0] = scan.outcome(of: ranges[$0], in: memory, at: $0)
      })
    return ScanBatch(before: before, ranges: ranges, outcomes: outcomes, memory: memory, begun: begun)
  }

  /// Comes when a batch is delivered: begins the work on it, and takes back its consumers, whose memory may be used again.
  func settle(_ batch: ScanBatch<Consumer>, _ consumers: [Consumer], _ work: SharedWork?) {
    for (index, consumer) in consumers.enumerated() { batch.memory.consumers[index] = consumer }
    if let delivered { free.append(delivered) }
    delivered = batch.memory
    self.work = work.map { source.team.begin($0, isUrgent: true) }
    // Where bytes are copied little else of the map is touched.
    for range in batch.ranges where !scan.copies || range.count > FileWindow.byteLimit { part.file.forget(range) }
  }

  private func finishWork() {
    if let work { source.team.finish(work) }
    work = nil
  }

  private func dropAll() {
    for batch in ahead {
      source.team.withdraw(batch.begun)
      // What they keep beyond a chunk was not to be seen.
      for index in 0..<batch.memory.consumers.count { batch.memory.consumers[index] = nil }
      free.append(batch.memory)
    }
    ahead = []
  }

  /// Leaves no work behind, at the end or after a fault.
  func stop() {
    dropAll()
    finishWork()
  }
}

/// Consecutive chunks that are scanned, or will be.
struct ScanBatch<Consumer: RowConsumer & Sendable> {
  /// Where the cutter stood.
  fileprivate let before: ChunkCutter
  let ranges: [Range<Int>]
  let outcomes: Slots<ChunkOutcome>
  fileprivate let memory: BatchMemory<Consumer>
  fileprivate let begun: BegunWork

  fileprivate var showsWrongCut: Bool { (0..<outcomes.count).contains { outcomes[$0].showsWrongCut } }

  /// In the order of the file.
  func takeConsumers() -> [Consumer] { ranges.indices.compactMap { memory.consumers.move($0, leaving: nil) } }
}

/// What the chunks of one batch after the other are scanned into.
private final class BatchMemory<Consumer: RowConsumer & Sendable>: Sendable {
  let consumers: Slots<Consumer?>
  /// If fields are looked at later; else threads use windows of their own again and again.
  let windows: [FileWindow]

  init(_ chunks: Int) {
    consumers = Slots(chunks, nil)
    windows = (0..<(Consumer.keepsFields ? chunks : 0)).map { _ in FileWindow() }
  }
}

/// How chunks are scanned.
private struct ChunkScan<Consumer: RowConsumer & Sendable>: Sendable {
  let part: TablePart
  let scanner: WindowScanner
  /// Whether bytes are read into memory of their own.
  let copies: Bool
  let stopsAtFirst: Bool
  let make: @Sendable (TableChunk) -> Consumer
  private let windows = Pool { FileWindow() }

  init(
    part: TablePart, scanner: WindowScanner, copies: Bool, stopsAtFirst: Bool,
    make: @escaping @Sendable (TableChunk) -> Consumer
  ) {
    (self.part, self.scanner, self.copies, self.stopsAtFirst, self.make) = (part, scanner, copies, stopsAtFirst, make)
  }

  /// With the consumer of an earlier chunk if it can be cleared; it is in the same place afterwards.
  func outcome(of range: Range<Int>, in memory: BatchMemory<Consumer>, at index: Int) -> ChunkOutcome {
    let kept = Consumer.keepsFields ? memory.windows[index] : nil
    let window = kept ?? windows.take()
    defer { if kept == nil { windows.giveBack(window) } }
    window.open(range, of: part.file, copies: copies)
    let chunk = TableChunk(part: part, origin: window.origin, kernel: scanner.kernel)
    // Nobody else may hold it, or what it keeps would be copied before it is written to.
    var known = memory.consumers.move(index, leaving: nil)
    let canBeCleared = known?.clear(for: chunk) ?? false
    var consumer = (canBeCleared ? known.take() : nil) ?? make(chunk)
    let outcome = ChunkOutcome(scanner, range, of: window, into: &consumer, stopsAtFirst: stopsAtFirst)
    memory.consumers[index] = consumer
    return outcome
  }
}

extension TableSource {
  fileprivate func scanner(of names: [String], in part: TablePart) -> WindowScanner {
    let slots = part.columns.map { column in names.firstIndex { $0.isExactly(column) } ?? -1 }
    return WindowScanner(
      RecordScanner(part.file.text, delimiter: part.delimiter, slots: slots), kernel: options.kernel,
      // Half a chunk and the rest of its last record.
      windowBytes: min(1 << 18, options.chunkBytes) + (options.chunkBytes < 1 << 12 ? 0 : 1 << 12))
  }

  /// Chunks of a batch: two for each core, so that what is read of them stays in the cache; of very many cores one each, as
  /// it is memory.
  fileprivate var batchChunks: Int {
    let cores = min(workers, ProcessInfo.processInfo.activeProcessorCount)
    return max(4, min(2 * cores, max(cores, 48)))
  }
}

/// What is known of a chunk beside what its consumer holds.
struct ChunkOutcome {
  var rows = 0
  var badRows = 0
  /// Not all of the range if something was fatal.
  var seen = SeenBytes()
  var firstBad: RowFault?
  var fatal: RowFault?

  /// A fault, or an odd number of quotes, is what a cut inside a quoted field looks like; but not a file that became shorter.
  var showsWrongCut: Bool {
    guard let fatal else { return seen.quotes % 2 == 1 }
    return fatal.kind != .cutOff
  }

  init() {}

  init<Consumer: RowConsumer>(
    _ scanner: WindowScanner, _ range: Range<Int>, of window: FileWindow, into consumer: inout Consumer,
    stopsAtFirst: Bool
  ) {
    var bad = 0
    var first: RowFault?
    do throws(RowFault) {
      rows = try scanner.scan(range, of: window, into: &consumer, seen: &seen) { fault throws(RowFault) in
        // An open quote swallows everything behind it; that is never one bad row.
        if stopsAtFirst || fault.kind == .unclosedQuote { throw fault }
        bad += 1
        if first == nil { first = fault }
      }
    } catch {
      fatal = error
    }
    badRows = bad
    firstBad = first
  }
}
