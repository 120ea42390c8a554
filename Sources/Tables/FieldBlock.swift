import CScan

/// The fields of consecutive rows that are known to be well formed, by row and column asked for.
///
/// It lives as long as the memory that it points to; there is nothing in it that would be counted.
package struct FieldBlock: BitwiseCopyable {
  private var block: cscan_block
  /// Of the first byte in the file.
  private let offset: Int
  /// Which of the block's columns each one asked for is; nil if they are in the same order.
  private let columnOfSlot: UnsafePointer<Int>?

  init(_ block: cscan_block, offset: Int, columnOfSlot: UnsafePointer<Int>?) {
    self.block = block
    self.offset = offset
    self.columnOfSlot = columnOfSlot
  }

  package var rows: Int { block.rows }

  @inline(__always)
  private func column(_ slot: Int) -> Int { columnOfSlot.map { $0[slot] } ?? slot }

  @inline(__always)
  package func field(_ row: Int, _ slot: Int) -> Field {
    let span = block.spans[column(slot) &* block.stride &+ row]
    let count = Int(span >> 24)
    guard count != CSCAN_LONG else { return longField(row, slot) }
    return Field(block.text + (Int(span & CSCAN_SPAN_END) &- count), count)
  }

  private func longField(_ row: Int, _ slot: Int) -> Field {
    var count = 0
    var hasDoubled: Int32 = 0
    let start = withUnsafePointer(to: block) { cscan_field($0, column(slot), row, &count, &hasDoubled) }
    return Field(start ?? block.text, count, doubled: hasDoubled != 0)
  }

  /// Where a row begins in the file.
  package func offset(ofRow row: Int) -> Int {
    offset + Int((block.ends[row * block.columns - 1] &+ 1) & ~CSCAN_LINE_FEED)
  }

  /// The rows with each of two codes as blocks of their own, of some columns; nil if one of their fields is empty, very long or
  /// has doubled quotes.
  ///
  /// - Parameters:
  ///   - slots: what the parts have of the columns, in this order.
  ///   - codes: of the rows.
  ///   - memory: has `spansToPart` numbers for each of `slots`, and is used as long as the blocks are.
  package func parted(
    _ slots: [Int], by codes: UnsafePointer<Int32>, _ first: Int32, _ second: Int32,
    into memory: UnsafeMutablePointer<UInt32>
  ) -> (first: FieldBlock, second: FieldBlock)? {
    let stride = spansToPart / 2
    var counts = cscan_parted()
    for place in slots.indices {
      let ours = memory + place * spansToPart
      counts = withUnsafePointer(to: block) {
        cscan_part_spans($0, column(slots[place]), codes, first, second, ours, ours + stride)
      }
      guard counts.has_gaps == 0 else { return nil }
    }
    func part(_ rows: Int, _ spans: UnsafeMutablePointer<UInt32>) -> FieldBlock {
      var part = block
      // No field needs its separators.
      (part.ends, part.asked, part.asked_count) = (nil, nil, slots.count)
      (part.rows, part.spans, part.stride) = (rows, spans, spansToPart)
      return FieldBlock(part, offset: offset, columnOfSlot: nil)
    }
    return (part(counts.first, memory), part(counts.second, memory + stride))
  }

  /// Numbers for two parts of a column.
  package var spansToPart: Int { 2 * (rows + Int(CSCAN_SPARE)) }

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

  /// Reads a column of times since 1970 (UTC).
  ///
  /// - Parameters:
  ///   - perSecond: the units of a second, 1 or 1,000,000; what is finer is cut off.
  ///   - clock: of times without a zone.
  ///   - nullWords: those of missing values. None of them may look like a time in a plain field.
  /// - Returns: false, with some times written, if one of the fields is no time.
  package func times(
    _ slot: Int, into times: UnsafeMutablePointer<Int64>, perSecond: Int64 = 1, _ clock: inout ZoneClock,
    nullWords: [[UInt8]]
  ) -> Bool {
    let ours = cscan_clock(per_second: perSecond, is_utc: clock.isUTC ? 1 : 0)
    return each(slot, times, { cscan_times($0, $1, $2, ours, times) }) { field in
      let text = field.trimmed
      guard nullWords.isEmpty || !text.isMissing(nullWords), let stamp = FieldParsing.timestamp(text) else {
        return nil
      }
      return perSecond == 1 ? clock.seconds(of: stamp) : clock.microseconds(of: stamp)
    }
  }

  /// Reads a column of truth values into `values`, 0 and 1, as `decimals` does.
  package func bits(_ slot: Int, into values: UnsafeMutablePointer<Double>, other: (Field) -> Double?) -> Bool {
    each(slot, values, { cscan_bits($0, $1, $2, values) }, other)
  }

  /// The numbers of a column's words; false, with some written, if one is empty that must not be.
  package func codes(
    _ slot: Int, into codes: UnsafeMutablePointer<Int32>, _ words: inout Interner, filled: Bool = false
  ) -> Bool {
    each(slot, codes, { cscan_codes($0, $1, $2, words.first, words.frequent, words.count, codes) }) { field in
      filled && field.count == 0 ? nil : Int32(truncatingIfNeeded: words.code(of: field))
    }
  }

  /// The hashes of a column's fields; false, with some written, if one is empty.
  package func hashes(_ slot: Int, into hashes: UnsafeMutablePointer<UInt64>) -> Bool {
    withUnsafePointer(to: block) { cscan_hashes($0, column(slot), 0, hashes) } == rows
  }

  /// Whether a column's fields ascend, the first from behind `last`: each is longer than the one before, or as long and
  /// later in the order of bytes. Then no two are the same.
  ///
  /// - Parameter last: becomes the last of them that is in order. It lies in the text.
  package func ascends(_ slot: Int, from last: inout UnsafeBufferPointer<UInt8>) -> Bool {
    var (start, count) = (last.baseAddress, last.count)
    let rows = withUnsafePointer(to: block) { cscan_ascending($0, column(slot), 0, &start, &count) }
    last = UnsafeBufferPointer(start: start, count: count)
    return rows == self.rows
  }

  /// Whether a column has a value in every row.
  package func isFilled(_ slot: Int) -> Bool {
    withUnsafePointer(to: block) { cscan_filled($0, column(slot), 0) } == rows
  }

  @inline(__always)
  private func each<Value>(
    _ slot: Int, _ values: UnsafeMutablePointer<Value>, _ read: (UnsafePointer<cscan_block>, Int, Int) -> Int,
    _ other: (Field) -> Value?
  ) -> Bool {
    var row = 0
    while true {
      row = withUnsafePointer(to: block) { read($0, column(slot), row) }
      guard row < rows else { return true }
      guard let value = other(field(row, slot)) else { return false }
      values[row] = value
      row &+= 1
    }
  }
}
