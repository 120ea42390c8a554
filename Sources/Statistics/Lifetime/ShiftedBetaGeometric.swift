import Foundation

/// The shifted beta-geometric model of a contract renewed period by period: each customer leaves at each renewal with an own
/// probability, Beta(alpha, beta) over customers.
///
/// - Source: Fader, P. S. and Hardie, B. G. S. (2007), "How to project customer retention", Journal of Interactive Marketing
///   21(1), 76-90, eqs. 5, 6; residual lifetime: (2010), "Customer-base valuation in a contractual setting", Marketing Science 29,
///   85-93, eq. 6.
/// - Checked against: mpmath at 50 digits, Datasets/References/shifted-beta-geometric.json.
public struct ShiftedBetaGeometric: Sendable, Hashable {
  public static let name = "shifted-beta-geometric"
  /// In the order of the paper.
  public static let parameterNames = ["alpha", "beta"]
  /// First shape of the churn probability's beta law, > 0.
  public let alpha: Double
  /// Second shape of the churn probability's beta law, > 0.
  public let beta: Double

  /// - Throws: `DomainError` unless both are positive and finite.
  public init(alpha: Double, beta: Double) throws(DomainError) {
    try requirePositive([alpha, beta], Self.parameterNames)
    (self.alpha, self.beta) = (alpha, beta)
  }

  /// Share of renewals at opportunity `period` >= 1 among those still there.
  public func retentionRate(period: Int) -> Double {
    let t = Double(max(1, period))
    return (beta + t - 1) / (alpha + beta + t - 1)
  }

  /// S(0), ..., S(periods): the share still there after each renewal opportunity.
  public func survival(periods: Int) -> [Double] {
    var curve = [1.0]
    for period in stride(from: 1, through: periods, by: 1) {
      curve.append(curve[period - 1] * retentionRate(period: period))
    }
    return curve
  }

  /// The sum over t >= renewals of S(t) / S(renewals - 1) / (1 + discount)^(t - renewals): discounted expected renewals still to
  /// come of a customer about to face renewal number `renewals` (1, 2, ...).
  ///
  /// - Throws: `DomainError` if renewals < 1, the discount is below 0, or the sum is infinite (discount 0 and alpha <= 1).
  public func discountedExpectedResidualLifetime(renewals: Int, discount: Double) throws(DomainError) -> Double {
    guard renewals >= 1 else { throw DomainError("renewals", Double(renewals), "must be at least 1") }
    guard discount >= 0, discount.isFinite else { throw DomainError("discount", discount, "must be at least 0") }
    if discount == 0 {
      guard alpha > 1 else {
        throw DomainError("alpha", alpha, "must be above 1 without a discount, or the lifetime has no finite mean")
      }
      return (beta + Double(renewals) - 1) / (alpha - 1)
    }
    let lifetime = discount < 1e-3 ? integral(renewals, discount) : series(renewals, discount)
    guard lifetime.isFinite else { throw DomainError("discount", discount, "leaves a lifetime that no double holds") }
    return lifetime
  }

  /// The definition, term by term; about 40 / discount of them.
  package func series(_ renewals: Int, _ discount: Double) -> Double {
    var (term, sum) = (1.0, 0.0)
    var stayed = beta + Double(renewals) - 1
    while true {
      term *= 1 / (1 + alpha / stayed)
      sum += term
      // The rest is below a geometric series with ratio 1 / (1 + discount).
      if term <= 1e-17 * sum * discount { return sum }
      term /= 1 + discount
      stayed += 1
    }
  }

  /// The same over the churn probability p of those who are left, Beta(alpha, beta + renewals - 1): each p has the geometric
  /// series (1 - p) (1 + discount) / (discount + p).
  package func integral(_ renewals: Int, _ discount: Double) -> Double {
    let stayed = beta + Double(renewals) - 1
    let law = ChurnLaw(a: alpha, b: stayed + 1)
    return (1 + discount) / (1 + alpha / stayed) * law.meanReciprocal(plus: discount)
  }

  /// The log-likelihood of cohorts, each `active[0]` customers of whom `active[t]` are left after t renewal opportunities.
  public func logLikelihood(_ cohorts: [[Int]]) -> Double { valueAndGradient(cohorts).value }

  fileprivate func valueAndGradient(_ cohorts: [[Int]]) -> (value: Double, gradient: [Double]) {
    let longest = cohorts.reduce(0) { max($0, $1.count) }
    let stays = RisingFactorial(beta, upTo: longest)
    let chances = RisingFactorial(alpha + beta, upTo: longest)
    var (value, dAlpha, dBeta) = (0.0, 0.0, 0.0)
    for active in cohorts where active.count > 1 {
      for t in 1..<active.count {
        // P(leave at t) = alpha · β(β+1)...(β+t-2) / ((α+β)...(α+β+t-1)).
        let lost = Double(active[t - 1] - active[t])
        value += lost * (log(alpha) + stays.log[t - 1] - chances.log[t])
        dAlpha += lost * (1 / alpha - chances.slope[t])
        dBeta += lost * (stays.slope[t - 1] - chances.slope[t])
      }
      let (end, left) = (active.count - 1, Double(active[active.count - 1]))
      value += left * (stays.log[end] - chances.log[end])
      dAlpha -= left * chances.slope[end]
      dBeta += left * (stays.slope[end] - chances.slope[end])
    }
    return (value, [alpha * dAlpha, beta * dBeta])
  }
}

