import Foundation

/// Wilcoxon's test that paired differences lie around 0.
///
/// Differences of 0 take no part. V is the sum of the ranks of |difference| over the positive ones.
/// - Source: Wilcoxon, F. (1945), Biometrics Bulletin 1; Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods,
///   sections 3.1 to 3.3.
/// - Checked against: R `wilcox.test(paired = TRUE)` and scipy, Datasets/References/rank-tests.json.
public struct SignedRankTest: Sendable, Hashable {
  public static let name = "Wilcoxon signed-rank test"

  /// How the p-value is found.
  public enum Method: Sendable, Hashable {
    /// Exact up to 50 differences, else normal with continuity correction.
    case automatic
    case exact
    case normal(continuity: Bool)
  }

  /// Sum of the ranks of positive differences.
  public let v: Double
  /// How the p-value is found.
  public let method: Method
  /// Sorted, without zeros.
  private let differences: [Double]
  private let ranks: Midranks

  /// - Throws: `DomainError` if a difference is NaN, all are 0, or an exact test is asked for more than 1,000.
  public init(differences all: [Double], method: Method = .automatic) throws(DomainError) {
    try requireValues(all, atLeast: 1, "the pairs' differences")
    let kept = all.filter { $0 != 0 }.sorted()
    guard !kept.isEmpty else { throw DomainError("differences that are not 0", 0, "must be at least 1") }
    if method == .exact, kept.count > 1000 {
      throw DomainError("differences", Double(kept.count), "must be at most 1000 for an exact rank test")
    }
    self.method = method == .automatic ? (kept.count <= 50 ? .exact : .normal(continuity: true)) : method
    differences = kept
    ranks = Midranks(kept.map(abs))
    v = Double(zip(kept, ranks.doubled).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }) / 2
  }

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    let n = Double(differences.count)
    let centre = n * (n + 1) / 4
    switch method {
    case .normal(let continuity):
      let deviation = (n * (n + 1) * (2 * n + 1) / 24 - ranks.tieSum / 48).squareRoot()
      let (gap, step) = (v - centre, continuity ? 0.5 : 0)
      switch alternative {
      case .twoSided: return min(1, 2 * Normal.standard.survival(max(0, abs(gap) - step) / deviation))
      case .greater: return Normal.standard.survival((gap - step) / deviation)
      case .less: return Normal.standard.survival((-gap - step) / deviation)
      }
    case .exact, .automatic:
      return SubsetSums.eachByHalf(ranks.doubled).enumerated().reduce(0) { total, entry in
        let value = Double(entry.offset) / 2
        let extreme =
          switch alternative {
          case .twoSided: abs(value - centre) > abs(v - centre) - 0.25
          case .greater: value > v - 0.25
          case .less: value < v + 0.25
          }
        return extreme ? total + entry.element : total
      }
    }
  }

  /// Hodges and Lehmann's pseudo-median: the median of the averages of all pairs of differences, each with itself too.
  public var pseudoMedian: Double {
    let count = differences.count * (differences.count + 1) / 2
    let low = OrderedSums.walshAverage((count + 1) / 2, differences)
    return count % 2 == 1 ? low : (low + OrderedSums.walshAverage(count / 2 + 1, differences)) / 2
  }
}
