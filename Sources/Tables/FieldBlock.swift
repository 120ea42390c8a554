import CScan

/// The fields of consecutive rows that are known to be well formed, by row and column asked for.
package struct FieldBlock {
  private var block: cscan_block
  /// Of the first byte in the file.
  private let offset: Int
  /// Place in the record of each column asked for.
  private let columnOfSlot: [Int]

  init(_ block: cscan_block, offset: Int, columnOfSlot: [Int]) {
    self.block = block
    self.offset = offset
    self.columnOfSlot = columnOfSlot
  }

  package var rows: Int { block.rows }
  /// Columns asked for.
  package var slotCount: Int { columnOfSlot.count }

  @inline(__always)
  package func field(_ row: Int, _ slot: Int) -> Field {
    let column = columnOfSlot[slot]
    let index = row &* block.columns &+ column
    // The number before the first is the largest: one more is zero.
    var low = Int(block.ends[index &- 1] &+ 1)
    var high = Int(block.ends[index])
    let text = block.text!
    if block.has_returns != 0, column == block.columns &- 1, high > low, text[high &- 1] == 0x0D { high &-= 1 }
    guard block.has_quotes != 0, high > low, text[low] == UInt8(ascii: "\"") else {
      return Field(text + low, high &- low)
    }
    low &+= 1
    high &-= 1
    var isDoubled = false
    for index in low..<high where text[index] == UInt8(ascii: "\"") { isDoubled = true }
    return Field(text + low, high &- low, doubled: isDoubled)
  }

  /// Where a row begins in the file.
  package func offset(ofRow row: Int) -> Int { offset + Int(block.ends[row * block.columns - 1] &+ 1) }

  // MARK: - Whole columns

  /// Reads a column of numbers into `values`; NaN where a field is empty.
  ///
  /// - Parameter other: reads a field that is no plain decimal; nil if it is no number at all.
  /// - Returns: false, with some values written, as soon as `other` gives nil.
  package func decimals(
    _ slot: Int, into values: UnsafeMutablePointer<Double>, other: (Field) -> Double?
  ) -> Bool {
    each(slot, values, { cscan_decimals($0, $1, $2, values) }, other)
  }

  /// Reads a column of times since 1970 (UTC), as `decimals` does, in units of which a second has `perSecond`.
  package func times(
    _ slot: Int, into times: UnsafeMutablePointer<Int64>, perSecond: Int64 = 1, other: (Field) -> Int64?
  ) -> Bool {
    each(
      slot, times,
      { block, column, from in
        let end = cscan_unix_times(block, column, from, times)
        if perSecond != 1, from < end { for row in from..<end { times[row] &*= perSecond } }
        return end
      }, other)
  }

  /// Reads a column of truth values into `values`, 0 and 1, as `decimals` does.
  package func bits(_ slot: Int, into values: UnsafeMutablePointer<Double>, other: (Field) -> Double?) -> Bool {
    each(slot, values, { cscan_bits($0, $1, $2, values) }, other)
  }

  /// The numbers of a column's words; false, with some written, if one is empty that must not be.
  package func codes(
    _ slot: Int, into codes: UnsafeMutablePointer<Int32>, _ words: inout Interner, filled: Bool = false
  ) -> Bool {
    each(slot, codes, { cscan_codes($0, $1, $2, words.first, words.frequent, codes) }) { field in
      filled && field.count == 0 ? nil : Int32(truncatingIfNeeded: words.code(of: field))
    }
  }

  /// The hashes of a column's fields; false, with some written, if one is empty.
  package func hashes(_ slot: Int, into hashes: UnsafeMutablePointer<UInt64>) -> Bool {
    withUnsafePointer(to: block) { cscan_hashes($0, columnOfSlot[slot], 0, hashes) } == rows
  }

  /// Whether a column's fields ascend, the first from behind `last`: each is longer than the one before, or as long and
  /// later in the order of bytes. Then no two are the same.
  ///
  /// - Parameter last: becomes the last of them that is in order. It lies in the text.
  package func ascends(_ slot: Int, from last: inout UnsafeBufferPointer<UInt8>) -> Bool {
    var (start, count) = (last.baseAddress, last.count)
    let rows = withUnsafePointer(to: block) { cscan_ascending($0, columnOfSlot[slot], 0, &start, &count) }
    last = UnsafeBufferPointer(start: start, count: count)
    return rows == self.rows
  }

  /// Whether a column has a value in every row.
  package func isFilled(_ slot: Int) -> Bool {
    withUnsafePointer(to: block) { cscan_filled($0, columnOfSlot[slot], 0) } == rows
  }

  @inline(__always)
  private func each<Value>(
    _ slot: Int, _ values: UnsafeMutablePointer<Value>, _ read: (UnsafePointer<cscan_block>, Int, Int) -> Int,
    _ other: (Field) -> Value?
  ) -> Bool {
    var row = 0
    while true {
      row = withUnsafePointer(to: block) { read($0, columnOfSlot[slot], row) }
      guard row < rows else { return true }
      guard let value = other(field(row, slot)) else { return false }
      values[row] = value
      row &+= 1
    }
  }
}
