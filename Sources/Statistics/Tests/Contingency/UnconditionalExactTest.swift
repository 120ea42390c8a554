import Foundation

/// An exact test of two proportions that does not condition on the number of successes: more powerful than Fisher's.
///
/// The p-value is the largest probability, over the success rate that both arms share under the null hypothesis, of a table
/// at least as extreme as the observed one. The maximum is found on a grid of rates and refined around its best points.
/// - Source: Barnard, G. A. (1945), "A new test for 2x2 tables", Nature 156; Boschloo, R. D. (1970), "Raised conditional level
///   of significance for the 2x2-table", Statistica Neerlandica 24. The two-sided p of Boschloo's test is twice the smaller
///   one-sided one.
/// - Checked against: scipy `barnard_exact` and `boschloo_exact`, Datasets/References/unconditional-exact.json.
public struct UnconditionalExactTest: Sendable, Hashable {
  /// By what tables are called more extreme.
  public enum Order: Sendable, Hashable {
    /// By the pooled z statistic.
    case barnard
    /// By Fisher's one-sided p-value.
    case boschloo
  }

  /// The most units that both arms may have together; beyond it the score test is as good.
  public static let largest = 2000

  /// The two arms.
  public let proportions: TwoProportions
  /// By what tables are called more extreme.
  public let order: Order

  /// - Throws: `DomainError` for more units than `largest`.
  public init(_ proportions: TwoProportions, order: Order = .barnard) throws(DomainError) {
    let units = proportions.treatmentTrials + proportions.controlTrials
    guard units <= Self.largest else {
      throw DomainError(
        "units of both arms", Double(units), "must be at most \(Self.largest) for an unconditional exact test")
    }
    self.proportions = proportions
    self.order = order
  }

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    switch (order, alternative) {
    case (.boschloo, .twoSided): min(1, 2 * min(pValue(.greater), pValue(.less)))
    case (.boschloo, _): largest(extreme { fisher($0, $1, alternative) }, smallest: true)
    case (.barnard, .twoSided): largest(extreme { abs(pooledZ($0, $1)) }, smallest: false)
    case (.barnard, .greater): largest(extreme { pooledZ($0, $1) }, smallest: false)
    case (.barnard, .less): largest(extreme { -pooledZ($0, $1) }, smallest: false)
    }
  }

  // MARK: - Order of the tables

  private func pooledZ(_ treated: Int, _ control: Int) -> Double {
    let (nt, nc) = (Double(proportions.treatmentTrials), Double(proportions.controlTrials))
    let gap = Double(treated) / nt - Double(control) / nc
    if gap == 0 { return 0 }
    let rate = Double(treated + control) / (nt + nc)
    return gap / (rate * (1 - rate) * (1 / nt + 1 / nc)).squareRoot()
  }

  private func fisher(_ treated: Int, _ control: Int, _ alternative: Alternative) -> Double {
    let law = ConditionalHypergeometric(
      treated: proportions.treatmentTrials, others: proportions.controlTrials, successes: treated + control)
    return law.logTail(treated, upwards: alternative == .greater)
  }

  private func extreme(_ statistic: (Int, Int) -> Double) -> [[Double]] {
    (0...proportions.treatmentTrials).map { treated in
      (0...proportions.controlTrials).map { statistic(treated, $0) }
    }
  }

  // MARK: - The largest probability

  /// - Parameter smallest: whether small statistics are extreme.
  private func largest(_ statistics: [[Double]], smallest: Bool) -> Double {
    let observed = statistics[proportions.treatmentSuccesses][proportions.controlSuccesses]
    // Equal but for rounding is as extreme.
    let slack = 1e-10 * max(1, abs(observed))
    let ranges = statistics.map { row in
      Self.runs(row.map { smallest ? $0 <= observed + slack : $0 >= observed - slack })
    }
    let steps = 1000
    func probability(_ rate: Double) -> Double { self.probability(of: ranges, rate: rate) }
    let grid = (0...steps).map { probability(Double($0) / Double(steps)) }
    let peaks = (0...steps).filter { i in
      (i == 0 || grid[i] >= grid[i - 1]) && (i == steps || grid[i] >= grid[i + 1])
    }
    let best = peaks.sorted { grid[$0] > grid[$1] }.prefix(5)
    return min(
      1,
      best.map { i in
        Self.maximum(
          of: probability, from: Double(max(0, i - 1)) / Double(steps), to: Double(min(steps, i + 1)) / Double(steps))
      }.max() ?? 1)
  }

  /// The runs of `true`, as half-open ranges.
  private static func runs(_ flags: [Bool]) -> [Range<Int>] {
    var (found, start): ([Range<Int>], Int?) = ([], nil)
    for (index, flag) in flags.enumerated() {
      if flag, start == nil { start = index }
      if !flag, let first = start {
        found.append(first..<index)
        start = nil
      }
    }
    if let start { found.append(start..<flags.count) }
    return found
  }

  private func probability(of ranges: [[Range<Int>]], rate: Double) -> Double {
    let control = Self.masses(proportions.controlTrials, rate)
    var below = [0.0]
    below.reserveCapacity(control.count + 1)
    for mass in control { below.append(below[below.count - 1] + mass) }
    return zip(Self.masses(proportions.treatmentTrials, rate), ranges).reduce(0) { sum, row in
      sum + row.0 * row.1.reduce(0) { $0 + below[$1.upperBound] - below[$1.lowerBound] }
    }
  }

  private static func masses(_ trials: Int, _ rate: Double) -> [Double] {
    guard let law = try? Binomial(trials: trials, probability: rate) else { return [] }
    return (0...trials).map { law.mass($0) }
  }

  /// The largest value of a function with one peak in an interval, by golden sections.
  private static func maximum(of value: (Double) -> Double, from start: Double, to end: Double) -> Double {
    let golden = 0.6180339887498949
    var (low, high) = (start, end)
    var (a, b) = (high - golden * (high - low), low + golden * (high - low))
    var (atA, atB) = (value(a), value(b))
    for _ in 0..<40 {
      if atA < atB {
        (low, a, atA) = (a, b, atB)
        b = low + golden * (high - low)
        atB = value(b)
      } else {
        (high, b, atB) = (b, a, atA)
        a = high - golden * (high - low)
        atA = value(a)
      }
    }
    return max(atA, atB, value(start), value(end))
  }
}
