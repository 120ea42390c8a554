import CScan
import Foundation

/// Gives each distinct id a small number, in the order of first appearance, and finds it again among millions.
///
/// Open addressing; ids are copied beside. A look-up costs two misses of the cache, one for the place and one for the id's
/// bytes; `places` asks for both beforehand, for many ids at once. Ids are equal if their bytes are; a hash alone decides
/// nothing. One thread fills it; then any may look up.
package final class UnitIndex: @unchecked Sendable {
  /// 32 bytes: two in a line of the cache.
  package struct Place {
    var hash: UInt64 = 0
    var start = 0
    /// The least value that came with the id.
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

  /// What is known of the ids of some rows of a block; where nothing is, the code is -1.
  ///
  /// - Parameters:
  ///   - slot: of the ids.
  ///   - found: room for one a row.
  package func places(
    of block: FieldBlock, _ slot: Int, rows: UnsafeBufferPointer<Int32>, into found: UnsafeMutablePointer<Place>
  ) {
    let (table, text, mask) = (places.base, bytes.base, places.count &- 1)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: rows.count + 1) { hashes in
      for index in 0..<rows.count {
        hashes[index] = ByteHash.hash(block.field(Int(rows[index]), slot).bytes)
        cscan_prefetch(table + (Int(truncatingIfNeeded: hashes[index]) & mask))
      }
      for hash in hashes[..<rows.count] {
        cscan_prefetch(text + table[Int(truncatingIfNeeded: hash) & mask].start)
      }
      for index in 0..<rows.count {
        let id = block.field(Int(rows[index]), slot).bytes
        found[index] = table[Self.index(of: id, hashes[index], table, text, mask)]
      }
    }
  }

  /// What is known of an id; its code is -1 if nothing is.
  @inline(__always)
  package func place(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Place { places.base[index(of: id, hash)] }

  /// The id's number, a new one if need be.
  ///
  /// - Parameter value: stays beside the id unless a lesser one does.
  package func insert(_ id: UnsafeBufferPointer<UInt8>, hash: UInt64, value: Int64 = 0) -> Int {
    let index = index(of: id, hash)
    if places.base[index].code >= 0 {
      places.base[index].value = min(places.base[index].value, value)
      return Int(places.base[index].code)
    }
    places.base[index] = Place(
      hash: hash, start: used, value: value, length: UInt32(truncatingIfNeeded: id.count),
      code: Int32(truncatingIfNeeded: count))
    append(id)
    count += 1
    if count * 2 > places.count { grow() }
    return count - 1
  }

  private func index(of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    Self.index(of: id, hash, places.base, bytes.base, places.count &- 1)
  }

  /// Where an id is in a table, or would be.
  @inline(__always)
  private static func index(
    of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ table: UnsafePointer<Place>, _ text: UnsafePointer<UInt8>,
    _ mask: Int
  ) -> Int {
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let place = table + index
      if place.pointee.code < 0 { return index }
      if place.pointee.hash == hash, Int(place.pointee.length) == id.count {
        guard let address = id.baseAddress else { return index }
        if cscan_equal(text + place.pointee.start, address, id.count) != 0 { return index }
      }
      index = (index &+ 1) & mask
    }
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
