import Foundation

/// Intervals for the mean of values in [0, 1] by betting against each candidate: those whose bettor has not grown rich.
///
/// For a candidate mean m, K⁺ = Π (1 + λ (x - m)) and K⁻ = Π (1 - λ (x - m)) are fair games; half of the larger one reaches
/// 1/alpha with probability at most alpha. Valid at every sample size at once, from the first value on, and usually far
/// narrower on small samples than the empirical-Bernstein sequence. The values are kept, because a bet's cap depends on the
/// candidate.
/// - Source: Waudby-Smith, I. and Ramdas, A. (2024), "Estimating means of bounded random variables by betting", Journal of
///   the Royal Statistical Society B 86, theorem 3 (hedged capital), eq. 24 to 26.
/// - Checked against: mpmath at 50 digits and confseq, Datasets/References/betting-confidence-sequence.json, always-valid.json.
public struct BettingConfidenceSequence: Sendable {
  /// Chance of ever missing the truth, at most.
  public let alpha: Double
  /// The share c of the largest bet that cannot lose everything: bets stay below c / m and c / (1 - m).
  public let truncation: Double
  private var state: PredictablePlugIn
  private var values: [Double] = []
  private var bets: [Double] = []

  /// - Parameter alpha: error rate over all sample sizes, both sides together.
  /// - Throws: `DomainError` unless alpha lies in (0, 1) and the truncation in (0, 1].
  public init(alpha: Double, truncation: Double = 0.5) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard truncation > 0, truncation <= 1 else { throw DomainError("truncation", truncation, "must be in (0, 1]") }
    self.alpha = alpha
    self.truncation = truncation
    state = PredictablePlugIn(alpha: alpha / 2)
  }

  /// Values in [0, 1], in the order in which they came.
  public init(_ values: [Double], alpha: Double, truncation: Double = 0.5) throws(DomainError) {
    try self.init(alpha: alpha, truncation: truncation)
    try take(contentsOf: values)
  }

  /// Values that were taken.
  public var count: Int { values.count }

  /// - Throws: `DomainError` unless the value lies in [0, 1].
  public mutating func take(_ value: Double) throws(DomainError) {
    try take(contentsOf: CollectionOfOne(value))
  }

  /// Values in [0, 1] that came after the others.
  public mutating func take(contentsOf new: some Collection<Double>) throws(DomainError) {
    try requireUnitInterval(new, after: count)
    for value in new {
      values.append(value)
      bets.append(state.bet)
      state.take(value)
    }
  }

  /// log of the hedged capital against a candidate mean after each value: an e-process if the mean is `mean`.
  ///
  /// - Throws: `DomainError` unless 0 <= mean <= 1.
  public func logCapitals(against mean: Double) throws(DomainError) -> [Double] {
    guard mean >= 0, mean <= 1 else { throw DomainError("candidate mean", mean, "must be in [0, 1]") }
    var (up, down) = (0.0, 0.0)
    return values.indices.map { i in
      up += gain(i, mean)
      down += loss(i, mean)
      return max(up, down) - log(2)
    }
  }

  /// The means that are not rejected after the first `count` values (all by default).
  ///
  /// K⁺ falls and K⁻ rises with the candidate, so the limits are roots; by bisection to full precision, O(count) a step.
  public func interval(after count: Int? = nil) throws(DomainError) -> Interval {
    let n = count ?? values.count
    guard n >= 0, n <= values.count else {
      throw DomainError("values", Double(n), "must be at most those taken (\(values.count))")
    }
    let limit = log(2 / alpha)
    let lower = boundary { mean in (0..<n).reduce(0) { $0 + gain($1, mean) } - limit }
    let upper = boundary { mean in limit - (0..<n).reduce(0) { $0 + loss($1, mean) } }
    return Interval(lower.above, upper.below)
  }

  /// log of one factor of K⁺.
  private func gain(_ i: Int, _ mean: Double) -> Double {
    log1p(min(bets[i], truncation / mean) * (values[i] - mean))
  }

  /// log of one factor of K⁻.
  private func loss(_ i: Int, _ mean: Double) -> Double {
    log1p(-min(bets[i], truncation / (1 - mean)) * (values[i] - mean))
  }

  /// Neighbours in [0, 1] between which a falling function changes its sign; an end where it has one sign.
  private func boundary(_ function: (Double) -> Double) -> (below: Double, above: Double) {
    if !(function(0) > 0) { return (0, 0) }
    if !(function(1) <= 0) { return (1, 1) }
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high, high - low > 0x1p-60 else { return (low, high) }
      if function(middle) > 0 { low = middle } else { high = middle }
    }
  }
}
