/// Counts distinct words: exactly below `size`, beyond it by the size of the smallest hashes.
///
/// Source: Bar-Yossef, Jayram, Kumar, Sivakumar, Trevisan, "Counting distinct elements in a data stream" (2002), algorithm
/// 2: with the k smallest of n uniform numbers in (0, 1), (k - 1) / largest estimates n with relative error 1/√(k - 2).
/// Merging two sketches gives that of all their words, whatever the order.
struct DistinctSketch: Sendable {
  static let size = 4096
  private var hashes: Set<UInt64> = []
  /// Hashes from here on are not kept.
  private(set) var limit = UInt64.max
  /// Hashes that came last, by their low bits: most columns have few words again and again. The highest of all is never kept.
  private var recent = none

  private static let recentPlaces = 64
  private static let none = [UInt64](repeating: .max, count: recentPlaces)

  @inline(__always)
  mutating func insert(_ hash: UInt64) {
    let place = Int(truncatingIfNeeded: hash & UInt64(Self.recentPlaces - 1))
    guard hash < limit, recent[place] != hash else { return }
    recent[place] = hash
    keep(hash)
  }

  private mutating func keep(_ hash: UInt64) {
    guard hashes.insert(hash).inserted, hashes.count >= 2 * Self.size else { return }
    shrink()
  }

  mutating func merge(_ other: DistinctSketch) {
    if other.limit < limit {
      limit = other.limit
      hashes = hashes.filter { $0 < limit }
    }
    for hash in other.hashes where hash < limit { keep(hash) }
  }

  /// Forgets its words but not that `size` of them are below a limit, for more words of the same column.
  ///
  /// - Parameter limit: of a sketch that this one was merged into.
  mutating func clear(limit: UInt64) {
    hashes.removeAll(keepingCapacity: true)
    recent = Self.none
    self.limit = min(self.limit, limit)
  }

  private mutating func shrink() {
    let kept = hashes.sorted().prefix(Self.size)
    limit = kept.last ?? limit
    hashes = Set(kept.dropLast())
  }

  /// The number of distinct words, and whether it is exact.
  var count: (value: Int, isExact: Bool) {
    if limit == .max, hashes.count < Self.size { return (hashes.count, true) }
    let smallest = hashes.sorted().prefix(Self.size - 1)
    guard let last = smallest.last, last > 0 else { return (hashes.count, true) }
    return (Int((Double(smallest.count - 1) / (Double(last) / 0x1p64)).rounded()), false)
  }
}
