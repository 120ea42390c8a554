import Foundation

extension TableSource {
  /// As `scan`, but each chunk's consumer is handed over in file order as soon as those before it are done, and then used again
  /// for another chunk: memory does not grow with the file. While chunks are scanned those before are handed over.
  ///
  /// - Parameter take: gets the consumers in file order, on one thread at a time.
  /// - Returns: the number of rows.
  /// - Throws: `TableFault` of the first bad byte or row, or what `take` throws. What was taken before stays taken.
  package func stream<Consumer: RowConsumer & Sendable>(
    _ names: [String], make: @escaping @Sendable (TableChunk) -> Consumer,
    take: @escaping @Sendable (Consumer) throws -> Void
  ) throws -> Int {
    try requireColumnsOnce(names)
    var progress = ScanProgress(bytes: 0)
    let handover = Handover(take)
    for part in parts {
      let line = ScanLine(self, part, names, stopsAtFirst: true, make)
      defer { line.stop() }
      while let batch = line.next() {
        try handover.requireSuccess()
        try progress.take(batch.outcomes, of: part)
        let consumers = batch.takeConsumers()
        line.settle(batch, consumers, SharedWork(count: 1) { _ in handover.take(consumers) })
      }
      try handover.requireSuccess()
      try part.file.requireUnchanged()
    }
    guard progress.count.rows > 0 else { throw TableFault(.headerOnly, at: parts[0].headerPosition) }
    return progress.count.rows
  }
}

/// Finished chunks on their way to whoever takes them. One thread runs it; the others do not look meanwhile.
private final class Handover<Consumer: RowConsumer & Sendable>: @unchecked Sendable {
  private let take: @Sendable (Consumer) throws -> Void
  private var failure: (any Error)?

  init(_ take: @escaping @Sendable (Consumer) throws -> Void) { self.take = take }

  func take(_ consumers: [Consumer]) {
    do {
      for consumer in consumers { try take(consumer) }
    } catch {
      failure = error
    }
  }

  func requireSuccess() throws {
    if let failure { throw failure }
  }
}
