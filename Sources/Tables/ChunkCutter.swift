import CScan

/// Cuts a file into ranges of whole records, some at a time, so that their bytes are read once while they are near.
///
/// Cuts are at fixed distances, whatever the number of threads. One may fall inside a quoted field: the number of quotes
/// before it says so, and the range then begins at the first record behind the cut. Most tables have no line breaks inside
/// quotes, so it may be guessed that the first line break behind a cut ends a record. The guesses were right exactly if each
/// range then has an even number of quotes, which whoever reads it sees.
struct ChunkCutter {
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
        source.parallel(pieces.count) { [self] in counted[$0] = quotes(in: pieces[$0]) }
      }
      var starts = [begin]
      for (index, piece) in pieces.enumerated() {
        quotes += counted[index]
        let next = piece.upperBound
        // One record may cover many cuts.
        guard next > begin, next > (starts.last ?? 0) else { continue }
        let start =
          guesses
          ? firstRecord(atOrBehind: next, RecordStart(isQuoted: false, quote: nil))
          : firstRecord(atOrBehind: next, RecordStart(isQuoted: quotes % 2 == 1, quote: UInt8(ascii: "\"")))
        if start > (starts.last ?? 0) { starts.append(start) }
      }
      cut = last.upperBound
      begin = starts.last ?? end
      // No quote is open where a record begins; a later cut may have to be counted from here.
      if guesses { quotes = quotes(in: min(cut, begin)..<max(cut, begin)) }
      if starts.count > 1 { return zip(starts, starts.dropFirst()).map { $0..<$1 } }
    }
    return []
  }

  /// Where the first record at a cut or behind it begins; the end of the text if none does. In a file that became shorter it is the
  /// cut, so that whoever reads the range finds that.
  private func firstRecord(atOrBehind cut: Int, _ start: RecordStart) -> Int {
    guard cut < end else { return end }
    var (start, offset, found) = (start, cut - 1, Int?.none)
    let isWhole = file.read(offset..<end) { bytes in
      found = start.place(in: bytes).map { offset + $0 }
      offset += bytes.count
      return found == nil
    }
    return found ?? (isWhole ? end : cut)
  }

  /// Not all of them in a file that became shorter.
  private func quotes(in range: Range<Int>) -> Int {
    var count = 0
    _ = file.read(range) { bytes in
      count += bytes.countQuotes(kernel)
      return true
    }
    return count
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

extension UnsafeRawBufferPointer {
  func countQuotes(_ kernel: ScanKernel) -> Int {
    guard let base = assumingMemoryBound(to: UInt8.self).baseAddress else { return 0 }
    return cscan_quotes(base, count, kernel.level)
  }
}
