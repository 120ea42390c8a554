import Foundation

/// Things that are costly to make and used again and again, by one thread at a time: by the one that used them last, if it can
/// be, as they are in its cache.
///
/// A lock of the system's, which tools that look for races know.
package final class Pool<Element: AnyObject>: @unchecked Sendable {
  private let lock = NSLock()
  /// Elements; as what they are to a module that does not know their type, taking one would go through its metadata.
  private var free: [(element: AnyObject, thread: pthread_t)] = []
  private let make: () -> Element

  package init(_ make: @escaping () -> Element) { self.make = make }

  package func take() -> Element {
    let thread = pthread_self()
    lock.lock()
    let place = free.lastIndex { pthread_equal($0.thread, thread) != 0 } ?? free.indices.last
    let known = place.map { free.remove(at: $0).element }
    lock.unlock()
    return known.map { unsafeDowncast($0, to: Element.self) } ?? make()
  }

  package func giveBack(_ element: Element) {
    lock.lock()
    free.append((element, pthread_self()))
    lock.unlock()
  }
}
