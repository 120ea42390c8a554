/// Puts wanted order statistics where a sort would put them, without sorting the rest.
///
/// - Source: Hoare, C. A. R. (1961), "Algorithm 65: find", Communications of the ACM 4, for several places at once; the
///   pivot is the middle of a sample, and a part that does not shrink is sorted, so that no input takes quadratic time.
package enum OrderStatistics {
  /// - Parameters:
  ///   - places: indices, ascending.
  ///   - values: none NaN; afterwards `values[place]` is the order statistic, smaller ones before it, larger ones after.
  package static func place(_ places: [Int], in values: inout [Double]) {
    let count = values.count
    let inside = places.filter { $0 >= 0 && $0 < count }
    values.withUnsafeMutableBufferPointer { select(inside[...], $0, 0, count, budget: 2 * count.bitWidth) }
  }

  private static func select(
    _ places: ArraySlice<Int>, _ values: UnsafeMutableBufferPointer<Double>, _ start: Int, _ end: Int, budget: Int
  ) {
    guard !places.isEmpty, end - start > 1 else { return }
    if end - start <= 64 || budget == 0 {
      values[start..<end].sort()
      return
    }
    let (low, high) = partition(values, start, end)
    let left = places.prefix { $0 < low }
    let right = places.drop { $0 < high }
    select(left, values, start, low, budget: budget - 1)
    select(right, values, high, end, budget: budget - 1)
  }

  /// Three parts: below the pivot, equal to it (`low..<high`), above it.
  private static func partition(
    _ values: UnsafeMutableBufferPointer<Double>, _ start: Int, _ end: Int
  ) -> (low: Int, high: Int) {
    let pivot = middleOfNine(values, start, end)
    var (low, next, high) = (start, start, end)
    while next < high {
      let value = values[next]
      if value < pivot {
        values.swapAt(low, next)
        low += 1
        next += 1
      } else if value > pivot {
        high -= 1
        values.swapAt(next, high)
      } else {
        next += 1
      }
    }
    return (low, high)
  }

  private static func middleOfNine(
    _ values: UnsafeMutableBufferPointer<Double>, _ start: Int, _ end: Int
  ) -> Double {
    let step = (end - start) / 9
    func middle(_ i: Int) -> Double {
      let (a, b, c) = (values[start + i * step], values[start + (i + 1) * step], values[start + (i + 2) * step])
      return max(min(a, b), min(max(a, b), c))
    }
    let (a, b, c) = (middle(0), middle(3), middle(6))
    return max(min(a, b), min(max(a, b), c))
  }
}
