import Foundation

/// Things that are costly to make and used again and again, by one thread at a time: by the one that used them last, if it can
/// be, as they are in its cache.
///
/// A lock of the system's, which tools that look for races know.
package final class Pool<Element: AnyObject>: @unchecked Sendable {
  private let lock = NSLock()
  /// As objects of any class: an array of a type that is not known here asks what it is with each step.
  private var free: [(element: AnyObject, thread: pthread_t)] = []
  private let make: () -> Element

  package init(_ make: @escaping () -> Element) { self.make = make }

  package func take() -> Element {
    takeFree().map { unsafeDowncast($0, to: Element.self) } ?? make()
  }

  private func takeFree() -> AnyObject? {
    let thread = pthread_self()
    lock.lock()
    defer { lock.unlock() }
    let place = free.lastIndex { pthread_equal($0.thread, thread) != 0 } ?? free.indices.last
    return place.map { free.remove(at: $0).element }
  }

  package func giveBack(_ element: Element) {
    lock.lock()
    defer { lock.unlock() }
    free.append((element, pthread_self()))
  }
}
