/// Sorts 64-bit keys by their digits, six passes of 11 bits; passes in which all keys have the same digit are skipped, so that whole
/// numbers of days take two or three.
///
/// - Source: Knuth, D. E. (1998), The Art of Computer Programming 3, section 5.2.5, algorithm R.
enum RadixSort {
  private static let bits = 11
  private static let buckets = 1 << bits
  private static let passes = 6

  static func ascending(_ keys: inout [UInt64]) {
    guard keys.count > 4 * buckets else { return keys.sort() }
    var counts = [Int](repeating: 0, count: passes * buckets)
    counts.withUnsafeMutableBufferPointer { counts in
      for key in keys { for pass in 0..<passes { counts[pass * buckets + digit(key, pass)] += 1 } }
    }
    var other = [UInt64](repeating: 0, count: keys.count)
    for pass in 0..<passes {
      var places = Array(counts[pass * buckets..<(pass + 1) * buckets])
      if places.contains(keys.count) { continue }
      var sum = 0
      for bucket in 0..<buckets { (places[bucket], sum) = (sum, sum + places[bucket]) }
      keys.withUnsafeBufferPointer { source in
        other.withUnsafeMutableBufferPointer { target in
          places.withUnsafeMutableBufferPointer { places in
            for key in source {
              let bucket = digit(key, pass)
              target[places[bucket]] = key
              places[bucket] += 1
            }
          }
        }
      }
      swap(&keys, &other)
    }
  }

  @inline(__always)
  private static func digit(_ key: UInt64, _ pass: Int) -> Int {
    Int(truncatingIfNeeded: (key &>> UInt64(pass * bits)) & UInt64(buckets - 1))
  }
}
