import Foundation
import LinearAlgebra

/// The test that several survival curves are the same, with the weights S(t-)^rho of Fleming and Harrington.
///
/// - Source: Harrington, D. P. and Fleming, T. R. (1982), Biometrika 69, 553-566; rho 0 is the log-rank test of Mantel (1966),
///   rho 1 the Peto-Peto-Prentice form of the Wilcoxon test.
/// - Checked against: R survival 3.5-3 `survdiff`, Datasets/References/survival.json.
public struct LogRank: Sendable, Hashable {
  /// Weighted, by group.
  public let observed: [Double]
  public let expected: [Double]
  public let statistic: Double
  public let degreesOfFreedom: Int
  public var pValue: Double {
    // The degrees are at least 1 by construction.
    guard let law = try? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)) else { return .nan }
    return law.survival(statistic)
  }

  /// - Parameters:
  ///   - group: 0..<groups by unit; every group must have units.
  ///   - strata: label by unit; the comparison is made within strata and summed.
  /// - Throws: `DomainError` on fewer than two groups, an empty group, or no event at a time at which groups are mixed.
  public init(
    time: [Double], event: [Bool], group: [Int], groups: Int, strata: [Int]? = nil, rho: Double = 0
  ) throws(DomainError) {
    try Self.check(time, event, group, groups, strata)
    let members = Dictionary(grouping: time.indices) { strata?[$0] ?? 0 }
    var sums = Sums(groups: groups)
    for stratum in members.keys.sorted() {
      guard let units = members[stratum] else { continue }
      sums.add(units.sorted { time[$0] < time[$1] }, time, event, group, rho: rho)
    }
    observed = sums.observed
    expected = sums.expected
    (statistic, degreesOfFreedom) = try Self.chiSquare(sums)
  }

  private static func check(
    _ time: [Double], _ event: [Bool], _ group: [Int], _ groups: Int, _ strata: [Int]?
  ) throws(DomainError) {
    guard groups >= 2 else { throw DomainError("groups", Double(groups), "must be at least 2") }
    for count in [event.count, group.count, strata?.count ?? time.count] where count != time.count {
      throw DomainError("number of entries", Double(count), "must be the number of times, \(time.count)")
    }
    for t in time where !(t >= 0 && t.isFinite) {
      throw DomainError("survival time", t, "must be finite and at least 0")
    }
    var sizes = [Int](repeating: 0, count: groups)
    for index in group {
      guard sizes.indices.contains(index) else { throw DomainError("group", Double(index), "must be in 0..<\(groups)") }
      sizes[index] += 1
    }
    guard let least = sizes.min(), least > 0 else { throw DomainError("units in a group", 0, "must be at least 1") }
  }

  private struct Sums {
    var observed: [Double]
    var expected: [Double]
    /// Hypergeometric covariance of observed - expected, groups x groups.
    var covariance: [[Double]]

    init(groups: Int) {
      observed = [Double](repeating: 0, count: groups)
      expected = observed
      covariance = [[Double]](repeating: observed, count: groups)
    }

    /// Adds a stratum; `units` ascending in time.
    mutating func add(_ units: [Int], _ time: [Double], _ event: [Bool], _ group: [Int], rho: Double) {
      var atRisk = [Double](repeating: 0, count: observed.count)
      for unit in units { atRisk[group[unit]] += 1 }
      var (next, survival) = (0, 1.0)
      while next < units.count {
        var died = [Double](repeating: 0, count: observed.count)
        var left = died
        let now = time[units[next]]
        while next < units.count, time[units[next]] == now {
          left[group[units[next]]] += 1
          if event[units[next]] { died[group[units[next]]] += 1 }
          next += 1
        }
        let (n, d) = (atRisk.reduce(0, +), died.reduce(0, +))
        if d > 0 {
          addTime(died, atRisk, n, d, weight: rho == 0 ? 1 : pow(survival, rho))
          survival *= (n - d) / n
        }
        for i in atRisk.indices { atRisk[i] -= left[i] }
      }
    }

    private mutating func addTime(_ died: [Double], _ atRisk: [Double], _ n: Double, _ d: Double, weight: Double) {
      let factor = n > 1 ? weight * weight * d * (n - d) / (n - 1) : 0
      for i in atRisk.indices {
        observed[i] += weight * died[i]
        expected[i] += weight * d * atRisk[i] / n
        for j in atRisk.indices {
          covariance[i][j] += factor * atRisk[i] / n * ((i == j ? 1 : 0) - atRisk[j] / n)
        }
      }
    }
  }

  /// The quadratic form of observed - expected without the last group that has a variance.
  private static func chiSquare(_ sums: Sums) throws(DomainError) -> (Double, Int) {
    let informative = sums.expected.indices.filter { sums.covariance[$0][$0] > 0 }
    guard informative.count >= 2 else {
      throw DomainError("events while several groups are at risk", 0, "must be at least 1")
    }
    let kept = informative.dropLast()
    let difference = kept.map { sums.observed[$0] - sums.expected[$0] }
    do {
      let matrix = try Matrix(rows: kept.map { i in kept.map { j in sums.covariance[i][j] } })
      let solved = try Cholesky(matrix).solve(difference)
      return (zip(difference, solved).reduce(0) { $0 + $1.0 * $1.1 }, kept.count)
    } catch {
      throw DomainError(
        "covariance of the log-rank scores", .nan, "is singular; the groups are hardly ever at risk together")
    }
  }
}
