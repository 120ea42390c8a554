import Foundation
import LinearAlgebra

/// The test that several survival curves are the same, each time weighted by where a difference is looked for.
///
/// - Source: Mantel, N. (1966), Cancer Chemotherapy Reports 50; the weights: Klein, J. P. and Moeschberger, M. L. (2003),
///   "Survival Analysis", section 7.3 and table 7.3.
/// - Checked against: R survival 3.5-3 `survdiff`, Datasets/References/survival.json; the other weights: lifelines 0.30.3.
public struct LogRank: Sendable, Hashable {
  /// The weight of a time; n units at risk, S the Kaplan-Meier curve of all groups (of the stratum) just before it.
  public enum Weighting: Sendable, Hashable {
    /// 1: the most powerful where hazards are proportional.
    case logRank
    /// n: early times; also called Wilcoxon or Breslow. Depends on the censoring.
    case gehan
    /// √n.
    case taroneWare
    /// Peto and Peto's own estimate of the curve at the time, Π (1 - d / (n + 1)).
    case peto
    /// S^rho (1 - S)^gamma: early differences by rho, late ones by gamma. Both at least 0.
    case flemingHarrington(rho: Double, gamma: Double)
  }

  /// Weighted, by group.
  public let observed: [Double]
  /// Events of each group under one hazard, weighted.
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
  ///   - entry: when the unit came under observation, below its time; nil: from the start.
  ///   - strata: label by unit; the comparison is made within strata and summed.
  /// - Throws: `DomainError` on fewer than two groups, an empty group, or no event at a time at which groups are mixed.
  public init(
    time: [Double], event: [Bool], group: [Int], groups: Int, entry: [Double]? = nil, strata: [Int]? = nil,
    weighting: Weighting = .logRank
  ) throws(DomainError) {
    try Self.check(time, event, group, groups, entry, strata)
    if case .flemingHarrington(let rho, let gamma) = weighting {
      for exponent in [rho, gamma] where !(exponent >= 0 && exponent.isFinite) {
        throw DomainError("exponent of the weights", exponent, "must be finite and at least 0")
      }
    }
    let members = Dictionary(grouping: time.indices) { strata?[$0] ?? 0 }
    var sums = Sums(groups: groups)
    for (_, units) in members.sorted(by: { $0.key < $1.key }) {
      let byEntry = entry.map { entry in units.sorted { entry[$0] < entry[$1] } }
      sums.add(
        Course(time: time, event: event, group: group, entry: entry, byEntry: byEntry),
        units.sorted { time[$0] < time[$1] }, weighting)
    }
    observed = sums.observed
    expected = sums.expected
    (statistic, degreesOfFreedom) = try Self.chiSquare(sums)
  }

  private static func check(
    _ time: [Double], _ event: [Bool], _ group: [Int], _ groups: Int, _ entry: [Double]?, _ strata: [Int]?
  ) throws(DomainError) {
    guard groups >= 2 else { throw DomainError("groups", Double(groups), "must be at least 2") }
    _ = try SurvivalData(time: time, event: event, entry: entry)
    for (name, count) in [("groups", group.count), ("strata", strata?.count ?? time.count)] where count != time.count {
      throw DomainError("number of \(name)", Double(count), "must be the number of times, \(time.count)")
    }
    var sizes = [Int](repeating: 0, count: groups)
    for index in group {
      guard sizes.indices.contains(index) else { throw DomainError("group", Double(index), "must be in 0..<\(groups)") }
      sizes[index] += 1
    }
    guard let least = sizes.min(), least > 0 else { throw DomainError("units in a group", 0, "must be at least 1") }
  }

  /// The units of a test, and those of one stratum by entry.
  private struct Course {
    let time: [Double]
    let event: [Bool]
    let group: [Int]
    let entry: [Double]?
    let byEntry: [Int]?
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
    mutating func add(_ course: Course, _ units: [Int], _ weighting: Weighting) {
      var atRisk = [Double](repeating: 0, count: observed.count)
      if course.entry == nil { for unit in units { atRisk[course.group[unit]] += 1 } }
      var (next, nextEntry) = (0, 0)
      var (survival, peto) = (1.0, 1.0)
      while next < units.count {
        var died = [Double](repeating: 0, count: observed.count)
        var left = died
        let now = course.time[units[next]]
        if let entry = course.entry, let byEntry = course.byEntry {
          while nextEntry < byEntry.count, entry[byEntry[nextEntry]] < now {
            atRisk[course.group[byEntry[nextEntry]]] += 1
            nextEntry += 1
          }
        }
        while next < units.count, course.time[units[next]] == now {
          let unit = units[next]
          left[course.group[unit]] += 1
          if course.event[unit] { died[course.group[unit]] += 1 }
          next += 1
        }
        let (n, d) = (atRisk.reduce(0, +), died.reduce(0, +))
        if d > 0 {
          peto *= 1 - d / (n + 1)
          addTime(died, atRisk, n, d, weight: weighting.weight(n, survival: survival, peto: peto))
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

extension LogRank.Weighting {
  fileprivate func weight(_ n: Double, survival: Double, peto: Double) -> Double {
    switch self {
    case .logRank: 1
    case .gehan: n
    case .taroneWare: n.squareRoot()
    case .peto: peto
    case .flemingHarrington(let rho, let gamma): pow(survival, rho) * pow(1 - survival, gamma)
    }
  }
}
