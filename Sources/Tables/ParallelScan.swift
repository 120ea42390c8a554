import Basics
import Foundation
import Synchronization

extension TableSource {
  /// Scans the columns asked for, in chunks of fixed size on all cores, and hands the chunks' consumers over in file order:
  /// what they hold does not depend on the number of threads. The chunk before a cut reads its last record to the end.
  ///
  /// - Parameters:
  ///   - names: the columns, in the order in which `consume` gets them.
  ///   - allowedBadRows: the share of rows that may be refused, in [0, 1]; 0 stops at the first.
  ///   - make: a fresh consumer for a chunk.
  ///   - meanwhile: longer work on what was delivered, begun together with each next scan, on one thread at a time; once more
  ///     at the end. The work that it gives is shared by all threads once there is nothing left to scan, and is done when the
  ///     next batch is delivered; what was delivered before stays untouched until then.
  ///   - deliver: gets what consecutive chunks of a part gave; what it does not keep is gone, so that memory does not grow with
  ///     the table.
  /// - Throws: `TableFault`, of the first bad byte or row in file order, or what `deliver` throws.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @Sendable (TableChunk) -> Consumer,
    meanwhile: (@Sendable () -> SharedWork?)? = nil, deliver: (ScannedBatch<Consumer>) throws(TableFault) -> Void
  ) throws(TableFault) -> ScanCount {
    try requireColumns(names)
    var progress = ScanProgress(bytes: parts.reduce(0) { $0 + $1.file.text.count })
    let windows = WindowPool(keeps: Consumer.keepsFields ? batchChunks : 0)
    for (number, part) in parts.enumerated() {
      let scanner = scanner(of: names, in: part)
      var cutter = ChunkCutter(part, bytes: options.chunkBytes * Consumer.chunkScale, kernel: options.kernel)
      // Those of the batch before may still be looked at meanwhile.
      var (used, resting) = (Slots<Consumer?>(batchChunks, nil), Slots<Consumer?>(batchChunks, nil))
      var guesses = true
      while true {
        let before = cutter
        let ranges = cutter.next(batchChunks, on: self, guesses: guesses)
        guard let first = ranges.first, let last = ranges.last else { break }
        let outcomes = Slots<ChunkOutcome<Consumer>?>(ranges.count, nil)
        let (later, current) = (LateWork(), used)
        parallel(ranges.count + 1, then: later) { piece in
          guard piece > 0 else { later.begin(meanwhile?()); return }
          outcomes[piece - 1] = outcome(
            of: ranges[piece - 1], in: part, scanner, windows, current, piece - 1, stopsAtFirst: allowedBadRows == 0,
            make)
        }
        if guesses, (0..<outcomes.count).contains(where: { outcomes[$0]?.showsWrongCut ?? false }) {
          (cutter, guesses) = (before, false)
          continue
        }
        let checksums = (0..<outcomes.count).compactMap { outcomes[$0]?.seen.checksum }
        let consumers = try progress.take(outcomes, of: part)
        try deliver(ScannedBatch(part: number, consumers: consumers, ranges: ranges, checksums: checksums))
        // Where cuts are guessed little of the map is touched.
        if !guesses { part.file.forget(first.lowerBound..<last.upperBound) }
        options.progress?(progress.done + last.upperBound, progress.bytes)
        for (index, consumer) in consumers.enumerated() { used[index] = consumer }
        if meanwhile != nil { swap(&used, &resting) }
        windows.turn()
      }
      if let work = meanwhile?() { parallel(work.count, work.run) }
      try part.file.requireUnchanged()
      progress.done += part.file.text.count
    }
    let total = progress.count
    guard total.rows > 0 else { throw TableFault(.headerOnly, at: parts[0].headerPosition) }
    if let firstBad = progress.firstBad, Double(total.badRows) > allowedBadRows * Double(total.rows) {
      throw TableFault(
        .tooManyBadRows(bad: total.badRows, rows: total.rows, allowed: allowedBadRows, first: firstBad.sentence),
        at: firstBad.position)
    }
    return total
  }

  /// Scans one chunk of a batch, with the consumer of an earlier one if it can be cleared.
  func outcome<Consumer: RowConsumer & Sendable>(
    of range: Range<Int>, in part: TablePart, _ scanner: WindowScanner, _ windows: WindowPool,
    _ used: Slots<Consumer?>? = nil, _ index: Int, stopsAtFirst: Bool, _ make: (TableChunk) -> Consumer
  ) -> ChunkOutcome<Consumer> {
    let window = windows.take(index)
    defer { windows.giveBack(window) }
    window.open(range, of: part.file, copies: options.copiesText ?? part.file.isReadable)
    let chunk = TableChunk(part: part, origin: window.origin)
    // Nobody else may hold it, or what it keeps would be copied before it is written to.
    var consumer = used?.move(index, leaving: nil)
    if !(consumer?.clear(for: chunk) ?? false) { consumer = make(chunk) }
    return ChunkOutcome(
      scanner, range, of: window, consumer: consumer.take() ?? make(chunk), stopsAtFirst: stopsAtFirst)
  }

  /// The same with all consumers kept.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @Sendable (TableChunk) -> Consumer
  ) throws(TableFault) -> ScanResult<Consumer> {
    var consumers: [Consumer] = []
    var parts: [Int] = []
    let count = try scan(names, allowedBadRows: allowedBadRows, make: make) { batch in
      consumers.append(contentsOf: batch.consumers)
      parts.append(contentsOf: repeatElement(batch.part, count: batch.consumers.count))
    }
    return ScanResult(consumers: consumers, partOfConsumer: parts, rows: count.rows, badRows: count.badRows)
  }

  func scanner(of names: [String], in part: TablePart) -> WindowScanner {
    let slots = part.columns.map { column in names.firstIndex { $0.isExactly(column) } ?? -1 }
    return WindowScanner(
      RecordScanner(part.file.text, delimiter: part.delimiter, slots: slots), kernel: options.kernel,
      // Half a chunk and the rest of its last record.
      windowBytes: min(1 << 18, options.chunkBytes) + (options.chunkBytes < 1 << 12 ? 0 : 1 << 12))
  }

  /// Chunks of a batch, two of which may be in memory: three for each core, so that what is read of them stays in the cache;
  /// of very many cores one each, as it is memory.
  private var batchChunks: Int {
    let cores = min(workers, ProcessInfo.processInfo.activeProcessorCount)
    return max(6, min(3 * cores, max(cores, 48)))
  }

  /// Threads that work at a time.
  package var workers: Int { max(1, options.threads ?? ProcessInfo.processInfo.activeProcessorCount) }

  /// Runs independent pieces of work, begun in their order, on as many threads as the options say.
  package func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) { parallel(count, then: nil, body) }

  /// - Parameter later: work that one of the pieces may begin, for whoever finds no more pieces.
  private func parallel(_ count: Int, then later: LateWork?, _ body: @Sendable (Int) -> Void) {
    let next = Atomic(0)
    @Sendable func work() {
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { break }
        body(index)
      }
      later?.help()
    }
    let workers = min(workers, count)
    if workers > 1 { DispatchQueue.concurrentPerform(iterations: workers) { _ in work() } } else { work() }
  }
}

