import Basics
import Foundation

/// The bytes of one input, in one piece: mapped from a file, or spooled from gzip, a pipe or standard input.
public final class TableFile: @unchecked Sendable {
  /// As the user gave it; `-` is standard input.
  public let name: String
  /// The text. Immutable, and valid as long as this object lives.
  public let text: UnsafeRawBufferPointer
  /// The input as it stands on disk: the same as `text` unless it was compressed.
  public let original: UnsafeRawBufferPointer
  /// The text is the input as it stands on disk.
  package var isPlain: Bool { text.baseAddress == original.baseAddress }
  private let release: () -> Void
  private let isMapped: Bool
  /// Of the text, if it is mapped and its file held open. Else -1.
  private let descriptor: Int32
  /// The text can be read into memory, which is quicker than to look at the map.
  var isReadable: Bool { descriptor >= 0 }
  /// Which file is mapped; 0 if none is.
  private let inode: UInt64

  /// - Throws: `TableFault` if the file cannot be read, is not whole, or is a stream for which there is no room.
  public convenience init(_ path: String, options: TableOptions = TableOptions()) throws(TableFault) {
    let raw = try TableBytes(of: path, memoryBytes: options.memoryBytes)
    guard Inflate.isGzip(raw.bytes) else {
      self.init(name: path, text: raw, original: raw.bytes, release: raw.release)
      return
    }
    do throws(TableFault) {
      var spool = TextSpool(name: path, memoryBytes: options.memoryBytes)
      try Inflate.gunzip(raw.bytes, named: path, into: &spool, progress: options.progress)
      let text = try spool.finish()
      self.init(name: path, text: text, original: raw.bytes) {
        raw.release()
        text.release()
      }
    } catch {
      raw.release()
      throw error
    }
  }

  /// Bytes that are in memory already; for tests and generated tables.
  package convenience init(name: String, bytes: [UInt8]) {
    let copy = TableBytes(bytes)
    self.init(name: name, text: copy, original: copy.bytes, release: copy.release)
  }

  /// Text that a program makes of a file, which it is identified by.
  ///
  /// - Parameter descriptor: of the pipe from which it comes.
  /// - Throws: `TableFault` if there is no room for it.
  package convenience init(
    name: String, draining descriptor: Int32, original: TableFile, options: TableOptions
  ) throws(TableFault) {
    let text = try TableBytes.drained(descriptor, name, options.memoryBytes)
    self.init(name: name, text: text, original: original.original) {
      text.release()
      withExtendedLifetime(original) {}
    }
  }

  private init(
    name: String, text: TableBytes, original: UnsafeRawBufferPointer, release: @escaping () -> Void
  ) {
    self.name = name
    self.text = text.bytes
    self.original = original
    self.release = release
    (isMapped, descriptor, inode) = (text.isMapped, text.descriptor, text.inode)
  }

  deinit { release() }

  /// The 1-based line and column of a byte. Counts the lines before it, so it is for errors only.
  package func position(of offset: Int) -> SourcePosition {
    let before = UnsafeRawBufferPointer(rebasing: text[..<min(offset, text.count)])
    var (line, start, index) = (1, 0, 0)
    while index < before.count {
      let byte = before[index]
      index += 1
      if byte == 0x0A || (byte == 0x0D && (index == text.count || text[index] != 0x0A)) {
        line += 1
        start = index
      }
    }
    return SourcePosition(file: name, line: line, column: offset - start + 1)
  }

  /// What was read is the whole file: nobody wrote to it meanwhile.
  ///
  /// - Throws: `TableFault` if the file is longer or shorter now. One that took its name matters not.
  package func requireUnchanged() throws(TableFault) {
    var information = stat()
    guard inode != 0, stat(name, &information) == 0, UInt64(information.st_ino) == inode else { return }
    let size = Int(information.st_size)
    guard size == original.count else {
      throw TableFault(.changed(from: original.count, to: size), at: SourcePosition(file: name))
    }
  }

  /// Reads a range of a file, or copies it, to memory.
  ///
  /// - Returns: false if the file has become shorter.
  func copy(_ range: Range<Int>, to memory: UnsafeMutableRawPointer?) -> Bool {
    guard let memory else { return range.isEmpty }
    guard isReadable else {
      memory.copyMemory(from: text.baseAddress! + range.lowerBound, byteCount: range.count)
      return true
    }
    var done = 0
    while done < range.count {
      let count = pread(descriptor, memory + done, range.count - done, off_t(range.lowerBound + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Gives the bytes of a range stretch by stretch, each read into memory of its own, until `body` is false. A text that is not
  /// read from a file is one stretch.
  ///
  /// - Returns: false if the file has become shorter; what is missing does not come.
  func read(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    guard isReadable else {
      _ = body(UnsafeRawBufferPointer(rebasing: text[range]))
      return true
    }
    // The first one is short, as most look for something near.
    var (from, bytes, goesOn) = (range.lowerBound, Self.shortStretch, true)
    while goesOn, from < range.upperBound {
      let next = from..<min(from + bytes, range.upperBound)
      let isWhole = withUnsafeTemporaryAllocation(byteCount: next.count, alignment: 64) { memory in
        guard copy(next, to: memory.baseAddress) else { return false }
        goesOn = body(UnsafeRawBufferPointer(memory))
        return true
      }
      guard isWhole else { return false }
      (from, bytes) = (next.upperBound, Self.longStretch)
    }
    return true
  }

  private static let (shortStretch, longStretch) = (512, 1 << 17)

  /// Lets the system take back the memory of a range that has been read; it is read again from the file if it must be.
  /// Nothing happens to bytes that are not a map of a file.
  package func forget(_ range: Range<Int>) {
    guard isMapped, let base = text.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let from = (range.lowerBound + page - 1) / page * page
    let to = range.upperBound / page * page
    guard page > 0, to > from else { return }
    madvise(UnsafeMutableRawPointer(mutating: base + from), to - from, MADV_DONTNEED)
  }
}
