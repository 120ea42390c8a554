import Basics
import Foundation

/// The bytes of one input, in one piece: mapped from a file, inflated from gzip, or read from standard input.
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
  /// Which file is mapped; 0 if none is.
  private let inode: UInt64

  /// - Throws: `TableFault` if the file cannot be read or is not whole.
  public init(_ path: String) throws(TableFault) {
    name = path
    let raw = path == "-" ? try Self.standardInput() : try Self.mapped(path)
    original = raw.bytes
    inode = raw.inode
    guard Inflate.isGzip(raw.bytes) else {
      text = raw.bytes
      release = raw.release
      isMapped = raw.isMapped
      return
    }
    isMapped = false
    switch Inflate.gunzip(raw.bytes) {
    case .failure(let failure):
      raw.release()
      throw TableFault(.badGzip(reason: failure.reason), at: SourcePosition(file: path))
    case .success(let bytes):
      let copy = Self.owned(bytes)
      text = copy.bytes
      release = {
        raw.release()
        copy.release()
      }
    }
  }

  /// Bytes that are in memory already; for tests and generated tables.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    let copy = Self.owned(bytes)
    text = copy.bytes
    original = copy.bytes
    release = copy.release
    isMapped = false
    inode = 0
  }

  /// Text that was made of another file, which it is identified by.
  package init(name: String, bytes: [UInt8], original: TableFile) {
    self.name = name
    let copy = Self.owned(bytes)
    text = copy.bytes
    self.original = original.original
    release = {
      copy.release()
      withExtendedLifetime(original) {}
    }
    isMapped = false
    inode = 0
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

  // MARK: - Sources of bytes

  private typealias Raw = (
    bytes: UnsafeRawBufferPointer, isMapped: Bool, inode: UInt64, release: @Sendable () -> Void
  )

  private static func owned(_ bytes: [UInt8]) -> Raw {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    copy.copyBytes(from: bytes)
    let address = UInt(bitPattern: copy.baseAddress!)
    return (
      UnsafeRawBufferPointer(start: copy.baseAddress, count: bytes.count), false, 0,
      { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    )
  }

  private static func mapped(_ path: String) throws(TableFault) -> Raw {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw systemFault(path) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw systemFault(path) }
    if information.st_mode & S_IFMT == S_IFDIR { throw TableFault(.isFolder, at: SourcePosition(file: path)) }
    guard information.st_mode & S_IFMT == S_IFREG else { return try drained(descriptor, path) }
    let size = Int(information.st_size)
    guard size > 0 else { return owned([]) }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw systemFault(path)
    }
    madvise(address, size, MADV_SEQUENTIAL)
    let number = UInt(bitPattern: address)
    return (
      UnsafeRawBufferPointer(start: address, count: size), true, UInt64(information.st_ino),
      { if let address = UnsafeMutableRawPointer(bitPattern: number) { munmap(address, size) } }
    )
  }

  private static func standardInput() throws(TableFault) -> Raw { try drained(STDIN_FILENO, "-") }

  private static func drained(_ descriptor: Int32, _ path: String) throws(TableFault) -> Raw {
    var bytes: [UInt8] = []
    var failed = false
    withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress!, buffer.count)
        if count < 0, errno == EINTR { continue }
        failed = count < 0
        if count <= 0 { break }
        bytes.append(contentsOf: buffer[..<count])
      }
    }
    if failed { throw systemFault(path) }
    return owned(bytes)
  }

  private static func systemFault(_ path: String) -> TableFault {
    TableFault(.unreadable(reason: String(cString: strerror(errno))), at: SourcePosition(file: path))
  }
}
