import CScan
import Foundation

/// Gives each distinct id a small number, in the order of first appearance, and finds it again among millions.
///
/// Open addressing, one place after the other. Ids of at most 16 bytes lie in the table itself, longer ones beside it. A look-up
/// costs a miss of the cache for the place, and for a longer id one for its bytes; `places` asks for both beforehand, for many ids
/// at once. Ids are equal if their bytes are; a hash alone decides nothing. One thread fills it; then any may look up.
package final class UnitIndex: @unchecked Sendable {
  /// 32 bytes: two in a line of the cache.
  package struct Place {
    /// The bytes of a short id as of `ShortKey`; of a longer one the hash, and where its bytes begin.
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// The least value that came with the id.
    package var value: Int64 = 0
    var length: UInt32 = 0
    /// -1 is free.
    package var code: Int32 = -1

    var hash: UInt64 { length <= 16 ? ShortKey.hash(low, high, Int(length)) : low }
  }
  @exclusivity(unchecked) private var places: LargeMemory<Place>
  @exclusivity(unchecked) private var bytes: LargeMemory<UInt8>
  @exclusivity(unchecked) private var used = 0
  @exclusivity(unchecked) package private(set) var count = 0

  /// - Parameter expected: ids; more may come.
  package init(expected: Int = 1 << 12) {
    places = Self.table(expected)
    bytes = LargeMemory(1 << 16, 0)
  }

  /// The hash by which an id is found.
  @inline(__always)
  package static func hash(of id: UnsafeBufferPointer<UInt8>) -> UInt64 { ShortKey(id)?.hash ?? ByteHash.hash(id) }

  @inline(__always)
  package func prefetch(_ hash: UInt64) {
    cscan_prefetch(places.base + Self.first(hash, places.count))
  }

  /// What is known of the ids of some rows of a block; where nothing is, the code is -1.
  ///
  /// - Parameters:
  ///   - slot: of the ids.
  ///   - found: room for one a row.
  package func places(
    of block: FieldBlock, _ slot: Int, rows: UnsafeBufferPointer<Int32>, into found: UnsafeMutablePointer<Place>
  ) {
    let (table, text, room) = (places.base, bytes.base, places.count)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: rows.count + 1) { hashes in
      for index in 0..<rows.count {
        hashes[index] = Self.hash(of: block.field(Int(rows[index]), slot).bytes)
        cscan_prefetch(table + Self.first(hashes[index], room))
      }
      for hash in hashes[..<rows.count] {
        let place = table + Self.first(hash, room)
        if place.pointee.length > 16 { cscan_prefetch(text + Int(truncatingIfNeeded: place.pointee.high)) }
      }
      for index in 0..<rows.count {
        let id = block.field(Int(rows[index]), slot).bytes
        found[index] = table[Self.index(of: id, hashes[index], table, text, room)]
      }
    }
  }

  /// What is known of an id; its code is -1 if nothing is.
  ///
  /// - Parameter hash: `hash(of:)`.
  package func place(of id: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Place { places.base[index(of: id, hash)] }

  /// The id's number, a new one if need be.
  ///
  /// - Parameters:
  ///   - hash: `hash(of:)`, or for ids of more than 16 bytes another that is the same for all of them.
  ///   - value: stays beside the id unless a lesser one does.
  package func insert(_ id: UnsafeBufferPointer<UInt8>, hash: UInt64, value: Int64 = 0) -> Int {
    let place = places.base + index(of: id, hash)
    if place.pointee.code >= 0 {
      place.pointee.value = min(place.pointee.value, value)
      return Int(place.pointee.code)
    }
    let key = ShortKey(id)
    place.pointee = Place(
      low: key?.low ?? hash, high: key?.high ?? UInt64(used), value: value,
      length: UInt32(truncatingIfNeeded: id.count),
      code: Int32(truncatingIfNeeded: count))
    if key == nil { append(id) }
    count += 1
    // More than half: what was expected may have been some too few.
    if count * 8 > places.count * 5 { grow() }
    return count - 1
  }

  private func index(of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    Self.index(of: id, hash, places.base, bytes.base, places.count)
  }

  /// Where an id is in a table, or would be.
  @inline(__always)
  private static func index(
    of id: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ table: UnsafePointer<Place>, _ text: UnsafePointer<UInt8>,
    _ room: Int
  ) -> Int {
    var index = first(hash, room)
    let key = ShortKey(id)
    while true {
      let place = table + index
      if place.pointee.code < 0 { return index }
      if Int(place.pointee.length) == id.count {
        if let key {
          if place.pointee.low == key.low, place.pointee.high == key.high { return index }
        } else if place.pointee.low == hash, let address = id.baseAddress,
          cscan_equal(text + Int(truncatingIfNeeded: place.pointee.high), address, id.count) != 0
        {
          return index
        }
      }
      index = next(index, room)
    }
  }

  /// Where to look first: the hash as a share of the room, which may thus be of any size.
  @inline(__always)
  private static func first(_ hash: UInt64, _ room: Int) -> Int {
    Int(truncatingIfNeeded: ((hash &>> 32) &* UInt64(truncatingIfNeeded: room)) &>> 32)
  }

  @inline(__always)
  private static func next(_ index: Int, _ room: Int) -> Int { index &+ 1 == room ? 0 : index &+ 1 }

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
    places = Self.table(old.count)
    for number in 0..<old.count where old.base[number].code >= 0 {
      var index = Self.first(old.base[number].hash, places.count)
      while places.base[index].code >= 0 { index = Self.next(index, places.count) }
      places.base[index] = old.base[number]
    }
  }

  /// At most half is filled by those expected: events of units that are not there end their search soon.
  private static func table(_ expected: Int) -> LargeMemory<Place> {
    LargeMemory(min(max(64, 2 * expected), 1 << 32 - 1), Place())
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
    nonisolated(unsafe) let (start, value) = (base, value)
    let piece = max(Self.page / MemoryLayout<Element>.stride, 1) * 8
    DispatchQueue.concurrentPerform(iterations: (count + piece - 1) / piece) { index in
      (start + index * piece).initialize(repeating: value, count: min(piece, count - index * piece))
    }
  }

  deinit { raw.deallocate() }
}
