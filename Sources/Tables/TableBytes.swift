import Basics
import Foundation
import Synchronization

/// Bytes in one piece, and how to let them go.
struct TableBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  let isMapped: Bool
  /// Of the file that is mapped, while not too many are open; else -1.
  let descriptor: Int32
  /// Of a file with a name that is mapped; else 0.
  let inode: UInt64
  let release: @Sendable () -> Void

  /// Takes over memory from malloc.
  init(memory: UnsafeMutableRawPointer?, count: Int) {
    bytes = UnsafeRawBufferPointer(start: memory ?? UnsafeMutableRawPointer(malloc(1)), count: count)
    (isMapped, descriptor, inode) = (false, -1, 0)
    nonisolated(unsafe) let start = bytes.baseAddress
    release = { free(UnsafeMutableRawPointer(mutating: start)) }
  }

  /// A copy.
  init(_ array: [UInt8]) {
    let memory = malloc(max(array.count, 1))
    array.withUnsafeBytes { if let memory, let start = $0.baseAddress { memcpy(memory, start, $0.count) } }
    self.init(memory: memory, count: array.count)
  }

  /// Takes over an open file, unless it throws.
  init(mapping descriptor: Int32, count: Int, inode: UInt64, name: String) throws(TableFault) {
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw Self.systemFault(name)
    }
    madvise(address, count, MADV_SEQUENTIAL)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    bytes = UnsafeRawBufferPointer(start: address, count: count)
    isMapped = true
    self.inode = inode
    nonisolated(unsafe) let start = address
    guard Self.open.wrappingAdd(1, ordering: .relaxed).oldValue < Self.openLimit else {
      // The map stays when the file is closed.
      Self.open.wrappingSubtract(1, ordering: .relaxed)
      close(descriptor)
      self.descriptor = -1
      release = { munmap(start, count) }
      return
    }
    self.descriptor = descriptor
    release = {
      munmap(start, count)
      close(descriptor)
      Self.open.wrappingSubtract(1, ordering: .relaxed)
    }
  }

  /// Files that are held open, which the system allows some hundreds of.
  private static let open = Atomic(0)
  private static let openLimit = 200

  /// A file as it stands: mapped, or read to its end if it is a pipe. `-` is standard input.
  init(of path: String, memoryBytes: Int?) throws(TableFault) {
    if path == "-" {
      self = try Self.drained(STDIN_FILENO, path, memoryBytes)
      return
    }
    let descriptor = Foundation.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw Self.systemFault(path) }
    var isKept = false
    defer { if !isKept { close(descriptor) } }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw Self.systemFault(path) }
    switch information.st_mode & S_IFMT {
    case S_IFDIR: throw TableFault(.isFolder, at: SourcePosition(file: path))
    // A device may give bytes without end.
    case S_IFCHR where isatty(descriptor) == 0 && path != "/dev/null", S_IFBLK:
      throw TableFault(.isDevice, at: SourcePosition(file: path))
    case S_IFREG where information.st_size > 0:
      self = try TableBytes(
        mapping: descriptor, count: Int(information.st_size), inode: UInt64(information.st_ino), name: path)
      isKept = true
    // Files of the system have no size.
    default: self = try Self.drained(descriptor, path, memoryBytes)
    }
  }

  /// What a pipe gives until it ends.
  static func drained(_ descriptor: Int32, _ name: String, _ memoryBytes: Int?) throws(TableFault) -> TableBytes {
    var spool = TextSpool(name: name, memoryBytes: memoryBytes)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer.baseAddress!, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw systemFault(name) }
      if count == 0 { return try spool.finish() }
      try spool.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  static func systemFault(_ path: String) -> TableFault {
    TableFault(.unreadable(reason: String(cString: strerror(errno))), at: SourcePosition(file: path))
  }
}