/// A shifted beta-geometric model fitted to the survivors of one or more cohorts.
public struct ShiftedBetaGeometricFit: Sendable {
  /// At the maximum of the likelihood.
  public let model: ShiftedBetaGeometric
  /// Summed over customers, at the maximum.
  public let logLikelihood: Double
  /// Customers of all cohorts.
  public let customers: Int
  /// Of the start that won.
  public let iterations: Int
  /// Whether the gradient vanished.
  public let converged: Bool
  /// Covariance of the logarithms of alpha and beta; nil where the observed information is not positive definite.
  public let logCovariance: [[Double]]?

  /// - Parameter cohorts: survivors after 0, 1, 2, ... renewal opportunities, never rising.
  /// - Throws: `DomainError` if no cohort has two opportunities with a loss in between, or numbers rise or are negative.
  public init(_ cohorts: [[Int]]) throws(DomainError) {
    for active in cohorts {
      for (t, count) in active.enumerated() {
        guard count >= 0 else { throw DomainError("active customers", Double(count), "must be at least 0") }
        guard t == 0 || count <= active[t - 1] else {
          throw DomainError(
            "active customers", Double(count), "must not exceed those of the period before, \(active[t - 1])")
        }
      }
    }
    guard cohorts.contains(where: { $0.count >= 3 }) else {
      throw DomainError("renewal opportunities", Double((cohorts.map(\.count).max() ?? 1) - 1), "must be at least 2")
    }
    guard cohorts.contains(where: { ($0.first ?? 0) > ($0.last ?? 0) }) else {
      throw DomainError("customers lost", 0, "must be at least 1")
    }
    let objective: Maximizer.Objective = { point in
      guard let model = try? ShiftedBetaGeometric(alpha: exp(point[0]), beta: exp(point[1])) else {
        return (-.infinity, [0, 0])
      }
      return model.valueAndGradient(cohorts)
    }
    let starts: [[Double]] = [[1, 2], [0.5, 0.5], [3, 20]].map { $0.map { log($0) } }
    guard let optimum = Maximizer(objective: objective).maximize(from: starts) else {
      throw DomainError("likelihood", .nan, "is not finite at any starting point")
    }
    model = try ShiftedBetaGeometric(alpha: exp(optimum.logParameters[0]), beta: exp(optimum.logParameters[1]))
    logLikelihood = optimum.value
    customers = cohorts.reduce(0) { $0 + ($1.first ?? 0) }
    iterations = optimum.iterations
    converged = optimum.converged
    logCovariance = optimum.covariance
  }

  /// Of alpha and beta, by the observed information; nil where it is not positive definite.
  public var standardErrors: [Double?] {
    let parameters = [model.alpha, model.beta]
    return parameters.indices.map { i in logCovariance.map { parameters[i] * $0[i][i].squareRoot() } }
  }
}

/// Beta(a, b), b >= 1, of a probability p.
private struct ChurnLaw {
  let a: Double
  let b: Double

  /// The mean of 1 / (d + p), d > 0: the trapezoidal rule in the log odds of p, whose integrand is analytic and falls off
  /// exponentially.
  ///
  /// Checked against mpmath's 2F1 at 360 digits: 1e-12 for a in [1e-8, 300], b in [1, 2e6], d in [1e-300, 1e-3].
  func meanReciprocal(plus d: Double) -> Double {
    // Most of p is below d: what is missing to 1 / d is smaller than it. With a this small the rule would take long.
    if a < 0.5, -a * log(d * b) < 4.6 {
      return (1 - a / (a + b) * ChurnLaw(a: a + 1, b: b).meanReciprocal(plus: d)) / d
    }
    let centre = 1 / (1 + b / a)
    // The variance of p is below its squared mean by this factor.
    if a > 1e16 { return 1 / (d + centre) }
    let step = min(0.2, 0.5 * ((1 + a / b) / a).squareRoot())
    var (sum, weights) = (0.0, 0.0)
    for direction in [1.0, -1] {
      var shift = direction > 0 ? 0 : -step
      while true {
        let growth = log1p(centre * expm1(shift))
        let weight = exp(a * shift - (a + b) * growth)
        let term = weight / (d + centre * exp(shift - growth))
        sum += term
        weights += weight
        if weight <= 1e-18 * weights, term <= 1e-18 * sum { break }
        shift += direction * step
      }
    }
    return sum / weights
  }
}
