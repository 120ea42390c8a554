import Basics
import Foundation

extension TableSource {
  /// Scans the columns asked for, in chunks of fixed size on all cores, and hands the chunks' consumers over in file order:
  /// what they hold does not depend on the number of threads. The chunk before a cut reads its last record to the end.
  ///
  /// - Parameters:
  ///   - names: the columns, in the order in which `consume` gets them.
  ///   - allowedBadRows: the share of rows that may be refused, in [0, 1]; 0 stops at the first.
  ///   - make: a fresh consumer for a chunk of a part.
  ///   - beside: gets the ranges of a part in file order, on one thread at a time, while they are scanned; a range that
  ///     was cut wrongly may come again with another end.
  ///   - meanwhile: longer work on what was delivered, begun together with each next scan, on one thread at a time.
  ///   - deliver: gets the consumers of some consecutive chunks and the number of their part; what it does not keep is
  ///     gone, so that memory does not grow with the table.
  /// - Throws: `TableFault`, of the first bad byte or row in file order.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @Sendable (TablePart) -> Consumer,
    beside: (@Sendable (_ range: Range<Int>, _ part: Int) -> Void)? = nil, meanwhile: (@Sendable () -> Void)? = nil,
    deliver: (_ consumers: [Consumer], _ part: Int) -> Void
  ) throws(TableFault) -> ScanCount {
    try requireColumns(names)
    var total = ScanCount()
    var firstBad: TableFault?
    let bytes = parts.reduce(0) { $0 + $1.file.text.count }
    var done = 0
    for (number, part) in parts.enumerated() {
      let scanner = scanner(of: names, in: part)
      var cutter = ChunkCutter(part, bytes: options.chunkBytes)
      var used: [Consumer] = []
      var guesses = true
      while true {
        let before = cutter
        let ranges = cutter.next(options.batchChunks, on: self, guesses: guesses)
        guard let first = ranges.first, let last = ranges.last else { break }
        let fresh = Slots<Consumer?>(ranges.count, nil)
        for index in 0..<min(used.count, ranges.count) { fresh[index] = used[index] }
        used = []
        let outcomes = outcomes(of: ranges, scanner, fresh, stopsAtFirst: allowedBadRows == 0) {
          make(part)
        } first: {
          meanwhile?()
        } beside: {
          beside?(first.lowerBound..<last.upperBound, number)
        }
        if guesses, (0..<outcomes.count).contains(where: { outcomes[$0]?.showsWrongCut ?? false }) {
          (cutter, guesses) = (before, false)
          continue
        }
        var consumers: [Consumer] = []
        for index in 0..<outcomes.count {
          guard let outcome = outcomes[index] else { continue }
          outcomes[index] = nil
          if let fault = outcome.fatal {
            try part.file.requireUnchanged()
            throw TableFault(fault.kind, at: part.file.position(of: fault.offset))
          }
          if let bad = outcome.firstBad, firstBad == nil {
            firstBad = TableFault(bad.kind, at: part.file.position(of: bad.offset))
          }
          total.rows += outcome.rows
          total.badRows += outcome.badRows
          consumers.append(outcome.consumer)
        }
        deliver(consumers, number)
        part.file.forget(first.lowerBound..<last.upperBound)
        options.progress?(done + last.upperBound, bytes)
        for index in consumers.indices where consumers[index].clear() { used.append(consumers[index]) }
      }
      try part.file.requireUnchanged()
      done += part.file.text.count
    }
    guard total.rows > 0 else { throw TableFault(.headerOnly, at: parts[0].headerPosition) }
    if let firstBad, Double(total.badRows) > allowedBadRows * Double(total.rows) {
      throw TableFault(
        .tooManyBadRows(bad: total.badRows, rows: total.rows, allowed: allowedBadRows, first: firstBad.sentence),
        at: firstBad.position)
    }
    return total
  }

  /// Scans consecutive ranges on all cores.
  ///
  /// - Parameters:
  ///   - fresh: consumers for the ranges, which are taken out of it; `make` gives those that are not there.
  ///   - first, beside: are run meanwhile, one begun before the ranges, the other after them.
  private func outcomes<Consumer: RowConsumer & Sendable>(
    of ranges: [Range<Int>], _ scanner: WindowScanner, _ fresh: Slots<Consumer?>, stopsAtFirst: Bool,
    make: @Sendable () -> Consumer, first: @Sendable () -> Void, beside: @Sendable () -> Void
  ) -> Slots<ChunkOutcome<Consumer>?> {
    let outcomes = Slots<ChunkOutcome<Consumer>?>(ranges.count, nil)
    parallel(ranges.count + 2) { piece in
      guard piece > 0 else { return first() }
      let index = piece - 1
      guard index < ranges.count else { return beside() }
      // Nobody else may hold it, or what it keeps would be copied before it is written to.
      outcomes[index] = ChunkOutcome(
        scanner, ranges[index], consumer: fresh.move(index, leaving: nil) ?? make(), stopsAtFirst: stopsAtFirst)
    }
    return outcomes
  }

  /// The same with all consumers kept.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @Sendable (TablePart) -> Consumer
  ) throws(TableFault) -> ScanResult<Consumer> {
    var consumers: [Consumer] = []
    var parts: [Int] = []
    let count = try scan(names, allowedBadRows: allowedBadRows, make: make) { some, part in
      consumers.append(contentsOf: some)
      parts.append(contentsOf: repeatElement(part, count: some.count))
    }
    return ScanResult(consumers: consumers, partOfConsumer: parts, rows: count.rows, badRows: count.badRows)
  }

  func scanner(of names: [String], in part: TablePart) -> WindowScanner {
    let slots = part.columns.map { column in names.firstIndex { $0.isExactly(column) } ?? -1 }
    return WindowScanner(
      RecordScanner(part.file.text, delimiter: part.delimiter, slots: slots), kernel: options.kernel,
      windowBytes: min(1 << 18, options.chunkBytes))
  }

  /// Runs independent pieces of work, on one thread if the options say so.
  package func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
    if options.threads == 1 || count <= 1 {
      for index in 0..<count { body(index) }
    } else {
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
  }
}

/// Rows seen, the bad ones included, and the bad ones among them.
package struct ScanCount: Sendable {
  package var rows = 0
  package var badRows = 0
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
  /// Quotes in the range; not all of them if something was fatal.
  var quotes = 0
  var firstBad: RowFault?
  var fatal: RowFault?

  /// A fault, or an odd number of quotes, is what a cut inside a quoted field looks like.
  var showsWrongCut: Bool { fatal != nil || quotes % 2 == 1 }

  init(_ scanner: WindowScanner, _ range: Range<Int>, consumer: consuming Consumer, stopsAtFirst: Bool) {
    self.consumer = consumer
    var bad = 0
    var first: RowFault?
    do throws(RowFault) {
      rows = try scanner.scan(range, into: &self.consumer, quotes: &quotes) { fault throws(RowFault) in
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
    get { base[index] }
    set { base[index] = newValue }
  }

  /// Gives away what is in a place.
  func move(_ index: Int, leaving value: Value) -> Value {
    let found = (base + index).move()
    (base + index).initialize(to: value)
    return found
  }
}
