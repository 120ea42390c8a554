import CScan
import Foundation

/// Gives each distinct id a small number, in the order of first appearance, and finds it again among millions.
///
/// Open addressing, 16 bytes a place, ids copied beside: one look-up costs two misses of the cache, and `prefetch` hides
/// the first. Ids are equal if their bytes are; a hash alone decides nothing. One thread fills it; then any may look up.
package final class UnitIndex: @unchecked Sendable {
  private struct Place {
    var hash: UInt64
    /// -1 is free.
    var code: Int32
    var length: UInt32
  }
  private var places: UnsafeMutableBufferPointer<Place>
  private var starts: [Int] = []
  private var bytes: UnsafeMutableRawBufferPointer
  private var used = 0

  package init(expected: Int = 1 << 12) {
    places = Self.table(max(64, (expected * 2).nextPowerOfTwo))
    bytes = .allocate(byteCount: 1 << 16, alignment: 16)
  }

  deinit {
    places.deallocate()
    bytes.deallocate()
  }

  package var count: Int { starts.count }

  @inline(__always)
  package func prefetch(_ hash: UInt64) {
    cscan_prefetch(places.baseAddress! + (Int(truncatingIfNeeded: hash) & (places.count &- 1)))
  }

  /// The id's number, or -1.
  @inline(__always)
  package func code(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    Int(places[place(of: id, hash)].code)
  }

  /// The id's number, a new one if need be.
  package func insert(_ id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let place = place(of: id, hash)
    if places[place].code >= 0 { return Int(places[place].code) }
    let code = starts.count
    places[place] = Place(
      hash: hash, code: Int32(truncatingIfNeeded: code), length: UInt32(truncatingIfNeeded: id.count))
    append(id)
    if starts.count * 2 > places.count { grow() }
    return code
  }

  @inline(__always)
  private func place(of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    let mask = places.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let found = places[place]
      if found.code < 0 { return place }
      if found.hash == hash, Int(found.length) == id.count, equals(Int(found.code), id) { return place }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private func equals(_ code: Int, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = id.baseAddress else { return true }
    return memcmp(bytes.baseAddress! + starts[code], address, id.count) == 0
  }

  private func append(_ id: UnsafeBufferPointer<UInt8>) {
    if used + id.count > bytes.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(bytes.count * 2, used + id.count), alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
      bytes.deallocate()
      bytes = larger
    }
    starts.append(used)
    if let address = id.baseAddress { memcpy(bytes.baseAddress! + used, address, id.count) }
    used += id.count
  }

  private func grow() {
    let old = places
    places = Self.table(old.count * 2)
    let mask = places.count - 1
    for entry in old where entry.code >= 0 {
      var place = Int(truncatingIfNeeded: entry.hash) & mask
      while places[place].code >= 0 { place = (place + 1) & mask }
      places[place] = entry
    }
    old.deallocate()
  }

  private static func table(_ count: Int) -> UnsafeMutableBufferPointer<Place> {
    let table = UnsafeMutableBufferPointer<Place>.allocate(capacity: count)
    table.initialize(repeating: Place(hash: 0, code: -1, length: 0))
    return table
  }
}

extension Int {
  fileprivate var nextPowerOfTwo: Int {
    var power = 1
    while power < self { power *= 2 }
    return power
  }
}
