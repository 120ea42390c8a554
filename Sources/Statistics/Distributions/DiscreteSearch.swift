enum DiscreteSearch {
  /// The smallest element for which a monotone condition holds; the upper bound if it never does.
  static func smallest(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.lowerBound)
    var step = 1
    while high < range.upperBound, !holds(high) {
      low = high + 1
      high = min(range.upperBound, high + step)
      step *= 2
    }
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
