import Foundation

/// The beta-geometric/beta-binomial model of purchases at discrete opportunities (a fair each year, a mailing each month): while
/// alive a customer buys at each with an own Beta(alpha, beta) probability, and before each leaves for good with an own
/// Beta(gamma, delta) probability.
///
/// - Source: Fader, P. S., Hardie, B. G. S. and Shang, J. (2010), "Customer-base analysis in a discrete-time noncontractual
///   setting", Marketing Science 29, 1086-1108, eqs. 5, 7, 11, 13, 14. Their sums over B(gamma, delta + t) are taken term by term,
///   which has no pole at gamma = 1.
/// - Checked against: mpmath at 50 digits, Datasets/References/bg-bb.json; the paper's estimates for 11,104 donors.
public struct BGBB: Sendable, Hashable {
  public static let name = "bg-bb"
  /// In the order of the paper.
  public static let parameterNames = ["alpha", "beta", "gamma", "delta"]
  /// First shape of the purchase probability's beta law, > 0.
  public let alpha: Double
  /// Second shape of the purchase probability's beta law, > 0.
  public let beta: Double
  /// First shape of the death probability's beta law, > 0.
  public let gamma: Double
  /// Second shape of the death probability's beta law, > 0.
  public let delta: Double

  /// A customer's purchases at the opportunities after the first purchase.
  public struct Row: Sendable, Hashable {
    /// Opportunities taken, x.
    public var frequency: Int
    /// The last one taken, t_x, counted from 1; 0 if none was.
    public var recency: Int
    /// Opportunities there were, n.
    public var opportunities: Int

    /// - Throws: `DomainError` unless 0 <= frequency <= recency <= opportunities, with recency 0 only where frequency is.
    public init(frequency: Int, recency: Int, opportunities: Int) throws(DomainError) {
      guard (0...100_000).contains(opportunities) else {
        throw DomainError("opportunities", Double(opportunities), "must be from 0 to 100,000")
      }
      guard (0...opportunities).contains(recency) else {
        throw DomainError("recency", Double(recency), "must be from 0 to the number of opportunities, \(opportunities)")
      }
      guard (0...recency).contains(frequency), (frequency == 0) == (recency == 0) else {
        throw DomainError(
          "frequency", Double(frequency), "must be from 1 to the recency, \(recency), or 0 if that is 0")
      }
      (self.frequency, self.recency, self.opportunities) = (frequency, recency, opportunities)
    }
  }

  /// - Throws: `DomainError` unless all are positive and finite.
  public init(alpha: Double, beta: Double, gamma: Double, delta: Double) throws(DomainError) {
    try requirePositive([alpha, beta, gamma, delta], Self.parameterNames)
    (self.alpha, self.beta, self.gamma, self.delta) = (alpha, beta, gamma, delta)
  }

  // MARK: - History

  /// log-likelihood of one customer.
  public func logLikelihood(_ row: Row) -> Double { BGBBTerms(self, upTo: row.opportunities).logTotal(row) }

  /// P(alive at the opportunity after the last | history).
  public func probabilityAlive(_ row: Row) -> Double {
    let terms = BGBBTerms(self, upTo: row.opportunities + 1)
    return exp(
      terms.logBuying(row.frequency, of: row.opportunities) + terms.logStaying(row.opportunities + 1)
        - terms.logTotal(row))
  }

  // MARK: - Future

  /// E[purchases at the next `opportunities` | history].
  public func expectedPurchases(_ row: Row, opportunities: Int) -> Double {
    guard opportunities > 0 else { return 0 }
    return purchaseGivenAlive(row) * stays(after: row.opportunities).prefix(opportunities).reduce(0, +)
  }

  /// E[purchases of a new customer at the first `opportunities`].
  public func expectedPurchases(opportunities: Int) -> Double {
    guard opportunities > 0 else { return 0 }
    return alpha / (alpha + beta) * stays(after: 0).prefix(opportunities).reduce(0, +)
  }

