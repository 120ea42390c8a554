/// A fixed number of places that different threads fill, each its own.
package final class Slots<Value>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Value>
  package let count: Int

  package init(_ count: Int, _ value: Value) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  package subscript(index: Int) -> Value {
    _read { yield base[index] }
    _modify { yield &base[index] }
  }

  /// Gives away what is in a place.
  func move(_ index: Int, leaving value: Value) -> Value {
    let found = (base + index).move()
    (base + index).initialize(to: value)
    return found
  }
}
