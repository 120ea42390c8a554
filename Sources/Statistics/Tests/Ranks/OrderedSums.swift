/// The k-th smallest of all differences or sums of sorted values, without forming them.
///
/// The answer is bisected over the doubles in their order: at most 64 counts, each linear in the values.
/// - Source: the count by two pointers is that of Monahan, J. F. (1984), "Algorithm 616: fast computation of the
///   Hodges-Lehmann location estimator", ACM TOMS 10.
enum OrderedSums {
  /// The k-th smallest (from 1) of a[i] - b[j]; both sorted upwards.
  static func difference(_ k: Int, _ a: [Double], _ b: [Double]) -> Double {
    bisect(from: (a.first ?? 0) - (b.last ?? 0), to: (a.last ?? 0) - (b.first ?? 0), k) { limit in
      // Over growing a[i], the first j with a[i] - b[j] <= limit moves up.
      var (count, j) = (0, 0)
      for value in a {
        while j < b.count, value - b[j] > limit { j += 1 }
        count += b.count - j
      }
      return count
    }
  }

  /// The k-th smallest (from 1) of the Walsh averages (v[i] + v[j]) / 2, i <= j; sorted upwards.
  static func walshAverage(_ k: Int, _ v: [Double]) -> Double {
    bisect(from: v.first ?? 0, to: v.last ?? 0, k) { limit in
      var (count, j) = (0, v.count)
      for i in v.indices {
        while j > i, (v[i] + v[j - 1]) / 2 > limit { j -= 1 }
        if j <= i { break }
        count += j - i
      }
      return count
    }
  }

  private static func bisect(from low: Double, to high: Double, _ k: Int, count: (Double) -> Int) -> Double {
    var (low, high) = (place(low), place(high))
    while low < high {
      let middle = low + (high - low) / 2
      if count(double(at: middle)) >= k { high = middle } else { low = middle + 1 }
    }
    return double(at: low)
  }

  /// Doubles in their order as unsigned integers in theirs.
  private static func place(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  private static func double(at place: UInt64) -> Double {
    Double(bitPattern: place >> 63 == 1 ? place & ~(1 << 63) : ~place)
  }
}
