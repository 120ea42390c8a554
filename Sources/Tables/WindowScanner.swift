import CHash
import CScan

/// Which code finds the fields. Every kernel gives the same rows and the same faults.
package enum ScanKernel: Sendable, CaseIterable {
  /// `RecordScanner`, one byte at a time.
  case definition
  /// Separators found 64 bytes at a time in portable C.
  case portable
  /// The same with AVX2 where the processor has it.
  case avx2
  /// The same with the best instructions that it has.
  case native

  /// What the kernels in C call it.
  package var level: Int32 {
    switch self {
    case .definition, .portable: Int32(CSCAN_PORTABLE)
    case .avx2: Int32(CSCAN_AVX2)
    case .native: Int32(CSCAN_AVX512)
    }
  }
}

/// The fast way through a range of records, in windows that fit the cache.
///
/// A window begins at a record. Its separators are found first; if they lie as in a plain table (every row as many fields
/// as the header, quotes where they belong) rows are read by counting separators. Everything else goes to `RecordScanner`,
/// which stays the one definition of what a row is and of what is wrong with it.
struct WindowScanner {
  private var scanner: RecordScanner
  let kernel: ScanKernel
  private let windowBytes: Int
  private let scratch: Pool<ScanScratch>

  init(_ scanner: RecordScanner, kernel: ScanKernel, windowBytes: Int = 1 << 18) {
    self.scanner = scanner
    self.kernel = kernel
    self.windowBytes = min(max(64, windowBytes), Int(CSCAN_SPAN_END))
    let separators = self.windowBytes + 128
    scratch = Pool { ScanScratch(separators: separators, slots: scanner.slots, fields: scanner.wanted) }
  }

  /// Gives every record of `range` to the consumer and checks that all is text.
  ///
  /// - Parameters:
  ///   - range: begins and ends between records.
  ///   - window: open at the range or around it; the range is loaded as it is needed.
  ///   - seen: what is counted of the range's bytes.
  ///   - refused: gets a row that cannot be used; rethrows it to stop.
  /// - Throws: the first bad byte in the order of the file, or what `refused` threw before it.
  /// - Returns: rows seen, the refused ones included.
  func scan<Consumer: RowConsumer>(
    _ range: Range<Int>, of window: FileWindow, into consumer: inout Consumer, seen: inout SeenBytes,
    refused: (RowFault) throws(RowFault) -> Void
  ) throws(RowFault) -> Int {
    let text = window.text(upTo: range.upperBound)
    return try WindowScanner(self, over: text).scan(range, into: &consumer, seen: &seen, refused: refused) {
      window.load($0)
    }
  }

  /// The same over another text.
  private init(_ other: WindowScanner, over text: UnsafeRawBufferPointer) {
    self = other
    scanner = RecordScanner(text, delimiter: other.scanner.delimiter, slots: other.scanner.slots)
  }

  private func scan<Consumer: RowConsumer>(
    _ range: Range<Int>, into consumer: inout Consumer, seen: inout SeenBytes,
    refused: (RowFault) throws(RowFault) -> Void, read: (Range<Int>) -> Bool
  ) throws(RowFault) -> Int {
    guard let base = scanner.text.baseAddress, !range.isEmpty else { return 0 }
    let scratch = scratch.take()
    defer { self.scratch.giveBack(scratch) }
    var rows = 0
    var start = range.lowerBound
    var loaded = range.lowerBound
    func load(upTo end: Int) throws(RowFault) {
      guard end > loaded else { return }
      guard read(loaded..<end) else { throw RowFault(.cutOff, offset: loaded) }
      loaded = end
    }
    // Up to where the checksum is known.
    var summed = range.lowerBound
    func sum(upTo end: Int) {
      guard end > summed else { return }
      seen.checksum = chash_crc64(seen.checksum, base + summed, end - summed)
      summed = end
    }
    while start < range.upperBound {
      let stop = kernel == .definition ? range.upperBound : min(start + windowBytes, range.upperBound)
      try load(upTo: stop)
      sum(upTo: start)
      let window = Window(
        base, start, stop, scanner.delimiter, kernel, scratch.ends, sumFrom: summed, checksum: &seen.checksum)
      summed = stop
      if window == nil { try load(upTo: range.upperBound) }
      let end = window.map { start + $0.bytes } ?? endWithoutWindow(start, range)
      // Counted while the window is in the cache.
      if window.map({ $0.findings & CSCAN_QUOTE != 0 }) ?? true {
        seen.quotes += UnsafeRawBufferPointer(start: base + start, count: end - start).countQuotes(kernel)
      }
      try checkText(start..<end, findings: window?.findings, &rows, &consumer, refused)
      if let window, let block = block(of: window, start, in: scratch) {
        rows += try plainRows(block, start, scratch, into: &consumer, refused)
      } else {
        rows += try scanner.scan(start..<end, into: &consumer, refused: refused)
      }
      start = end
    }
    sum(upTo: range.upperBound)
    return rows
  }

