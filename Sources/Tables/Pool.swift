import Foundation

/// Things that are costly to make and used again and again, by one thread at a time.
///
/// A lock of the system's, which tools that look for races know.
package final class Pool<Element>: @unchecked Sendable {
  private let lock = NSLock()
  private var free: [Element] = []
  private let make: () -> Element

  package init(_ make: @escaping () -> Element) { self.make = make }

  package func take() -> Element { lock.withLock { free.popLast() } ?? make() }

  package func giveBack(_ element: Element) { lock.withLock { free.append(element) } }
}
