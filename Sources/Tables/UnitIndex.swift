import CScan
import Foundation

/// Gives each distinct id a small number, in the order of first appearance, and finds it again among millions.
///
/// Open addressing; ids are copied beside. A look-up costs two misses of the cache, one for the place and one for the id's
/// bytes, and both can be asked for beforehand: `prefetch`, then `prefetchBytes`, then `place`. Ids are equal if their bytes
/// are; a hash alone decides nothing. One thread fills it; then any may look up.
package final class UnitIndex: @unchecked Sendable {
  /// 32 bytes: two in a line of the cache.
  package struct Place {
    var hash: UInt64 = 0
    var start = 0
    /// Whatever belongs to the id and is wanted with its number.
    package var value: Int64 = 0
    var length: UInt32 = 0
    /// -1 is free.
    package var code: Int32 = -1
  }
  private var places: LargeMemory<Place>
  private var bytes: LargeMemory<UInt8>
  private var used = 0
  package private(set) var count = 0

  /// - Parameter expected: ids; more may come.
  package init(expected: Int = 1 << 12) {
    places = Self.table(max(64, expected * 2))
    bytes = LargeMemory(1 << 16, 0)
  }

  @inline(__always)
  package func prefetch(_ hash: UInt64) {
    cscan_prefetch(places.base + (Int(truncatingIfNeeded: hash) & (places.count &- 1)))
  }

  @inline(__always)
  package func prefetchBytes(_ hash: UInt64) {
    let place = places.base[Int(truncatingIfNeeded: hash) & (places.count &- 1)]
    cscan_prefetch(bytes.base + place.start)
  }

  /// What is known of an id; its code is -1 if nothing is.
  @inline(__always)
  package func place(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Place { places.base[index(of: id, hash)] }

  /// The id's number, a new one if need be.
  @inline(__always)
  package func insert(_ id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let index = index(of: id, hash)
    if places.base[index].code >= 0 { return Int(places.base[index].code) }
    places.base[index] = Place(
      hash: hash, start: used, length: UInt32(truncatingIfNeeded: id.count), code: Int32(truncatingIfNeeded: count))
    append(id)
    count += 1
    if count * 2 > places.count { grow() }
    return count - 1
  }

  /// Puts a value beside each id, by its number.
  package func setValues(_ value: (Int) -> Int64) {
    for index in 0..<places.count where places.base[index].code >= 0 {
      places.base[index].value = value(Int(places.base[index].code))
    }
  }

  @inline(__always)
  private func index(of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    let mask = places.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let place = places.base + index
      if place.pointee.code < 0 { return index }
      if place.pointee.hash == hash, Int(place.pointee.length) == id.count, equals(place.pointee.start, id) {
        return index
      }
      index = (index &+ 1) & mask
    }
  }

  @inline(__always)
  private func equals(_ start: Int, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = id.baseAddress else { return true }
    return cscan_equal(bytes.base + start, address, id.count) != 0
  }

  private func append(_ id: UnsafeBufferPointer<UInt8>) {
    if used + id.count > bytes.count {
      let larger = LargeMemory<UInt8>(max(bytes.count * 2, used + id.count), 0)
      memcpy(larger.base, bytes.base, used)
      bytes = larger
    }
    if let address = id.baseAddress { memcpy(bytes.base + used, address, id.count) }
    used += id.count
  }

  private func grow() {
    let old = places
    places = Self.table(old.count * 2)
    let mask = places.count - 1
    for number in 0..<old.count where old.base[number].code >= 0 {
      var index = Int(truncatingIfNeeded: old.base[number].hash) & mask
      while places.base[index].code >= 0 { index = (index + 1) & mask }
      places.base[index] = old.base[number]
    }
  }

  private static func table(_ least: Int) -> LargeMemory<Place> {
    var count = 64
    while count < least { count *= 2 }
    return LargeMemory(count, Place())
  }
}

/// Memory in large pages where the system has them: places all over it are reached without walks through page tables.
package final class LargeMemory<Element>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>
  package let count: Int
  private let raw: UnsafeMutableRawPointer
  private static var page: Int { 2 << 20 }

  /// - Parameter value: a trivial value that every element gets.
  package init(_ count: Int, _ value: Element) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    let isLarge = bytes >= Self.page
    raw = .allocate(byteCount: bytes, alignment: isLarge ? Self.page : 64)
    #if os(Linux)
      if isLarge { madvise(raw, bytes, 14) }  // MADV_HUGEPAGE
    #endif
    base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
  }

  deinit { raw.deallocate() }
}