  /// Where a stretch ends that no line feed divides: a long record, lone carriage returns, the last record.
  private func endWithoutWindow(_ start: Int, _ range: Range<Int>) -> Int {
    if kernel == .definition { return range.upperBound }
    var end = start
    while end < range.upperBound, end - start < windowBytes { end = scanner.endOfRecord(from: end) }
    return min(end, range.upperBound)
  }

  /// Faults of text come in their place among those of rows: the rows before the bad byte are read first.
  private func checkText<Consumer: RowConsumer>(
    _ range: Range<Int>, findings: Int?, _ rows: inout Int, _ consumer: inout Consumer,
    _ refused: (RowFault) throws(RowFault) -> Void
  ) throws(RowFault) {
    if let findings, findings & (CSCAN_NOT_ASCII | CSCAN_NUL) == 0 { return }
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: scanner.text[range]))
    guard let fault = TextCheck.firstFault(bytes) else { return }
    let offset = range.lowerBound + fault.offset
    var (before, next) = (range.lowerBound, scanner.endOfRecord(from: range.lowerBound))
    while next <= offset { (before, next) = (next, scanner.endOfRecord(from: next)) }
    rows += try scanner.scan(range.lowerBound..<before, into: &consumer, refused: refused)
    throw RowFault(fault.kind, offset: offset)
  }

  /// The rows of a window if all have as many fields as the header, and quotes and returns where they may be.
  private func block(of window: Window, _ start: Int, in scratch: ScanScratch) -> cscan_block? {
    let columns = scanner.slots.count
    guard let file = scanner.text.baseAddress, window.findings & CSCAN_MISPLACED == 0,
      window.separators == window.rows * columns
    else { return nil }
    var block = scratch.block(rows: window.rows)
    block.text = file + start
    block.limit = file + scanner.text.count
    block.columns = columns
    block.has_quotes = Int32(window.findings & CSCAN_QUOTE)
    block.has_returns = Int32(window.findings & CSCAN_RETURN)
    block.level = kernel.level
    return cscan_find_fields(&block) != 0 ? block : nil
  }

  private func plainRows<Consumer: RowConsumer>(
    _ block: cscan_block, _ start: Int, _ scratch: ScanScratch, into consumer: inout Consumer,
    _ refused: (RowFault) throws(RowFault) -> Void
  ) throws(RowFault) -> Int {
    let rows = FieldBlock(block, offset: start, columnOfSlot: scratch.columnOfSlot)
    let hasOneColumn = block.columns == 1
    if !hasOneColumn, consumer.consume(rows) { return rows.rows }
    let fields = UnsafeMutableBufferPointer(start: scratch.fields, count: scanner.wanted)
    var blank = 0
    for row in 0..<rows.rows {
      let offset = rows.offset(ofRow: row)
      let first = block.text[offset &- start]
      if hasOneColumn, first == 0x0A || first == 0x0D {
        blank &+= 1
        continue
      }
      for slot in fields.indices { fields[slot] = rows.field(row, slot) }
      do throws(RowFault) {
        try consumer.consume(UnsafeBufferPointer(fields), offset: offset)
      } catch {
        try refused(error)
      }
    }
    return rows.rows - blank
  }
}

