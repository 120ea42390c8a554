/// Sorting of many numbers by radix: linear, several times faster than a comparison sort from some thousands on.
enum SortedTimes {
  /// Numbers that are at least 0, ascending: their bit patterns are in the same order.
  static func ascending(_ values: [Double]) -> [Double] {
    ascending(values.map { ($0 + 0).bitPattern }).map(Double.init(bitPattern:))
  }

  /// Least significant digit first, 11 bits a pass; digits that all keys share are passed over.
  static func ascending(_ keys: [UInt64]) -> [UInt64] {
    guard keys.count > 2_000 else { return keys.sorted() }
    var (all, any): (UInt64, UInt64) = (.max, 0)
    for key in keys {
      all &= key
      any |= key
    }
    let differing = all ^ any
    var source = keys
    var target = [UInt64](repeating: 0, count: keys.count)
    for shift in stride(from: UInt64(0), to: 64, by: 11) where (differing &>> shift) & 0x7FF != 0 {
      var starts = [Int](repeating: 0, count: 2049)
      for key in source { starts[Int((key &>> shift) & 0x7FF) &+ 1] &+= 1 }
      for digit in 1..<2049 { starts[digit] &+= starts[digit &- 1] }
      source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          starts.withUnsafeMutableBufferPointer { starts in
            for key in source {
              let digit = Int((key &>> shift) & 0x7FF)
              target[starts[digit]] = key
              starts[digit] &+= 1
            }
          }
        }
      }
      swap(&source, &target)
    }
    return source
  }
}
