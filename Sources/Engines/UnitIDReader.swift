import Allocation
import Basics
import Tables

extension UnitIDs {
  /// The distinct ids of a column, in the order in which they first appear; empty cells are counted.
  ///
  /// - Throws: `TableFault` for the files.
  public init(_ source: TableSource, column: String) throws(TableFault) {
    let result = try source.scan([column]) { _ in IDConsumer() }
    self.init()
    for consumer in result.consumers {
      consumer.bytes.withUnsafeBytes { bytes in
        var start = 0
        for end in consumer.ends {
          append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          start = end
        }
      }
    }
  }
}

private struct IDConsumer: RowConsumer, Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let field = fields[0]
    if field.hasDoubledQuotes {
      bytes.append(contentsOf: field.string.utf8)
    } else {
      bytes.append(contentsOf: field.bytes)
    }
    ends.append(bytes.count)
  }
}
