import Basics
import Foundation

/// What a table holds, column by column, read once in bounded memory.
public struct TableProfile: Sendable {
  public let files: [String]
  public let delimiter: Character
  public let rows: Int
  public let unreadableRows: Int
  public let columns: [ColumnProfile]
  /// Words that were given as those for a missing value.
  public let nullWords: [String]

  /// - Parameter paths: of the files as a command takes them, if their names say more.
  /// - Throws: `TableFault`.
  public init(
    _ source: TableSource, allowedBadRows: Double = 0, paths: [String]? = nil
  ) throws(TableFault) {
    let width = source.columns.count
    var tallies = [ColumnTally](repeating: ColumnTally(), count: width)
    let words = source.options.nullWords.map { Array($0.utf8) }
    let board = KnownBoard(width)
    let count = try source.scan(source.columns, allowedBadRows: allowedBadRows) { _ in
      ProfileConsumer(tallies: [ColumnTally](repeating: ColumnTally(), count: width), nullWords: words, board: board)
    } deliver: { batch in
      for chunk in batch.consumers {
        for column in 0..<width { tallies[column].merge(chunk.tallies[column], part: batch.part) }
      }
      board.columns = tallies.map(\.known)
      return nil
    }
    files = paths ?? source.files.map(\.name)
    delimiter = Character(Unicode.Scalar(source.parts[0].delimiter))
    rows = count.rows
    unreadableRows = count.badRows
    nullWords = source.options.nullWords
    columns = zip(source.columns, tallies).map { name, tally in
      tally.profile(name) { place in
        let file = source.parts[place.part].file
        return SourcePosition(file: file.name, line: file.position(of: place.offset).line)
      }
    }
  }

}

/// What is known of the columns so far, for those that count more of them. It changes how much they keep, and no result.
private final class KnownBoard: Sendable {
  private let lock = NSLock()
  nonisolated(unsafe) private var known: [ColumnTally.Known]

  init(_ width: Int) { known = Array(repeating: ColumnTally.Known(), count: width) }

  var columns: [ColumnTally.Known] {
    get { lock.withLock { known } }
    set { lock.withLock { known = newValue } }
  }
}

private struct ProfileConsumer: RowConsumer, Sendable {
  var tallies: [ColumnTally]
  let nullWords: [[UInt8]]
  let board: KnownBoard

  mutating func clear(for chunk: TableChunk) -> Bool {
    for (column, known) in board.columns.enumerated() { tallies[column].clear(known) }
    return true
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    for column in tallies.indices { tallies[column].insert(fields[column], offset: offset, missing: nullWords) }
  }
}
