import CScan
import Foundation

extension TableSource {
  /// Scans the columns asked for, in chunks of fixed size on all cores, and hands the chunks' consumers over in file order:
  /// what they hold does not depend on the number of threads.
  ///
  /// A cut may fall inside a quoted field. The number of quotes before it says so, and the chunk then begins at the first
  /// record behind the cut; the chunk before reads that record to its end.
  ///
  /// - Parameters:
  ///   - names: the columns, in the order in which `consume` gets them.
  ///   - allowedBadRows: the share of rows that may be refused, in [0, 1]; 0 stops at the first.
  ///   - make: a fresh consumer for a chunk of a part.
  ///   - deliver: gets the consumers of some consecutive chunks and the number of their part; what it does not keep is
  ///     gone, so that memory does not grow with the table.
  /// - Throws: `TableFault`, of the first bad byte or row in file order.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @Sendable (TablePart) -> Consumer,
    deliver: (_ consumers: [Consumer], _ part: Int) -> Void
  ) throws(TableFault) -> ScanCount {
    try requireColumns(names)
    var total = ScanCount()
    var firstBad: TableFault?
    for (number, part) in parts.enumerated() {
      let scanner = scanner(of: names, in: part)
      let ranges = chunks(of: part)
      for batch in stride(from: 0, to: ranges.count, by: options.batchChunks) {
        let batchRanges = ranges[batch..<min(batch + options.batchChunks, ranges.count)]
        let outcomes = Slots<ChunkOutcome<Consumer>?>(batchRanges.count, nil)
        parallel(batchRanges.count) { index in
          outcomes[index] = ChunkOutcome(
            scanner, batchRanges[batch + index], consumer: make(part), stopsAtFirst: allowedBadRows == 0)
        }
        var consumers: [Consumer] = []
        for index in 0..<outcomes.count {
          guard let outcome = outcomes[index] else { continue }
          outcomes[index] = nil
          if let fault = outcome.fatal { throw TableFault(fault.kind, at: part.file.position(of: fault.offset)) }
          if let bad = outcome.firstBad, firstBad == nil {
            firstBad = TableFault(bad.kind, at: part.file.position(of: bad.offset))
          }
          total.rows += outcome.rows
          total.badRows += outcome.badRows
          consumers.append(outcome.consumer)
        }
        deliver(consumers, number)
        if let first = batchRanges.first, let last = batchRanges.last {
          part.file.forget(first.lowerBound..<last.upperBound)
        }
      }
    }
    guard total.rows > 0 else { throw TableFault(.headerOnly, at: parts[0].headerPosition) }
    if let firstBad, Double(total.badRows) > allowedBadRows * Double(total.rows) { throw firstBad }
    return total
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

  /// Ranges of records: each begins where a record begins.
  func chunks(of part: TablePart) -> [Range<Int>] {
    let (start, end) = (part.bodyStart, part.file.text.count)
    guard end > start else { return [] }
    let size = max(options.chunkBytes, 64)
    let cuts = Array(stride(from: start, to: end, by: size))
    let scanner = RecordScanner(part.file.text, delimiter: part.delimiter, slots: [])
    let quotes = Slots<Int>(cuts.count, 0)
    parallel(cuts.count) { index in
      let range = cuts[index]..<min(cuts[index] + size, end)
      quotes[index] = scanner.countQuotes(range)
      part.file.forget(range)
    }
    var starts: [Int] = []
    var before = 0
    for (index, cut) in cuts.enumerated() {
      let begin = index == 0 ? start : scanner.firstRecord(atOrAfter: cut, insideQuotes: before % 2 == 1)
      let isNew = begin > (starts.last ?? -1)
      if isNew, (begin < end) { starts.append(begin) }
      before += quotes[index]
    }
    return zip(starts, starts.dropFirst() + [end]).map { begin, next in begin..<next }
  }

  func scanner(of names: [String], in part: TablePart) -> WindowScanner {
    let slots = part.columns.map { names.firstIndex(of: $0) ?? -1 }
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
  var firstBad: RowFault?
  var fatal: RowFault?

  init(_ scanner: WindowScanner, _ range: Range<Int>, consumer: Consumer, stopsAtFirst: Bool) {
    self.consumer = consumer
    var bad = 0
    var first: RowFault?
    do throws(RowFault) {
      rows = try scanner.scan(range, into: &self.consumer) { fault throws(RowFault) in
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

extension RecordScanner {
  func countQuotes(_ range: Range<Int>) -> Int {
    guard let base = text.baseAddress else { return 0 }
    return cscan_quotes(base + range.lowerBound, range.count)
  }

  /// The first offset at or behind `cut` where a record begins.
  func firstRecord(atOrAfter cut: Int, insideQuotes: Bool) -> Int {
    // A record begins exactly here if the byte before ended one.
    if !insideQuotes, cut > 0 {
      let before = text[cut - 1]
      if before == 0x0A || (before == 0x0D && text[cut] != 0x0A) { return cut }
    }
    var index = cut
    var quoted = insideQuotes
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if !quoted, byte == 0x0A { return index }
      if !quoted, byte == 0x0D { return index < text.count && text[index] == 0x0A ? index + 1 : index }
    }
    return index
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
}
