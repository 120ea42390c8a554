import Foundation
import Synchronization

/// Independent pieces of work that any thread may take on.
package struct SharedWork: Sendable {
  package let count: Int
  package let run: @Sendable (Int) -> Void

  package init(count: Int, run: @escaping @Sendable (Int) -> Void) { (self.count, self.run) = (count, run) }
}

/// Work that becomes known while threads do other work.
///
/// A lock of the system's, which tools that look for races know.
final class LateWork: Sendable {
  private let lock = NSLock()
  private let next = Atomic(0)
  nonisolated(unsafe) private var work: SharedWork?

  func begin(_ work: SharedWork?) { lock.withLock { self.work = work } }

  /// Does pieces of the work until all are begun, if there is any yet.
  func help() {
    guard let work = lock.withLock({ self.work }) else { return }
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < work.count else { return }
      work.run(index)
    }
  }
}
