import Foundation

/// The Pareto/NBD model of repeat purchases: a Gamma(r, alpha) rate of buying and a Gamma(s, beta) rate of leaving at any time.
///
/// The time of leaving is integrated out numerically: every term is positive, so nothing cancels, unlike the difference of two
/// Gaussian hypergeometric functions in the papers.
///
/// - Source: Schmittlein, D. C., Morrison, D. G. and Colombo, R. (1987), "Counting your customers", Management Science 33, 1-24;
///   Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions", eqs. 18, 41.
/// - Checked against: mpmath at 50 digits, Datasets/References/pareto-nbd.json.
public struct ParetoNBD: PurchaseModel, Hashable {
  public static let name = "pareto-nbd"
  /// In the order of the paper.
  public static let parameterNames = ["r", "alpha", "s", "beta"]
  /// alpha and beta are times.
  public static let timeExponents: [Double] = [0, 1, 0, 1]
  private let r: Double
  private let alpha: Double
  private let s: Double
  private let beta: Double

  /// r, alpha, s, beta, each > 0; alpha and beta in the unit of time of the histories.
  public init(parameters: [Double]) throws(DomainError) {
    try requirePositive(parameters, Self.parameterNames)
    (r, alpha, s, beta) = (parameters[0], parameters[1], parameters[2], parameters[3])
  }

  /// r, alpha, s, beta.
  public var parameters: [Double] { [r, alpha, s, beta] }

  /// Averages over what may have happened: still alive at T, or left at some y in [t_x, T].
  private struct Mixture {
    /// log of (alive + left), the powers of α and β and the Gamma quotient left out.
    var logTotal = 0.0
    var alive = 0.0
    // Means over both, then over those who left (times their share).
    var logAlpha = 0.0
    var inverseAlpha = 0.0
    var logBeta = 0.0
    var inverseBetaLeft = 0.0
  }

  private func mixture(_ row: CustomerHistory.Row) -> Mixture {
    let exponent = r + Double(row.frequency)
    let logAlive = -exponent * log(alpha + row.age) - s * log(beta + row.age)
    // y = (δ + t_x) e^w - δ, so that both denominators are smooth in w whatever their scale.
    let delta = min(alpha, beta)
    let origin = delta + row.recency
    let range = log1p((row.age - row.recency) / origin)
    let decay = exponent + s + 1
    // Panels over which the integrand falls by at most e^-20; beyond e^-60 the rest is nothing.
    let panels = max(1, Int(min(range * decay / 20, 3).rounded(.up)))
    let logTop = log(s) - exponent * log(alpha + row.recency) - (s + 1) * log(beta + row.recency) + log(origin)
    let base = max(logTop, logAlive)
    var mixture = Mixture()
    var left = 0.0
    let step = min(range / Double(panels), 20 / decay)
    for panel in 0..<panels where range > 0 {
      for node in GaussLegendre.nodes {
        let w = (Double(panel) + node.x) * step
        let y = row.recency + origin * expm1(w)
        let (logA, logB) = (log(alpha + y), log(beta + y))
        let weight = node.weight * step * exp(log(s) - exponent * logA - (s + 1) * logB + log(origin) + w - base)
        left += weight
        mixture.logAlpha += weight * logA
        mixture.logBeta += weight * logB
        mixture.inverseAlpha += weight / (alpha + y)
        mixture.inverseBetaLeft += weight / (beta + y)
      }
    }
    let alive = exp(logAlive - base)
    let total = alive + left
    mixture.logTotal = base + log(total)
    mixture.alive = alive / total
    mixture.logAlpha = (mixture.logAlpha + alive * log(alpha + row.age)) / total
    mixture.logBeta = (mixture.logBeta + alive * log(beta + row.age)) / total
    mixture.inverseAlpha = (mixture.inverseAlpha + alive / (alpha + row.age)) / total
    mixture.inverseBetaLeft /= total
    return mixture
  }

