import CScan

/// The fields of consecutive rows that are known to be well formed, by row and column asked for.
package struct FieldBlock {
  let text: UnsafePointer<UInt8>
  /// Of `text` in the file.
  let offset: Int
  /// Offsets of all separators.
  let ends: UnsafePointer<UInt32>
  package let rows: Int
  let columns: Int
  /// Place in the record of each column asked for.
  let columnOfSlot: [Int]
  let hasQuotes: Bool
  let hasReturns: Bool

  /// Columns asked for.
  package var slotCount: Int { columnOfSlot.count }

  @inline(__always)
  package func field(_ row: Int, _ slot: Int) -> Field {
    let column = columnOfSlot[slot]
    let index = row &* columns &+ column
    var low = index == 0 ? 0 : Int(ends[index &- 1]) &+ 1
    var high = Int(ends[index])
    if hasReturns, column == columns &- 1, high > low, text[high &- 1] == 0x0D { high &-= 1 }
    guard hasQuotes, high > low, text[low] == UInt8(ascii: "\"") else { return Field(text + low, high &- low) }
    low &+= 1
    high &-= 1
    var isDoubled = false
    for index in low..<high where text[index] == UInt8(ascii: "\"") { isDoubled = true }
    return Field(text + low, high &- low, doubled: isDoubled)
  }

  /// Reads a column of numbers into `values`, `stride` apart; NaN where a field is empty.
  ///
  /// - Parameter other: reads a field that is no plain decimal; nil if it is no number at all.
  /// - Returns: false, with some values written, as soon as `other` gives nil.
  package func decimals(
    _ slot: Int, into values: UnsafeMutablePointer<Double>, stride: Int, other: (Field) -> Double?
  ) -> Bool {
    var row = 0
    while true {
      row = cscan_decimals(
        text, ends, columns, columnOfSlot[slot], hasReturns ? 1 : 0, row, rows, values, stride)
      guard row < rows else { return true }
      guard let value = other(field(row, slot)) else { return false }
      values[row &* stride] = value
      row &+= 1
    }
  }

  /// Whether a column has a value in every row.
  package func isFilled(_ slot: Int) -> Bool {
    for row in 0..<rows where field(row, slot).count == 0 { return false }
    return true
  }
}
