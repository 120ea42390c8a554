/// Spends alpha under the null and beta under a drift, look by look; the buffers serve one drift after another.
struct ErrorSpendingWalk {
  let fractions: [Double]
  /// Whether the last look ends the test, so that its lower bound is its upper one.
  let closes: Bool
  private(set) var upper: [Double] = []
  private(set) var lower: [Double] = []
  /// P(no rejection) under the drift.
  private(set) var missed = 0.0
  private var null = ScoreRecursion()
  private var under = ScoreRecursion()

  init(fractions: [Double], closes: Bool) {
    self.fractions = fractions
    self.closes = closes
  }

  /// - Parameters:
  ///   - upper: z bounds that do not depend on the futility bounds; nil to spend `alphaSpent` with binding futility.
  ///   - alphaSpent, betaSpent: cumulative.
  mutating func take(
    drift: Double, upper fixed: [Double]?, alphaSpent: [Double], betaSpent: [Double]
  ) {
    null.restart(drift: 0)
    under.restart(drift: drift)
    upper.removeAll(keepingCapacity: true)
    lower.removeAll(keepingCapacity: true)
    missed = 0
    for (k, t) in fractions.enumerated() {
      let (root, isLast) = (t.squareRoot(), k + 1 == fractions.count)
      let high: Double
      if let fixed {
        high = fixed[k] * root
      } else {
        high = null.upperScore(spending: alphaSpent[k] - (k == 0 ? 0 : alphaSpent[k - 1]), at: t)
      }
      let wanted = under.lowerScore(spending: betaSpent[k] - (k == 0 ? 0 : betaSpent[k - 1]), at: t)
      let low = isLast && closes ? high : min(wanted, high)
      upper.append(high / root)
      lower.append(low / root)
      if low > -.infinity { missed += under.lowerTail(low, at: t) }
      guard !isLast else { break }
      under.advance(between: low, high, at: t, next: fractions[k + 1])
      if fixed == nil { null.advance(between: low, high, at: t, next: fractions[k + 1]) }
    }
  }
}
