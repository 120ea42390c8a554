import Foundation

/// Text that comes as a stream, from a pipe, a program or gzip: in memory up to a limit, beyond it in a file that has no name
/// and is gone with the process. Memory does not grow with the text, and whoever reads it may read it again.
struct TextSpool: ~Copyable {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0
  /// -1 while all is in memory.
  private var descriptor: Int32 = -1
  private let limit: Int
  private let name: String

  /// - Parameter memoryBytes: of the whole program, if the user sets a limit.
  init(name: String, memoryBytes: Int?) {
    self.name = name
    limit = min(64 << 20, memoryBytes.map { max(1 << 16, $0 / 4) } ?? .max)
  }

  deinit {
    free(memory)
    if descriptor >= 0 { close(descriptor) }
  }

  /// - Throws: `TableFault` if there is no room.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TableFault) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    if descriptor < 0, count + bytes.count > limit { try moveToFile() }
    if descriptor >= 0 {
      try write(start, bytes.count)
    } else {
      try reserve(count + bytes.count)
      memcpy(memory! + count, start, bytes.count)
    }
    count += bytes.count
  }

  private mutating func reserve(_ needed: Int) throws(TableFault) {
    guard needed > capacity else { return }
    let larger = max(needed, 2 * capacity, 1 << 16)
    guard let moved = realloc(memory, larger) else { throw fault(String(cString: strerror(ENOMEM)), "memory") }
    (memory, capacity) = (moved, larger)
  }

  private static var folder: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

  private mutating func moveToFile() throws(TableFault) {
    var path = Array((Self.folder + "/verdict-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw fault() }
    unlink(path)
    if let memory { try write(memory, count) }
    free(memory)
    (memory, capacity) = (nil, 0)
  }

  private func write(_ start: UnsafeRawPointer, _ count: Int) throws(TableFault) {
    var done = 0
    while done < count {
      let written = Foundation.write(descriptor, start + done, count - done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw fault() }
      done += written
    }
  }

  private func fault(_ reason: String = String(cString: strerror(errno)), _ place: String = folder) -> TableFault {
    TableFault(.noRoom(bytes: count, place: place, reason: reason), at: .init(file: name))
  }

  /// The text, which whoever gets it releases.
  consuming func finish() throws(TableFault) -> TableBytes {
    guard descriptor >= 0 else {
      let found = TableBytes(memory: memory, count: count)
      memory = nil
      return found
    }
    let found = try TableBytes(mapping: descriptor, count: count, inode: 0, name: name)
    descriptor = -1
    return found
  }
}