/// Rows seen, the bad ones included, and the bad ones among them.
package struct ScanCount: Sendable {
  package var rows = 0
  package var badRows = 0
}

/// How far a scan is, and what was refused.
private struct ScanProgress {
  let bytes: Int
  /// Of the parts that are read.
  var done = 0
  private(set) var count = ScanCount()
  private(set) var firstBad: TableFault?

  init(bytes: Int) { self.bytes = bytes }

  /// Counts a batch's rows and hands over its consumers in file order.
  ///
  /// - Throws: `TableFault`, what is fatal.
  mutating func take<Consumer: RowConsumer>(
    _ outcomes: Slots<ChunkOutcome<Consumer>?>, of part: TablePart
  ) throws(TableFault) -> [Consumer] {
    var consumers: [Consumer] = []
    consumers.reserveCapacity(outcomes.count)
    for index in 0..<outcomes.count {
      guard let outcome = outcomes.move(index, leaving: nil) else { continue }
      if let fault = outcome.fatal {
        try part.file.requireUnchanged()
        throw part.fault(of: fault)
      }
      if let bad = outcome.firstBad, firstBad == nil { firstBad = part.fault(of: bad) }
      count.rows += outcome.rows
      count.badRows += outcome.badRows
      consumers.append(outcome.consumer)
    }
    return consumers
  }
}

/// What consecutive chunks of a part gave.
package struct ScannedBatch<Consumer> {
  package let part: Int
  /// In the order of the file, as are the others.
  package let consumers: [Consumer]
  package let ranges: [Range<Int>]
  /// CRC-64/XZ of the ranges.
  package let checksums: [UInt64]
}

/// Windows for the chunks of a batch: those of a thread are used again and again, unless the chunks' bytes must stay until the
/// next batch is scanned.
final class WindowPool: Sendable {
  private let kept: [[FileWindow]]
  private let batch = Atomic(0)
  private let free = Pool { FileWindow() }

  /// - Parameter count: chunks of a batch whose bytes must stay; 0 if they need not.
  init(keeps count: Int) { kept = (0..<2).map { _ in (0..<count).map { _ in FileWindow() } } }

  func take(_ index: Int) -> FileWindow {
    let ours = kept[batch.load(ordering: .relaxed) % 2]
    if index < ours.count { return ours[index] }
    return free.take()
  }

  func giveBack(_ window: FileWindow) {
    if kept[0].isEmpty { free.giveBack(window) }
  }

  /// Turns to the next batch.
  func turn() { batch.wrappingAdd(1, ordering: .relaxed) }
}

/// What a scan found: the consumers in file order.
package struct ScanResult<Consumer> {
  package let consumers: [Consumer]
  /// For each consumer, which part of the source it read.
  package let partOfConsumer: [Int]
  /// Rows seen, bad ones included.
  package let rows: Int
  package let badRows: Int
}

struct ChunkOutcome<Consumer: RowConsumer> {
  var consumer: Consumer
  var rows = 0
  var badRows = 0
  /// Not all of the range if something was fatal.
  var seen = SeenBytes()
  var firstBad: RowFault?
  var fatal: RowFault?

  /// A fault, or an odd number of quotes, is what a cut inside a quoted field looks like.
  var showsWrongCut: Bool { fatal != nil || seen.quotes % 2 == 1 }

  init(
    _ scanner: WindowScanner, _ range: Range<Int>, of window: FileWindow, consumer: consuming Consumer,
    stopsAtFirst: Bool
  ) {
    self.consumer = consumer
    var bad = 0
    var first: RowFault?
    do throws(RowFault) {
      rows = try scanner.scan(range, of: window, into: &self.consumer, seen: &seen) { fault throws(RowFault) in
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

/// A fixed number of places that different threads fill, each its own.
package final class Slots<Value>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Value>
  package let count: Int

  package init(_ count: Int, _ value: Value) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  package subscript(index: Int) -> Value {
    _read { yield base[index] }
    _modify { yield &base[index] }
  }

  /// Gives away what is in a place.
  func move(_ index: Int, leaving value: Value) -> Value {
    let found = (base + index).move()
    (base + index).initialize(to: value)
    return found
  }
}