  /// Of one customer.
  public func logLikelihood(_ row: CustomerHistory.Row) -> Double {
    Special.logGamma(r + Double(row.frequency)) - Special.logGamma(r) + r * log(alpha) + s * log(beta)
      + mixture(row).logTotal
  }

  /// Summed over customers; the gradient by the logarithms of the parameters.
  public func logLikelihoodAndGradient(_ history: CustomerHistory) -> (value: Double, gradient: [Double]) {
    let rates = RisingFactorial(r, upTo: history.rows.reduce(0) { max($0, $1.frequency) })
    var (value, dr, dAlpha, ds, dBeta) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (row, count) in zip(history.rows, history.counts) {
      let m = mixture(row)
      value += count * (rates.log[row.frequency] + r * log(alpha) + s * log(beta) + m.logTotal)
      dr += count * (rates.slope[row.frequency] + log(alpha) - m.logAlpha)
      dAlpha += count * (r / alpha - (r + Double(row.frequency)) * m.inverseAlpha)
      ds += count * (log(beta) - m.logBeta + (1 - m.alive) / s)
      dBeta += count * (s / beta - m.alive * s / (beta + row.age) - (s + 1) * m.inverseBetaLeft)
    }
    return (value, [r * dr, alpha * dAlpha, s * ds, beta * dBeta])
  }

  /// At the end of the history.
  public func probabilityAlive(_ row: CustomerHistory.Row) -> Double { mixture(row).alive }

  /// Mean and variance of the purchases in the horizon after the history.
  public func futurePurchases(_ row: CustomerHistory.Row, horizon: Double) -> PurchaseMoments {
    futurePurchases(row, horizon: horizon, alive: probabilityAlive(row))
  }

  /// The same for several horizons at the cost of little more than one.
  public func futurePurchases(_ row: CustomerHistory.Row, horizons: [Double]) -> [PurchaseMoments] {
    let alive = probabilityAlive(row)
    return horizons.map { futurePurchases(row, horizon: $0, alive: alive) }
  }

  private func futurePurchases(_ row: CustomerHistory.Row, horizon: Double, alive: Double) -> PurchaseMoments {
    guard horizon > 0 else { return PurchaseMoments(first: 0, secondFactorial: 0) }
    let (shape, rate) = (r + Double(row.frequency), alpha + row.age)
    let lifetime = lifetimeMoments(beta + row.age, horizon: horizon)
    return PurchaseMoments(
      first: alive * shape / rate * lifetime.first,
      secondFactorial: alive * shape * (shape + 1) / (rate * rate) * lifetime.second)
  }

  /// Of a new customer, in the horizon.
  public func expectedPurchases(horizon: Double) -> Double {
    horizon > 0 ? r / alpha * lifetimeMoments(beta, horizon: horizon).first : 0
  }

  /// E[L] and E[L²] of the life L = min(time to leaving, horizon), the rate of leaving being Gamma(s, beta):
  /// integrals of (β / (β+u))^s and of 2u times it.
  private func lifetimeMoments(_ beta: Double, horizon: Double) -> (first: Double, second: Double) {
    let range = log1p(horizon / beta)
    // (1 - e^((1-s) range)) / (s - 1), continuous at s = 1.
    let first = s == 1 ? range : -expm1((1 - s) * range) / (s - 1)
    var second = 0.0
    // Of a quick end the integrand has fallen by e^-50 within four panels; the rest is nothing.
    let wanted = max(1, (range * (s + 3) / 20).rounded(.up))
    let panels = s < 12 ? wanted : min(wanted, 4)
    let step = min(range / panels, 20 / (s + 3))
    for panel in 0..<Int(panels) {
      for node in GaussLegendre.nodes {
        let w = (Double(panel) + node.x) * step
        second += node.weight * step * 2 * expm1(w) * exp((1 - s) * w)
      }
    }
    return (beta * first, beta * beta * second)
  }

  /// Points from which fits begin, as logarithms, for histories whose time is scaled.
  public static func starts(_ history: CustomerHistory) -> [[Double]] {
    [[1, 5, 1, 5], [0.5, 2, 0.5, 3], [2, 10, 1, 15]]
  }
}
