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
  var level: Int32 {
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
  private let kernel: ScanKernel
  private let windowBytes: Int
  private let scratch: Pool<ScanScratch>
  /// The columns asked for: where they stand in a record, and among those asked for.
  private let wanted: [(column: Int, slot: Int)]
  /// Where a column asked for stands in a record.
  private let columnOfSlot: [Int]

  init(_ scanner: RecordScanner, kernel: ScanKernel, windowBytes: Int = 1 << 18) {
    self.scanner = scanner
    self.kernel = kernel
    self.windowBytes = max(64, windowBytes)
    let (separators, fields) = (self.windowBytes + 128, scanner.wanted)
    scratch = Pool { ScanScratch(separators: separators, fields: fields) }
    wanted = scanner.slots.enumerated().filter { $0.element >= 0 }.map { ($0.offset, $0.element) }
    var columnOfSlot = [Int](repeating: 0, count: scanner.wanted)
    for (column, slot) in wanted { columnOfSlot[slot] = column }
    self.columnOfSlot = columnOfSlot
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
    let (ends, fields) = (scratch.ends, scratch.fields)
    var rows = 0
    var start = range.lowerBound
    var loaded = range.lowerBound
    func load(upTo end: Int) throws(RowFault) {
      guard end > loaded else { return }
      guard read(loaded..<end) else { throw RowFault(.cutOff, offset: loaded) }
      seen.checksum = chash_crc64(seen.checksum, base + loaded, end - loaded)
      loaded = end
    }
    while start < range.upperBound {
      let stop = kernel == .definition ? range.upperBound : min(start + windowBytes, range.upperBound)
      try load(upTo: stop)
      let window = Window(base, start, stop, scanner.delimiter, kernel, ends)
      if window == nil { try load(upTo: range.upperBound) }
      let end = window.map { start + $0.bytes } ?? endWithoutWindow(start, range)
      // Counted while the window is in the cache.
      if window.map({ $0.findings & CSCAN_QUOTE != 0 }) ?? true {
        seen.quotes += scanner.countQuotes(start..<end, kernel)
      }
      try checkText(start..<end, findings: window?.findings, &rows, &consumer, refused)
      if let window, window.isPlain(columns: scanner.slots.count, base + start, ends) {
        rows += try plainRows(window, start, ends, fields, into: &consumer, refused)
      } else {
        rows += try scanner.scan(start..<end, into: &consumer, refused: refused)
      }
      start = end
    }
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

  /// Rows whose separators are known to lie where they should.
  private func plainRows<Consumer: RowConsumer>(
    _ window: Window, _ start: Int, _ ends: UnsafePointer<UInt32>, _ fields: UnsafeMutablePointer<Field>,
    into consumer: inout Consumer, _ refused: (RowFault) throws(RowFault) -> Void
  ) throws(RowFault) -> Int {
    guard let text = scanner.text.baseAddress.map({ $0 + start }) else { return 0 }
    let columns = scanner.slots.count
    if columns > 1, let file = scanner.text.baseAddress {
      let block = cscan_block(
        text: text, limit: file + scanner.text.count, ends: ends, rows: window.rows, columns: columns,
        has_quotes: Int32(window.findings & CSCAN_QUOTE), has_returns: Int32(window.findings & CSCAN_RETURN),
        level: kernel.level)
      if consumer.consume(FieldBlock(block, offset: start, columnOfSlot: columnOfSlot)) { return window.rows }
    }
    let hasQuotes = window.findings & CSCAN_QUOTE != 0
    let hasReturns = window.findings & CSCAN_RETURN != 0
    let view = UnsafeBufferPointer(start: UnsafePointer(fields), count: scanner.wanted)
    var blank = 0
    var (rowStart, first) = (0, 0)
    for _ in 0..<window.rows {
      let last = first &+ columns &- 1
      let next = Int(ends[last]) &+ 1
      if columns == 1, text[rowStart] == 0x0A || text[rowStart] == 0x0D {
        blank &+= 1
      } else {
        for (column, slot) in wanted {
          var low = column == 0 ? rowStart : Int(ends[first &+ column &- 1]) &+ 1
          var high = Int(ends[first &+ column])
          if hasReturns, column == columns &- 1, high > low, text[high &- 1] == 0x0D { high &-= 1 }
          var isDoubled = false
          if hasQuotes, text[low] == UInt8(ascii: "\"") {
            low &+= 1
            high &-= 1
            isDoubled = Self.hasQuote(text + low, high &- low)
          }
          fields[slot] = Field(text + low, high &- low, doubled: isDoubled)
        }
        do throws(RowFault) {
          try consumer.consume(view, offset: start &+ rowStart)
        } catch {
          try refused(error)
        }
      }
      rowStart = next
      first &+= columns
    }
    return window.rows - blank
  }

  private static func hasQuote(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    for index in 0..<count where text[index] == UInt8(ascii: "\"") { return true }
    return false
  }
}

/// What is counted of bytes while they are near.
struct SeenBytes {
  var quotes = 0
  /// CRC-64/XZ.
  var checksum: UInt64 = 0
}

/// Memory for the separators of a window and the fields of a row, used again from chunk to chunk.
private final class ScanScratch: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<UInt32>
  let ends: UnsafeMutablePointer<UInt32>
  let fields: UnsafeMutablePointer<Field>

  init(separators: Int, fields count: Int) {
    memory = .allocate(capacity: separators + 1)
    // One more than the number before the first is where the first field begins.
    memory.initialize(to: .max)
    ends = memory + 1
    fields = .allocate(capacity: max(1, count))
  }

  deinit {
    memory.deallocate()
    fields.deallocate()
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
  init?(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ delimiter: UInt8, _ kernel: ScanKernel,
    _ ends: UnsafeMutablePointer<UInt32>
  ) {
    let text = base + start
    let found: cscan_result
    switch kernel {
    case .definition: return nil
    case .portable, .avx2, .native: found = cscan_index(text, end - start, delimiter, kernel.level, ends)
    }
    var whole = found.separators
    while whole > 0, text[Int(ends[whole &- 1])] != 0x0A { whole &-= 1 }
    guard whole > 0 else { return nil }
    bytes = Int(ends[whole - 1]) + 1
    rows = found.line_feeds
    separators = whole
    findings = Int(found.findings)
  }

  /// Each row has this number of fields, and all quotes and returns stand where they may.
  func isPlain(columns: Int, _ text: UnsafePointer<UInt8>, _ ends: UnsafePointer<UInt32>) -> Bool {
    guard findings & CSCAN_MISPLACED == 0, separators == rows * columns else { return false }
    var index = columns &- 1
    var differences: UInt8 = 0
    while index < separators {
      differences |= text[Int(ends[index])] ^ 0x0A
      index &+= columns
    }
    return differences == 0
  }
}
