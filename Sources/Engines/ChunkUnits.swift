import Tables

/// What is kept of a chunk's unit ids to find one that comes twice.
///
/// Ids that ascend, as in an export ordered by its key, are all different: of a block of them the first and the last are
/// enough. Of others a hash is kept.
struct ChunkUnits: Sendable {
  /// The first id, and the last one that is in order.
  private(set) var first: [UInt8] = []
  private(set) var last: [UInt8] = []
  /// All ids so far ascend.
  private(set) var areAscending: Bool
  /// Of ids that ascend there are no hashes.
  private(set) var lackHashes = false
  private(set) var hashes: [UInt64] = []
  private let alwaysHashes: Bool

  /// - Parameter alwaysHashes: where rows may be left out, so that the ids cannot be read again without them.
  init(alwaysHashes: Bool) {
    self.alwaysHashes = alwaysHashes
    areAscending = !alwaysHashes
  }

  /// How far the ids are taken.
  struct Mark {
    fileprivate let first, last: [UInt8]
    fileprivate let areAscending, lackHashes: Bool
    fileprivate let count: Int
  }

  var mark: Mark {
    Mark(first: first, last: last, areAscending: areAscending, lackHashes: lackHashes, count: hashes.count)
  }

  mutating func remove(to mark: Mark) {
    (first, last, areAscending, lackHashes) = (mark.first, mark.last, mark.areAscending, mark.lackHashes)
    hashes.removeLast(max(0, hashes.count - mark.count))
  }

  mutating func clear() {
    (first, last) = ([], [])
    (areAscending, lackHashes) = (!alwaysHashes, false)
    hashes.removeAll(keepingCapacity: true)
  }

  /// - Parameter field: not empty.
  mutating func append(_ field: Field) {
    areAscending = areAscending && last.withUnsafeBufferPointer { Self.precedes($0, field.bytes) }
    if areAscending {
      if first.isEmpty { first = Array(field.bytes) }
      last.removeAll(keepingCapacity: true)
      last.append(contentsOf: field.bytes)
    }
    hashes.append(ByteHash.hash(field.bytes))
  }

  /// - Returns: false, with some taken, if one is empty.
  mutating func append(_ block: FieldBlock, _ slot: Int) -> Bool {
    guard block.rows > 0 else { return true }
    if areAscending {
      var latest = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      let areInOrder = last.withUnsafeBufferPointer { last in
        latest = last
        return block.ascends(slot, from: &latest)
      }
      if areInOrder {
        if first.isEmpty { first = Array(block.field(0, slot).bytes) }
        last = Array(latest)
        lackHashes = true
        return true
      }
      areAscending = false
    }
    return hashes.grow(by: block.rows, 0) { block.hashes(slot, into: $0) }
  }

  /// Shorter, or as long and earlier in the order of bytes.
  static func precedes(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
    a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
  }
}
