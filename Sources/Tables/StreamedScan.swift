import Foundation

extension TableSource {
  /// As `scan`, but each chunk's consumer is handed over in file order as soon as those before it are done, and is then
  /// forgotten: memory does not grow with the file. While one wave of chunks is scanned, the wave before is handed over.
  ///
  /// - Parameter take: gets the consumers in file order, on one thread at a time.
  /// - Returns: the number of rows.
  /// - Throws: `TableFault` of the first bad byte or row, or what `take` throws. What was taken before stays taken.
  package func stream<Consumer: RowConsumer & Sendable>(
    _ names: [String], make: @Sendable (TableChunk) -> Consumer, take: @Sendable (Consumer) throws -> Void
  ) throws -> Int {
    try requireColumns(names)
    var rows = 0
    let windows = WindowPool(keeps: 0)
    let width = 8 * min(workers, 1 << 10)
    for part in parts {
      let scanner = scanner(of: names, in: part)
      var cutter = ChunkCutter(part, bytes: options.chunkBytes, kernel: options.kernel)
      var finished: [ChunkOutcome<Consumer>] = []
      while true {
        let wave = cutter.next(width, on: self)
        if wave.isEmpty { break }
        let outcomes = Slots<ChunkOutcome<Consumer>?>(wave.count, nil)
        let handed = Handover(finished)
        parallel(wave.count + 1) { index in
          guard index > 0 else { return handed.run(take) }
          let range = wave[index - 1]
          outcomes[index - 1] = outcome(
            of: range, in: part, scanner, windows, nil, index - 1, stopsAtFirst: true, make)
          part.file.forget(range)
        }
        if let failure = handed.failure { throw failure }
        finished = wave.indices.compactMap { outcomes[$0] }
        for outcome in finished {
          if let fault = outcome.fatal {
            try part.file.requireUnchanged()
            throw part.fault(of: fault)
          }
          rows += outcome.rows
        }
      }
      for outcome in finished { try take(outcome.consumer) }
      try part.file.requireUnchanged()
    }
    guard rows > 0 else { throw TableFault(.headerOnly, at: parts[0].headerPosition) }
    return rows
  }
}

/// A finished wave on its way to whoever takes it. One thread runs it; the others do not look.
private final class Handover<Consumer: RowConsumer & Sendable>: @unchecked Sendable {
  private let outcomes: [ChunkOutcome<Consumer>]
  private(set) var failure: (any Error)?

  init(_ outcomes: [ChunkOutcome<Consumer>]) { self.outcomes = outcomes }

  func run(_ take: (Consumer) throws -> Void) {
    do {
      for outcome in outcomes { try take(outcome.consumer) }
    } catch {
      failure = error
    }
  }
}
