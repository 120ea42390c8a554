import Basics
import Foundation

extension TableSource {
  /// Scans the columns asked for, in chunks of fixed size on all cores, and hands the chunks' consumers over in file order:
  /// what they hold does not depend on the number of threads. The chunk before a cut reads its last record to the end.
  ///
  /// - Parameters:
  ///   - names: the columns, in the order in which `consume` gets them.
  ///   - allowedBadRows: the share of rows that may be refused, in [0, 1]; 0 stops at the first.
  ///   - make: a fresh consumer for a chunk.
  ///   - deliver: gets what consecutive chunks of a part gave; what it does not keep is gone, so that memory does not grow with
  ///     the table. The work that it gives is done beside the scan of what follows, and before the next delivery; what was
  ///     delivered stays untouched until that one is over.
  /// - Throws: `TableFault`, of the first bad byte or row in file order, or what `deliver` throws.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @escaping @Sendable (TableChunk) -> Consumer,
    deliver: (ScannedBatch<Consumer>) throws(TableFault) -> SharedWork?
  ) throws(TableFault) -> ScanCount {
    try scan(names, allowedBadRows: allowedBadRows, usesAgain: true, make: make, deliver: deliver)
  }

  /// - Parameter usesAgain: whether consumers may be cleared for other chunks, once they are delivered and worked on.
  private func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double, usesAgain: Bool, make: @escaping @Sendable (TableChunk) -> Consumer,
    deliver: (ScannedBatch<Consumer>) throws(TableFault) -> SharedWork?
  ) throws(TableFault) -> ScanCount {
    try requireColumnsOnce(names)
    var progress = ScanProgress(bytes: parts.reduce(0) { $0 + $1.file.text.count })
    for (number, part) in parts.enumerated() {
      let line = ScanLine(self, part, names, stopsAtFirst: allowedBadRows == 0, make)
      defer { line.stop() }
      while let batch = line.next() {
        let checksums = (0..<batch.outcomes.count).map { batch.outcomes[$0].seen.checksum }
        try progress.take(batch.outcomes, of: part)
        let consumers = batch.takeConsumers()
        let work = try deliver(
          ScannedBatch(part: number, consumers: consumers, ranges: batch.ranges, checksums: checksums))
        line.settle(batch, usesAgain ? consumers : [], work)
        options.progress?(progress.done + (batch.ranges.last?.upperBound ?? 0), progress.bytes)
      }
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

  /// The same with all consumers kept.
  package func scan<Consumer: RowConsumer & Sendable>(
    _ names: [String], allowedBadRows: Double = 0, make: @escaping @Sendable (TableChunk) -> Consumer
  ) throws(TableFault) -> ScanResult<Consumer> {
    var consumers: [Consumer] = []
    var parts: [Int] = []
    let count = try scan(names, allowedBadRows: allowedBadRows, usesAgain: false, make: make) { batch in
      consumers.append(contentsOf: batch.consumers)
      parts.append(contentsOf: repeatElement(batch.part, count: batch.consumers.count))
      return nil
    }
    return ScanResult(consumers: consumers, partOfConsumer: parts, rows: count.rows, badRows: count.badRows)
  }

  /// Threads that work at a time.
  package var workers: Int { team.workers }

  /// Runs independent pieces of work on as many threads as the options say.
  package func parallel(_ count: Int, _ body: @Sendable (Int) -> Void) { team.run(count, body) }
}

/// Rows seen, the bad ones included, and the bad ones among them.
package struct ScanCount: Sendable {
  package var rows = 0
  package var badRows = 0
}

/// How far a scan is, and what was refused.
struct ScanProgress {
  let bytes: Int
  /// Of the parts that are read.
  var done = 0
  private(set) var count = ScanCount()
  private(set) var firstBad: TableFault?

  init(bytes: Int) { self.bytes = bytes }

  /// Counts a batch's rows.
  ///
  /// - Throws: `TableFault`, what is fatal.
  mutating func take(_ outcomes: Slots<ChunkOutcome>, of part: TablePart) throws(TableFault) {
    for index in 0..<outcomes.count {
      let outcome = outcomes[index]
      if let fault = outcome.fatal {
        try part.file.requireUnchanged()
        throw part.fault(of: fault)
      }
      if let bad = outcome.firstBad, firstBad == nil { firstBad = part.fault(of: bad) }
      count.rows += outcome.rows
      count.badRows += outcome.badRows
    }
  }
}

/// What consecutive chunks of a part gave.
package struct ScannedBatch<Consumer: Sendable>: Sendable {
  package let part: Int
  /// In the order of the file, as are the others.
  package let consumers: [Consumer]
  package let ranges: [Range<Int>]
  /// CRC-64/XZ of the ranges.
  package let checksums: [UInt64]
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
