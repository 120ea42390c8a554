import Foundation

/// Why a file could not be written. Nothing was left half-written.
public struct WriteFault: InputFault, Hashable {
  public let position: SourcePosition?
  /// What the operating system said.
  public let reason: String

  public init(position: SourcePosition?, reason: String) {
    self.position = position
    self.reason = reason
  }

  public var sentence: String {
    "cannot be written: \(reason). Nothing was changed; free space or choose another place."
  }
}

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes a file: into a temporary neighbour, synced to disk, then renamed over `path`, then the folder is synced.
  ///
  /// A crash at any moment leaves the old file or the new one. The folder must exist. A link is followed; a pipe or a device
  /// such as /dev/stdout is written to and never replaced.
  /// - Throws: `WriteFault` if the disk is full, the folder is missing or not writable; the old file is then untouched.
  public static func write(_ bytes: [UInt8], to path: String) throws(WriteFault) {
    do {
      try write([(path: path, bytes: bytes)])
    } catch let fault as WriteFault {
      throw fault
    } catch {
      throw WriteFault(position: SourcePosition(file: path), reason: "\(error)")
    }
  }

  /// Writes several files, all of them or none: each is whole on disk under another name before the first takes its own.
  ///
  /// - Parameter beside: what else must succeed before any file appears, such as a text on standard output.
  /// - Throws: `WriteFault` as above, or what `beside` throws; no file is then changed.
  public static func write(
    _ files: [(path: String, bytes: [UInt8])], beside: () throws -> Void = {}
  ) throws {
    var pending: [(temporary: String, target: String, path: String)] = []
    do {
      for file in files where !isSpecial(file.path) {
        let target =
          isLink(file.path) ? URL(filePath: file.path).resolvingSymlinksInPath().path : file.path
        let temporary = target + ".\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
        pending.append((temporary, target, file.path))
        do throws(SystemError) {
          try writeSynced(file.bytes, to: temporary)
        } catch {
          throw WriteFault(position: SourcePosition(file: file.path), reason: error.reason)
        }
      }
      for file in files where isSpecial(file.path) { try writeThrough(file.bytes, to: file.path) }
      try beside()
      for file in pending where rename(file.temporary, file.target) != 0 {
        throw WriteFault(position: SourcePosition(file: file.path), reason: SystemError().reason)
      }
    } catch {
      for file in pending { unlink(file.temporary) }
      throw error
    }
    for folder in Set(pending.map { ($0.target as NSString).deletingLastPathComponent }) {
      syncFolder(folder.isEmpty ? "." : folder)
    }
  }

  /// Writes a file piece by piece, with the promises of `write`: `body` gets the writer, and if it throws, nothing changed.
  ///
  /// - Throws: `WriteFault`, or what `body` throws.
  public static func write<Result>(to path: String, _ body: (FileSink) throws -> Result) throws -> Result {
    let isSpecial = isSpecial(path)
    let target = !isSpecial && isLink(path) ? URL(filePath: path).resolvingSymlinksInPath().path : path
    let temporary = isSpecial ? path : target + ".\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
    let flags = isSpecial ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL
    func fault() -> WriteFault { WriteFault(position: SourcePosition(file: path), reason: SystemError().reason) }
    let descriptor = open(temporary, flags, 0o644)
    guard descriptor >= 0 else { throw fault() }
    do {
      defer { close(descriptor) }
      let result = try body(FileSink(descriptor, name: path))
      guard isSpecial || fsync(descriptor) == 0 else { throw fault() }
      guard isSpecial || rename(temporary, target) == 0 else { throw fault() }
      let folder = (target as NSString).deletingLastPathComponent
      if !isSpecial { syncFolder(folder.isEmpty ? "." : folder) }
      return result
    } catch {
      if !isSpecial { unlink(temporary) }
      throw error
    }
  }

  /// Makes what was renamed or created in a folder durable. Best effort: some file systems do not sync folders.
  public static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private struct SystemError: Error {
    let reason = String(cString: strerror(errno))
  }

  private static func writeSynced(_ bytes: [UInt8], to path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw SystemError() }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor)
    guard fsync(descriptor) == 0 else { throw SystemError() }
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  private static func writeThrough(_ bytes: [UInt8], to path: String) throws(WriteFault) {
    do throws(SystemError) {
      let descriptor = open(path, O_WRONLY)
      guard descriptor >= 0 else { throw SystemError() }
      defer { close(descriptor) }
      try writeAll(bytes, to: descriptor)
    } catch {
      throw WriteFault(position: SourcePosition(file: path), reason: error.reason)
    }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError() }
      written += count
    }
  }
}

/// An open file that bytes are written to, one piece behind the other.
public struct FileSink: Sendable {
  private let descriptor: Int32
  private let name: String

  public init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// - Throws: `WriteFault` if not all of it could be written.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(WriteFault) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Foundation.write(descriptor, base, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw WriteFault(position: SourcePosition(file: name), reason: String(cString: strerror(errno)))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  public func write(_ text: String) throws(WriteFault) {
    var result: Result<Void, WriteFault> = .success(())
    Array(text.utf8).withUnsafeBytes { bytes in result = Result { () throws(WriteFault) in try write(bytes) } }
    try result.get()
  }
}
