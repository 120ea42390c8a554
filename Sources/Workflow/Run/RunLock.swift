import Foundation

/// One process, and in it one owner, works on a run. The lock ends with its owner, also when that is killed.
final class RunLock {
  private let descriptor: Int32

  init(directory: String) throws(RunFault) {
    let path = directory + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(file: directory) : .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // A throwing initializer of a class with all members set runs deinit, which closes the file.
      throw .inUse(directory: directory)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Said, not left to closing: a command that is being started holds a copy of the file until it runs.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
