import CScan
import Tables

/// As `UnitIndex` for ids of at most 16 bytes, which lie in the table itself: one miss of the cache a look-up, and that one is
/// hidden by `prefetch`.
final class ShortIDIndex: @unchecked Sendable {
  private struct Place {
    var low: UInt64
    var high: UInt64
    /// -1 is free.
    var code: Int32
    var length: UInt32
  }
  @exclusivity(unchecked) private var places: UnsafeMutableBufferPointer<Place>
  @exclusivity(unchecked) private var count = 0

  init() { places = Self.table(64) }

  deinit { places.deallocate() }

  @inline(__always)
  func prefetch(_ hash: UInt64) {
    guard let base = places.baseAddress else { return }
    cscan_prefetch(base + (Int(truncatingIfNeeded: hash) & (places.count &- 1)))
  }

  /// The id's number, or `next` if it is new.
  @inline(__always)
  func insert(_ event: ActivityEvent, next: Int32) -> Int32 {
    let mask = places.count &- 1
    var place = Int(truncatingIfNeeded: event.hash) & mask
    while places[place].code >= 0 {
      let found = places[place]
      if found.low == event.low, found.high == event.high, found.length == event.length { return found.code }
      place = (place &+ 1) & mask
    }
    places[place] = Place(low: event.low, high: event.high, code: next, length: event.length)
    count &+= 1
    if count &* 4 > places.count &* 3 { grow() }
    return next
  }

  private func grow() {
    let old = places
    places = Self.table(old.count * 2)
    let mask = places.count - 1
    for entry in old where entry.code >= 0 {
      var place = Int(truncatingIfNeeded: ActivityEvent.hash(entry.low, entry.high, entry.length)) & mask
      while places[place].code >= 0 { place = (place + 1) & mask }
      places[place] = entry
    }
    old.deallocate()
  }

  private static func table(_ count: Int) -> UnsafeMutableBufferPointer<Place> {
    let table = UnsafeMutableBufferPointer<Place>.allocate(capacity: count)
    table.initialize(repeating: Place(low: 0, high: 0, code: -1, length: 0))
    return table
  }
}
