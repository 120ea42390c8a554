/// Sorts 64-bit keys by their digits, six passes of 11 bits; passes in which all keys have the same digit are skipped, so that whole
/// numbers of days take two or three. Parts of the keys are counted and moved on all processors: a bucket's places are given
/// out part by part, so that the order is the same for any number of them.
///
/// - Source: Knuth, D. E. (1998), The Art of Computer Programming 3, section 5.2.5, algorithm R.
enum RadixSort {
  private static let bits = 11
  private static let buckets = 1 << bits
  private static let passes = 6
  private static let parts = 4

  static func ascending(_ keys: inout [UInt64]) {
    guard keys.count > 4 * buckets else { return keys.sort() }
    let first = keys[0]
    let differing = keys.reduce(0) { $0 | ($1 ^ first) }
    var other = [UInt64](repeating: 0, count: keys.count)
    for pass in 0..<passes where digit(differing, pass) != 0 {
      move(keys, to: &other, by: pass)
      swap(&keys, &other)
    }
  }

  /// One stable pass.
  private static func move(_ keys: [UInt64], to target: inout [UInt64], by pass: Int) {
    let (count, size) = (keys.count, (keys.count + parts - 1) / parts)
    @Sendable func rows(_ part: Int) -> Range<Int> { min(part * size, count)..<min((part + 1) * size, count) }
    var places = [Int](repeating: 0, count: parts * buckets)
    keys.withUnsafeBufferPointer { source in
      places.withUnsafeMutableBufferPointer { places in
        target.withUnsafeMutableBufferPointer { target in
          nonisolated(unsafe) let (source, places, target) = (source, places, target)
          inParallel(parts, threads: nil) { part in
            for row in rows(part) { places[part * buckets + digit(source[row], pass)] += 1 }
          }
          var sum = 0
          for bucket in 0..<buckets {
            for place in stride(from: bucket, to: parts * buckets, by: buckets) {
              (places[place], sum) = (sum, sum + places[place])
            }
          }
          inParallel(parts, threads: nil) { part in
            for row in rows(part) {
              let place = part * buckets + digit(source[row], pass)
              target[places[place]] = source[row]
              places[place] += 1
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func digit(_ key: UInt64, _ pass: Int) -> Int {
    Int(truncatingIfNeeded: (key &>> UInt64(pass * bits)) & UInt64(buckets - 1))
  }
}