/// What is counted of bytes while they are near.
struct SeenBytes {
  var quotes = 0
  /// CRC-64/XZ.
  var checksum: UInt64 = 0
}

/// Memory for the separators of a window, the places of its fields and the fields of a row, used again from chunk to chunk.
private final class ScanScratch: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<UInt32>
  let ends: UnsafeMutablePointer<UInt32>
  let fields: UnsafeMutablePointer<Field>
  /// Places in the record of the columns asked for, ascending.
  private let columns: UnsafeMutableBufferPointer<Int>
  /// Which of those each slot is.
  let columnOfSlot: UnsafePointer<Int>
  private var spans = UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)

  /// - Parameters:
  ///   - slots: of the record's fields, -1 where one is not asked for.
  ///   - count: of the fields asked for.
  init(separators: Int, slots: [Int], fields count: Int) {
    memory = .allocate(capacity: separators + 1)
    // One more than the number before the first is where the first field begins.
    memory.initialize(to: .max)
    ends = memory + 1
    let places = slots.indices.filter { slots[$0] >= 0 }
    columns = .allocate(capacity: places.count)
    _ = columns.initialize(from: places)
    let ofSlot = UnsafeMutablePointer<Int>.allocate(capacity: max(1, count))
    ofSlot.initialize(repeating: 0, count: count)
    for (column, place) in places.enumerated() { ofSlot[slots[place]] = column }
    columnOfSlot = UnsafePointer(ofSlot)
    fields = .allocate(capacity: max(1, count))
  }

  deinit {
    memory.deallocate()
    columns.deallocate()
    columnOfSlot.deallocate()
    fields.deallocate()
    spans.deallocate()
  }

  /// A block with room for its fields' places, which says nothing yet of its text.
  func block(rows: Int) -> cscan_block {
    let stride = rows + Int(CSCAN_SPARE)
    if spans.count < stride * columns.count {
      spans.deallocate()
      // The next window has about as many rows.
      spans = .allocate(capacity: (stride + stride / 8) * columns.count)
    }
    var block = cscan_block()
    (block.ends, block.spans) = (UnsafePointer(ends), spans.baseAddress)
    (block.rows, block.stride) = (rows, stride)
    (block.asked, block.asked_count) = (UnsafePointer(columns.baseAddress), columns.count)
    return block
  }
}

/// The whole records at the beginning of some bytes, by their separators.
private struct Window {
  /// Bytes of the whole records.
  let bytes: Int
  /// Line feeds that end them.
  let rows: Int
  /// Delimiters and line feeds of them.
  let separators: Int
  /// `CSCAN_` bits; of some bytes behind the records too, so a bit may be set for nothing.
  let findings: Int

  /// Nil if no record ends within the bytes, or if the kernel finds no separators.
  ///
  /// - Parameters:
  ///   - sumFrom: where the checksum goes on, within the bytes.
  ///   - checksum: also goes on if the result is nil.
  init?(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ delimiter: UInt8, _ kernel: ScanKernel,
    _ ends: UnsafeMutablePointer<UInt32>, sumFrom: Int, checksum: inout UInt64
  ) {
    if kernel == .definition {
      checksum = chash_crc64(checksum, base + sumFrom, end - sumFrom)
      return nil
    }
    let found = cscan_index(
      base + start, end - start, delimiter, kernel.level, ends, sumFrom - start, &checksum)
    var whole = found.separators
    func offset(_ index: Int) -> Int { Int(ends[index] & ~CSCAN_LINE_FEED) }
    while whole > 0, base[start &+ offset(whole &- 1)] != 0x0A { whole &-= 1 }
    guard whole > 0 else { return nil }
    bytes = offset(whole - 1) + 1
    rows = found.line_feeds
    separators = whole
    findings = Int(found.findings)
  }
}
