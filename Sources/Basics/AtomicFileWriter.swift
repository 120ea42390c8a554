import Foundation

/// A file written piece by piece that appears whole, by `commit`, or not at all.
public final class AtomicFileWriter {
  private let path: String
  private let temporary: String
  private var descriptor: Int32

  /// - Throws: `WriteFault` if the folder is missing or not writable.
  public init(_ path: String) throws(WriteFault) {
    self.path = path
    temporary = path + ".\(getpid())-\(UInt32.random(in: 0...UInt32.max)).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.fault(path) }
  }

  deinit { abandon() }

  /// - Throws: `WriteFault` if the disk is full; nothing of the file is left then.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(WriteFault) {
    var written = 0
    while written < bytes.count {
      let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let fault = Self.fault(path)
        abandon()
        throw fault
      }
      written += count
    }
  }

  /// Puts the file in its place, synced to disk.
  public func commit() throws(WriteFault) {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      let fault = Self.fault(path)
      abandon()
      throw fault
    }
    close(descriptor)
    descriptor = -1
    let folder = (path as NSString).deletingLastPathComponent
    AtomicFile.syncFolder(folder.isEmpty ? "." : folder)
  }

  private func abandon() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
    descriptor = -1
  }

  private static func fault(_ path: String) -> WriteFault {
    WriteFault(position: SourcePosition(file: path), reason: String(cString: strerror(errno)))
  }
}
