import Basics
import Foundation

/// How tables are read.
public struct TableOptions: Sendable {
  /// Nil: found from the first lines, see `Sniffer`.
  public var delimiter: UInt8?
  /// Words that stand for a missing value beside the empty field.
  public var nullWords: [String]
  /// Bytes that one thread scans at a time. Results do not depend on it.
  package var chunkBytes = 1 << 19
  package var kernel = ScanKernel.native
  /// Whether bytes are copied into memory of their own before they are scanned; nil: those of mapped files are.
  package var copiesText: Bool?
  /// Nil: one thread a core.
  public var threads: Int?
  /// Gets the bytes read so far and those of all files, now and then, on one thread at a time; once for each pass.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
  /// Bytes of memory that may be used; nil: what the system says is free.
  public var memoryBytes: Int?

  /// More threads than a few a core would only cost memory.
  fileprivate var workers: Int {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(threads ?? cores, 4 * cores))
  }

  public init(delimiter: UInt8? = nil, nullWords: [String] = [], threads: Int? = nil) {
    self.delimiter = delimiter
    self.nullWords = nullWords
    self.threads = threads
  }
}

/// One or several files that make one table: each has the columns that are asked for, in any order.
public struct TableSource: Sendable {
  /// The columns of the first file, in its order.
  public let columns: [String]
  package let parts: [TablePart]
  public let options: TableOptions
  /// Whose threads scan the table.
  let team: WorkTeam

  /// Opens the files and reads their headers.
  ///
  /// - Throws: `TableFault` if a file cannot be read, is empty, or has a column twice.
  public init(_ paths: [String], options: TableOptions = TableOptions()) throws(TableFault) {
    var files: [TableFile] = []
    for path in paths { files.append(try TableFile(path, options: options)) }
    try self.init(files: files, options: options)
  }

  package init(files: [TableFile], options: TableOptions = TableOptions()) throws(TableFault) {
    var parts: [TablePart] = []
    for file in files { parts.append(try TablePart(file, delimiter: options.delimiter)) }
    guard let first = parts.first else { throw TableFault(.empty, at: nil) }
    columns = first.columns
    self.parts = parts
    self.options = options
    team = WorkTeam(helpers: options.workers - 1)
  }

  public var files: [TableFile] { parts.map(\.file) }

  /// How many rows there are if all are as long as the first ones.
  package var estimatedRows: Int {
    parts.reduce(0) { sum, part in
      let body = UnsafeRawBufferPointer(rebasing: part.file.text[part.bodyStart...])
      let sample = body.prefix(1 << 16)
      // Whole lines: with a part of the last one they would be some too few.
      let end = (sample.lastIndex(of: 0x0A) ?? sample.endIndex - 1) + 1
      let lines = max(1, sample[..<end].count { $0 == 0x0A })
      return sum + Int(Double(body.count) / Double(max(1, end)) * Double(lines)) + 1
    }
  }

  /// - Parameter option: of the command line, which names the column.
  /// - Throws: `TableFault` with the nearest name if there is no such column, or with the file that lacks it.
  public func requireColumn(_ name: String, option: String? = nil) throws(TableFault) {
    let having = parts.map { part in part.columns.contains { $0.isExactly(name) } }
    guard let place = having.firstIndex(of: false) else { return }
    if let first = having.firstIndex(of: true) {
      throw TableFault(
        .otherColumns(missing: name, first: parts[first].file.name), at: parts[place].headerPosition)
    }
    // Of two ways to write an accent the other one is the nearest name.
    let nearest = columns.first { $0 == name } ?? nearestName(to: name, among: columns)
    throw TableFault(
      .missingColumn(name, nearest: nearest, columns: columns, option: option), at: parts[0].headerPosition)
  }

  public func requireColumns(_ names: [String]) throws(TableFault) {
    for name in names { try requireColumn(name) }
  }

  /// Columns that can be scanned: a field has one place among those asked for.
  func requireColumnsOnce(_ names: [String]) throws(TableFault) {
    try requireColumns(names)
    var seen: Set<ExactText> = []
    for name in names where !seen.insert(ExactText(name)).inserted {
      throw TableFault(
        .refused(column: name, reason: "it is named for two different things"), at: parts[0].headerPosition)
    }
  }
}

