/// One field of a record: a range of the text, without its quotes.
public struct Field {
  public let start: UnsafePointer<UInt8>
  public let count: Int
  /// The field was quoted and holds doubled quotes.
  public let hasDoubledQuotes: Bool

  @inlinable
  init(_ start: UnsafePointer<UInt8>, _ count: Int, doubled: Bool = false) {
    self.start = start
    self.count = count
    hasDoubledQuotes = doubled
  }

  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// The text; doubled quotes become one.
  public var string: String {
    guard hasDoubledQuotes else { return String(decoding: bytes, as: UTF8.self) }
    var plain: [UInt8] = []
    var skip = false
    for byte in bytes {
      if byte == UInt8(ascii: "\""), !skip {
        skip = true
        plain.append(byte)
      } else if skip {
        skip = false
        if byte != UInt8(ascii: "\"") { plain.append(byte) }
      } else {
        plain.append(byte)
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }
}

/// What a scan does with its rows.
package protocol RowConsumer {
  /// Whether the fields' bytes are looked at after `consume`: they stay where they are until the
  /// delivery after the chunk's own is over. Else they are gone when the chunk is read.
  static var keepsFields: Bool { get }

  /// One row. `fields`: the columns asked for, in the order asked. `offset`: of the row's first byte in the file.
  /// - Throws: to refuse the row; the scan counts it or stops.
  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault)

  /// Many rows at once, column by column. A consumer may decline, having changed nothing: it gets them row by row then,
  /// which is also the way to say what is wrong with one. Without an implementation it always declines.
  mutating func consume(_ block: FieldBlock) -> Bool

  /// Forgets its rows but keeps its memory for another chunk of the same part; false if it cannot.
  mutating func clear(for chunk: TableChunk) -> Bool
}

extension RowConsumer {
  package static var keepsFields: Bool { false }
  package mutating func consume(_ block: FieldBlock) -> Bool { false }
  package mutating func clear(for chunk: TableChunk) -> Bool { false }
}

/// A row that cannot be used; the scan knows the file.
package struct RowFault: Error {
  package let kind: TableFault.Kind
  package let offset: Int
  /// Of a row with too many fields or too few: where it is, without its line break.
  let row: Range<Int>?

  package init(_ kind: TableFault.Kind, offset: Int) { self.init(kind, offset: offset, row: nil) }

  init(_ kind: TableFault.Kind, offset: Int, row: Range<Int>?) {
    self.kind = kind
    self.offset = offset
    self.row = row
  }
}

/// Reads records by RFC 4180: quoted fields, doubled quotes, line breaks inside quotes; LF, CRLF and CR end a record.
///
/// This is the readable definition, one byte at a time. It may cross threads because the text is never written.
package struct RecordScanner: @unchecked Sendable {
  let text: UnsafeBufferPointer<UInt8>
  let delimiter: UInt8
  /// For each column of the header, its place among the columns asked for; -1 to skip it.
  let slots: [Int]
  let wanted: Int

  package init(_ text: UnsafeRawBufferPointer, delimiter: UInt8, slots: [Int]) {
    self.text = text.assumingMemoryBound(to: UInt8.self)
    self.delimiter = delimiter
    self.slots = slots
    wanted = (slots.max() ?? -1) + 1
  }

  /// Where the record that begins at `offset` ends: the offset behind its line break.
  package func endOfRecord(from offset: Int) -> Int {
    var index = offset
    var quoted = false
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if !quoted, byte == 0x0A { return index }
      if !quoted, byte == 0x0D {
        return index < text.count && text[index] == 0x0A ? index + 1 : index
      }
    }
    return index
  }

  /// Gives every record that begins in `range` to the consumer; `range` begins at a record.
  ///
  /// Blank lines are skipped. A row that cannot be used is handed to `refused`, which may rethrow it to stop.
  /// - Returns: rows seen, the refused ones included.
  package func scan<Consumer: RowConsumer>(
    _ range: Range<Int>, into consumer: inout Consumer, refused: (RowFault) throws(RowFault) -> Void
  ) throws(RowFault) -> Int {
    guard let base = text.baseAddress else { return 0 }
    var rows = 0
    var failure: RowFault?
    withUnsafeTemporaryAllocation(of: Field.self, capacity: max(1, wanted)) { fields in
      fields.initialize(repeating: Field(base, 0))
      var index = range.lowerBound
      do throws(RowFault) {
        while index < range.upperBound {
          let start = index
          if isBlankLine(&index) { continue }
          rows += 1
          do throws(RowFault) {
            index = try record(at: start, base, fields)
            try consumer.consume(UnsafeBufferPointer(start: fields.baseAddress, count: wanted), offset: start)
          } catch {
            try refused(error)
            index = endOfRecord(from: start)
          }
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return rows
  }

  private func isBlankLine(_ index: inout Int) -> Bool {
    let byte = text[index]
    guard byte == 0x0A || byte == 0x0D else { return false }
    index += 1
    return true
  }

  /// Splits the record at `start` and returns where the next one begins.
  @inline(__always)
  private func record(
    at start: Int, _ base: UnsafePointer<UInt8>, _ fields: UnsafeMutableBufferPointer<Field>
  ) throws(RowFault) -> Int {
    var index = start
    var column = 0
    let end = text.count
    while true {
      let fieldStart = index
      var field: Field
      if index < end, base[index] == UInt8(ascii: "\"") {
        field = try quotedField(&index, base)
      } else {
        while index < end {
          let byte = base[index]
          if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
          if byte == UInt8(ascii: "\"") { throw RowFault(.quoteInField, offset: index) }
          index &+= 1
        }
        field = Field(base + fieldStart, index &- fieldStart)
      }
      if column < slots.count {
        let slot = slots[column]
        if slot >= 0 { fields[slot] = field }
      }
      column &+= 1
      if index < end, base[index] == delimiter {
        index &+= 1
        continue
      }
      guard column == slots.count else { throw raggedRow(start, end: index, found: column) }
      if index < end {
        index &+= base[index] == 0x0D && index &+ 1 < end && base[index &+ 1] == 0x0A ? 2 : 1
      }
      return index
    }
  }

  /// Of a row with too many fields or too few: the first that is too many, or where it ends.
  private func raggedRow(_ start: Int, end: Int, found: Int) -> RowFault {
    var (index, column, isQuoted) = (start, 0, false)
    while found > slots.count, index < end, column < slots.count {
      if text[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if text[index] == delimiter, !isQuoted { column += 1 }
      index += 1
    }
    return RowFault(
      .raggedRow(found: found, expected: slots.count), offset: found > slots.count ? index : end, row: start..<end)
  }

  private func quotedField(_ index: inout Int, _ base: UnsafePointer<UInt8>) throws(RowFault) -> Field {
    let opening = index
    var doubled = false
    index += 1
    while index < text.count {
      if base[index] == UInt8(ascii: "\"") {
        if index + 1 < text.count, base[index + 1] == UInt8(ascii: "\"") {
          doubled = true
          index += 2
          continue
        }
        let field = Field(base + opening + 1, index - opening - 1, doubled: doubled)
        index += 1
        if index < text.count, base[index] != delimiter, base[index] != 0x0A, base[index] != 0x0D {
          throw RowFault(.textAfterQuote, offset: index)
        }
        return field
      }
      index += 1
    }
    throw RowFault(.unclosedQuote, offset: opening)
  }
}
