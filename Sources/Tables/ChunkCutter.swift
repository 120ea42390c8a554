import CScan

/// Cuts a file into ranges of whole records, some at a time, so that their bytes are read once while they are near.
///
/// Cuts are at fixed distances, whatever the number of threads. One may fall inside a quoted field: the number of quotes
/// before it says so, and the range then begins at the first record behind the cut. Most tables have no line breaks inside
/// quotes, so it may be guessed that the first line break behind a cut ends a record. The guesses were right exactly if each
/// range then has an even number of quotes, which whoever reads it sees.
struct ChunkCutter {
  private let scanner: RecordScanner
  private let file: TableFile
  private let kernel: ScanKernel
  private let bytes: Int
  private let end: Int
  /// Up to here quotes are counted.
  private var cut: Int
  /// Where the next record begins.
  private var begin: Int
  /// Before `cut`; of them only whether they are odd counts.
  private var quotes = 0

  init(_ part: TablePart, bytes: Int, kernel: ScanKernel) {
    self.kernel = kernel
    file = part.file
    scanner = RecordScanner(part.file.text, delimiter: part.delimiter, slots: [])
    self.bytes = max(bytes, 64)
    end = part.file.text.count
    cut = part.bodyStart
    begin = part.bodyStart
  }

  /// The next ranges, at most `count`; none at the end of the file.
  ///
  /// - Parameter guesses: takes every line break to lie outside quotes. The ranges are those that counting gives if each has an
  ///   even number of quotes; else they are worth nothing, and neither is what the cutter gives after them.
  mutating func next(_ count: Int, on source: TableSource, guesses: Bool = false) -> [Range<Int>] {
    while begin < end {
      let pieces = Self.pieces(from: cut, to: end, of: bytes, atMost: count)
      guard let last = pieces.last else { break }
      let counted = Slots<Int>(pieces.count, 0)
      if !guesses {
        source.parallel(pieces.count) { [scanner, kernel] in counted[$0] = scanner.countQuotes(pieces[$0], kernel) }
      }
      var starts = [begin]
      for (index, piece) in pieces.enumerated() {
        quotes += counted[index]
        let next = piece.upperBound
        // One record may cover many cuts.
        guard next > begin, next > (starts.last ?? 0) else { continue }
        let start =
          next == end
          ? end
          : guesses ? lineEnd(atOrAfter: next) : scanner.firstRecord(atOrAfter: next, insideQuotes: quotes % 2 == 1)
        if start > (starts.last ?? 0) { starts.append(start) }
      }
      cut = last.upperBound
      begin = starts.last ?? end
      // No quote is open where a record begins; a later cut may have to be counted from here.
      if guesses { quotes = fewQuotes(min(cut, begin)..<max(cut, begin)) }
      if starts.count > 1 { return zip(starts, starts.dropFirst()).map { $0..<$1 } }
    }
    return []
  }

  /// Where the first line break behind a cut ends, or the one that ends at the cut; the cut itself in a file that became shorter,
  /// which whoever reads the range finds.
  private func lineEnd(atOrAfter cut: Int) -> Int {
    // Mostly near: to read some bytes is quicker than a page fault of the map.
    let near = min(cut + 511, end)
    guard file.isReadable, cut > 0 else { return scanner.firstRecord(atOrAfter: cut, insideQuotes: false, quote: nil) }
    let found = read(cut - 1..<near) { bytes in
      RecordScanner(bytes, delimiter: scanner.delimiter, slots: []).firstRecord(
        atOrAfter: 1, insideQuotes: false, quote: nil)
    }
    guard let found else { return cut }
    let place = cut - 1 + found
    // What ends with the bytes may go on.
    return place < near ? place : scanner.firstRecord(atOrAfter: cut, insideQuotes: false, quote: nil)
  }

  /// Counted in a short stretch: it is read, as a page fault of the map may make megabytes of it resident.
  private func fewQuotes(_ range: Range<Int>) -> Int {
    guard file.isReadable, range.count <= 1 << 12 else { return scanner.countQuotes(range, kernel) }
    return read(range) { bytes in bytes.count { $0 == UInt8(ascii: "\"") } } ?? 0
  }

  /// Nil if the file has become shorter.
  private func read<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    withUnsafeTemporaryAllocation(byteCount: range.count, alignment: 8) { bytes in
      file.copy(range, to: bytes.baseAddress) ? body(UnsafeRawBufferPointer(bytes)) : nil
    }
  }

  private static func pieces(from start: Int, to end: Int, of bytes: Int, atMost count: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var from = start
    while from < end, pieces.count < count {
      let to = end - from > bytes ? from + bytes : end
      pieces.append(from..<to)
      from = to
    }
    return pieces
  }
}

extension RecordScanner {
  func countQuotes(_ range: Range<Int>, _ kernel: ScanKernel) -> Int {
    guard let base = text.baseAddress else { return 0 }
    return cscan_quotes(base + range.lowerBound, range.count, kernel.level)
  }

  /// The first offset at or behind `cut` where a record begins.
  ///
  /// - Parameter quote: nil: a line break ends a record wherever it stands.
  func firstRecord(atOrAfter cut: Int, insideQuotes: Bool, quote: UInt8? = UInt8(ascii: "\"")) -> Int {
    // A record begins exactly here if the byte before ended one.
    if !insideQuotes, cut > 0 {
      let before = text[cut - 1]
      if before == 0x0A || (before == 0x0D && text[cut] != 0x0A) { return cut }
    }
    var index = cut
    var quoted = insideQuotes
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == quote { quoted.toggle() }
      if !quoted, byte == 0x0A { return index }
      if !quoted, byte == 0x0D { return index < text.count && text[index] == 0x0A ? index + 1 : index }
    }
    return index
  }
}