/// One file of a table: its header, and where its rows begin.
package struct TablePart: Sendable {
  package let file: TableFile
  package let delimiter: UInt8
  package let columns: [String]
  /// Offset of the first byte behind the header.
  package let bodyStart: Int
  package let headerPosition: SourcePosition

  package init(_ file: TableFile, delimiter wanted: UInt8?) throws(TableFault) {
    self.file = file
    let text = file.text
    if let format = ForeignFormat(text) { throw TableFault(.foreign(format), at: SourcePosition(file: file.name)) }
    let hasMark = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    var start = hasMark ? 3 : 0
    while start < text.count, text[start] == 0x0A || text[start] == 0x0D { start += 1 }
    guard start < text.count else { throw TableFault(.empty, at: SourcePosition(file: file.name)) }
    let head = UnsafeRawBufferPointer(rebasing: text[..<min(text.count, 1 << 16)])
    if let fault = TextCheck.firstFault(head), fault.kind == .nulByte || fault.offset + 4 < head.count {
      throw TableFault(fault.kind, at: file.position(of: fault.offset))
    }
    delimiter = wanted ?? Sniffer.delimiter(of: text, from: start, name: file.name)
    let header: [HeaderField]
    let scanner = RecordScanner(text, delimiter: delimiter, slots: [])
    let end = scanner.endOfRecord(from: start)
    do throws(RowFault) {
      header = try HeaderReader.fields(text, start..<end, delimiter)
    } catch {
      throw TableFault(error.kind, at: file.position(of: error.offset))
    }
    headerPosition = file.position(of: start)
    var seen: [ExactText: Int] = [:]
    for (place, field) in header.enumerated() {
      guard let first = seen.updateValue(place, forKey: ExactText(field.name)) else { continue }
      throw TableFault(
        .duplicateColumn(field.name, first: first + 1, second: place + 1), at: file.position(of: field.offset))
    }
    columns = header.map(\.name)
    bodyStart = end
  }
}

/// A column's name, and where it begins in the file.
struct HeaderField {
  let name: String
  let offset: Int
}

/// Splits the header, whose number of fields is not known beforehand.
enum HeaderReader {
  static func fields(
    _ text: UnsafeRawBufferPointer, _ range: Range<Int>, _ delimiter: UInt8
  ) throws(RowFault) -> [HeaderField] {
    let head = UnsafeRawBufferPointer(rebasing: text[..<range.upperBound])
    var collector = Collector(base: UInt(bitPattern: text.baseAddress))
    for width in 1... {
      let scanner = RecordScanner(head, delimiter: delimiter, slots: Array(0..<width))
      do throws(RowFault) {
        _ = try scanner.scan(range, into: &collector, refused: { fault throws(RowFault) in throw fault })
        return collector.fields
      } catch {
        // Too few slots: the scanner says how many fields there are.
        guard case .raggedRow(let found, _) = error.kind, found > width else { throw error }
        let exact = RecordScanner(head, delimiter: delimiter, slots: Array(0..<found))
        _ = try exact.scan(range, into: &collector, refused: { fault throws(RowFault) in throw fault })
        return collector.fields
      }
    }
    return []
  }

  private struct Collector: RowConsumer {
    let base: UInt
    var fields: [HeaderField] = []
    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      self.fields = fields.map { field in
        HeaderField(
          name: String(field.string.drop { $0 == " " }).replacingTrailingBlanks(),
          offset: Int(UInt(bitPattern: field.start) - base))
      }
    }
  }
}

extension String {
  fileprivate func replacingTrailingBlanks() -> String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}

/// Finds the separator of a table: of comma, semicolon, tab and bar the one that stands most often in the header outside
/// quotes; a comma if there is none; a tab for files named .tsv.
enum Sniffer {
  static func delimiter(of text: UnsafeRawBufferPointer, from start: Int, name: String) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
    var counts = [Int](repeating: 0, count: candidates.count)
    var quoted = false
    for byte in text[start...] {
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if !quoted, byte == 0x0A || byte == 0x0D { break }
      if !quoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    let lower = name.lowercased()
    if lower.hasSuffix(".tsv") || lower.hasSuffix(".tsv.gz"), counts[2] > 0 { return UInt8(ascii: "\t") }
    let best = counts.indices.max { counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1) } ?? 0
    return candidates[best]
  }
}