  /// Discounted expected residual transactions: purchases still to come, the one at the j-th coming opportunity over
  /// (1 + discount)^j.
  ///
  /// - Throws: `DomainError` for a discount below a millionth, or one that is not finite.
  public func discountedPurchases(_ row: Row, discount: Double) throws(DomainError) -> Double {
    guard discount >= 1e-6, discount.isFinite else {
      throw DomainError("discount", discount, "must be at least 0.000001, and finite")
    }
    var (sum, factor) = (0.0, 1.0)
    for stay in stays(after: row.opportunities) {
      factor /= 1 + discount
      sum += factor * stay
      // The rest is below a geometric series with ratio 1 / (1 + discount).
      if factor * stay <= 1e-17 * sum * discount { break }
    }
    return purchaseGivenAlive(row) * sum
  }

  /// P(history, and a purchase at one more opportunity with the customer alive there) over P(history) and P(staying till n): what
  /// the sums over `stays(after: n)` are multiplied by.
  private func purchaseGivenAlive(_ row: Row) -> Double {
    let terms = BGBBTerms(self, upTo: row.opportunities + 1)
    return exp(
      terms.logBuying(row.frequency + 1, of: row.opportunities + 1) + terms.logStaying(row.opportunities)
        - terms.logTotal(row))
  }

  /// B(gamma, delta + n + j) / B(gamma, delta + n) for j = 1, 2, ...: the chances to stay for j more opportunities after n.
  private func stays(after n: Int) -> some Sequence<Double> {
    sequence(state: (stay: 1.0, place: Double(n))) { (state: inout (stay: Double, place: Double)) -> Double? in
      state.stay *= (delta + state.place) / (gamma + delta + state.place)
      state.place += 1
      return state.stay
    }
  }
}

/// Logarithms of the likelihood's factors, by running sums: Γ quotients of whole steps need no Γ.
struct BGBBTerms: Sendable {
  let takes: RisingFactorial
  let passes: RisingFactorial
  let offers: RisingFactorial
  let stays: RisingFactorial
  let chances: RisingFactorial
  let gamma: Double

  init(_ model: BGBB, upTo opportunities: Int) {
    let most = opportunities + 1
    takes = RisingFactorial(model.alpha, upTo: most)
    passes = RisingFactorial(model.beta, upTo: most)
    offers = RisingFactorial(model.alpha + model.beta, upTo: most)
    stays = RisingFactorial(model.delta, upTo: most)
    chances = RisingFactorial(model.gamma + model.delta, upTo: most)
    gamma = model.gamma
  }

  /// log B(alpha + x, beta + n - x) / B(alpha, beta): a series of n opportunities while alive, x of them taken.
  func logBuying(_ x: Int, of n: Int) -> Double { takes.log[x] + passes.log[n - x] - offers.log[n] }

  /// log B(gamma, delta + n) / B(gamma, delta): alive at opportunity n.
  func logStaying(_ n: Int) -> Double { stays.log[n] - chances.log[n] }

  /// log B(gamma + 1, delta + n) / B(gamma, delta): alive at opportunity n and gone before the next.
  func logLeaving(_ n: Int) -> Double { log(gamma) + stays.log[n] - chances.log[n + 1] }

  /// log-likelihood: gone after t_x, t_x + 1, ..., n - 1, or alive at n.
  func logTotal(_ row: BGBB.Row) -> Double {
    let parts = logParts(row)
    let most = parts.reduce(-.infinity, max)
    return most + log(parts.reduce(0) { $0 + exp($1 - most) })
  }

  func logParts(_ row: BGBB.Row) -> [Double] {
    (row.recency..<row.opportunities).map { logBuying(row.frequency, of: $0) + logLeaving($0) }
      + [logBuying(row.frequency, of: row.opportunities) + logStaying(row.opportunities)]
  }

  /// The gradient of `logTotal` in alpha, beta, gamma, delta: the parts' own, weighted by their shares.
  func gradient(_ row: BGBB.Row) -> SIMD4<Double> {
    let total = logTotal(row)
    var sum = SIMD4<Double>()
    for (place, part) in logParts(row).enumerated() {
      let (x, end) = (row.frequency, row.recency + place)
      let isAlive = end == row.opportunities
      let chance = chances.slope[isAlive ? end : end + 1]
      let slope = SIMD4(
        takes.slope[x] - offers.slope[end], passes.slope[end - x] - offers.slope[end],
        (isAlive ? 0 : 1 / gamma) - chance, stays.slope[end] - chance)
      sum += exp(part - total) * slope
    }
    return sum
  }
}
