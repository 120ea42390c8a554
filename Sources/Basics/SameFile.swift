import Foundation

/// Whether two paths lead to one file.
public enum SameFile {
  /// The first of `paths` that is the regular file at `path`, by device and inode, whatever links lead to it.
  public static func first(of paths: [String], at path: String) -> String? {
    guard let wanted = Identity(path) else { return nil }
    return paths.first { Identity($0) == wanted }
  }

  private struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64

    /// Nil if there is no regular file.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }
  }
}
