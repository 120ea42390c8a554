/// Sample quantiles, Hyndman and Fan's types.
///
/// - Source: Hyndman, R. J. and Fan, Y. (1996), "Sample quantiles in statistical packages", American Statistician 50.
/// - Checked against: R `quantile`, Datasets/References/quantile-interval.json and quantiles.json.
public enum SampleQuantile {
  /// Type 1: the smallest value whose share of values up to it reaches p.
  ///
  /// - Parameters:
  ///   - sorted: ascending, not empty.
  ///   - p: in [0, 1]; NaN comes of others.
  public static func type1(_ sorted: [Double], _ p: Double) -> Double {
    guard !sorted.isEmpty, p >= 0, p <= 1 else { return .nan }
    return sorted[rank(sorted.count, p) - 1]
  }

  /// Type 7: linear between order statistics, the default of R and numpy.
  ///
  /// - Parameters:
  ///   - sorted: ascending, not empty.
  ///   - p: in [0, 1]; NaN comes of others.
  public static func type7(_ sorted: [Double], _ p: Double) -> Double { type7(OrderedValues(sorted), p) }

  static func type7(_ values: OrderedValues, _ p: Double) -> Double {
    guard values.count > 0, p >= 0, p <= 1 else { return .nan }
    let place = Double(values.count - 1) * p
    let index = Int(place)
    let low = values[index + 1]
    let share = place - Double(index)
    return share == 0 || index + 1 == values.count ? low : low + share * (values[index + 2] - low)
  }

  /// ⌈n p⌉, at least 1. A product that is whole but for rounding counts as whole: 0.07 · 100 is rank 7.
  private static func rank(_ n: Int, _ p: Double) -> Int {
    let place = Double(n) * p
    let whole = place.rounded()
    let up = abs(place - whole) <= 4 * place.ulp ? whole : place.rounded(.up)
    return min(n, max(1, Int(up)))
  }

  /// Several quantiles of values in any order, in one pass of selections: nothing is sorted that no quantile needs.
  ///
  /// - Parameters:
  ///   - values: not empty, none NaN.
  ///   - probabilities: each in [0, 1]; NaN comes of others.
  /// - Returns: type 7, in the order of `probabilities`.
  public static func type7(of values: [Double], at probabilities: [Double]) -> [Double] {
    guard let last = values.indices.last else { return probabilities.map { _ in .nan } }
    var values = values
    var needed: Set<Int> = []
    for p in probabilities where p >= 0 && p <= 1 {
      let index = min(last, max(0, Int(Double(last) * p)))
      needed.formUnion([index, min(last, index + 1)])
    }
    OrderStatistics.place(needed.sorted(), in: &values)
    return probabilities.map { p in
      guard p >= 0, p <= 1 else { return .nan }
      let place = Double(last) * p
      let index = min(last, max(0, Int(place)))
      let share = place - Double(index)
      return share == 0 || index == last
        ? values[index] : values[index] + share * (values[index + 1] - values[index])
    }
  }
}
