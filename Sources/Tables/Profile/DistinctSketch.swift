/// Counts distinct words: exactly below `size`, beyond it by the size of the smallest hashes.
///
/// Source: Bar-Yossef, Jayram, Kumar, Sivakumar, Trevisan, "Counting distinct elements in a data stream" (2002), algorithm
/// 2: with the k smallest of n uniform numbers in (0, 1), (k - 1) / largest estimates n with relative error 1/√(k - 2).
/// Merging two sketches gives that of all their words, whatever the order.
struct DistinctSketch: Sendable {
  static let size = 4096
  private var hashes: Set<UInt64> = []
  /// Hashes from here on are not kept.
  private var limit = UInt64.max

  @inline(__always)
  mutating func insert(_ hash: UInt64) {
    guard hash < limit, hashes.insert(hash).inserted, hashes.count >= 2 * Self.size else { return }
    shrink()
  }

  mutating func merge(_ other: DistinctSketch) {
    limit = min(limit, other.limit)
    hashes = hashes.filter { $0 < limit }
    for hash in other.hashes { insert(hash) }
    if hashes.count > Self.size { shrink() }
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
