import Foundation

/// A rate after successes in independent trials, under a beta prior.
///
/// - Source: Gelman, A. et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.4.
/// - Checked against: mpmath, Datasets/References/beta-binomial.json, bayesian.json.
public struct BetaPosterior: Posterior, Hashable {
  public let law: Beta

  /// What is believed of a rate before the data.
  public struct Prior: Sendable, Hashable, Codable {
    /// Successes that the prior counts for, > 0.
    public var alpha: Double
    /// Failures that the prior counts for, > 0.
    public var beta: Double

    /// Beta(alpha, beta): worth `alpha` successes and `beta` failures.
    public init(alpha: Double, beta: Double) {
      self.alpha = alpha
      self.beta = beta
    }

    /// Beta(1, 1): each rate alike.
    public static let uniform = Prior(alpha: 1, beta: 1)
    /// Beta(1/2, 1/2), which does not depend on how the rate is written. - Source: Jeffreys (1946).
    public static let jeffreys = Prior(alpha: 0.5, beta: 0.5)
  }

  /// - Parameters: counts of an arm; `trials` - `successes` are its failures.
  /// - Throws: `DomainError` for counts that are negative or more successes than trials, or a prior that is not positive.
  public init(successes: Int, trials: Int, prior: Prior = .uniform) throws(DomainError) {
    guard successes >= 0 else { throw DomainError("successes", Double(successes), "must not be negative") }
    guard trials >= successes else {
      throw DomainError("trials", Double(trials), "must be at least the \(successes) successes")
    }
    guard prior.alpha > 0, prior.beta > 0 else {
      throw DomainError("a beta prior's shapes", min(prior.alpha, prior.beta), "must be positive")
    }
    law = try Beta(prior.alpha + Double(successes), prior.beta + Double(trials - successes))
  }

  public var mean: Double { law.a / (law.a + law.b) }
  public var standardDeviation: Double {
    let n = law.a + law.b
    return (law.a / n * (law.b / n) / (n + 1)).squareRoot()
  }
  public var support: Interval { Interval(0, 1) }
  public var outline: PosteriorOutline {
    let (a, b) = (law.a, law.b)
    if a == 1, b == 1 { return .flat }
    if a <= 1, b <= 1 { return a == 1 ? .increasing : (b == 1 ? .decreasing : .bathtub) }
    if a <= 1 { return .decreasing }
    return b <= 1 ? .increasing : .unimodal
  }

  // MARK: - On the log odds

  public var naturalMean: Double { Special.digamma(law.a) - Special.digamma(law.b) }
  public var naturalDeviation: Double { (Special.trigamma(law.a) + Special.trigamma(law.b)).squareRoot() }
  public func value(natural u: Double) -> Double { Special.logistic(u) }
  public func natural(value: Double) -> Double {
    if value <= 0 { return -.infinity }
    return value >= 1 ? .infinity : Special.logit(value)
  }
  public func logSlope(natural u: Double) -> Double {
    // log of x (1 - x)
    -abs(u) - 2 * log1p(exp(-abs(u)))
  }
  public func logDensity(natural u: Double) -> Double {
    Special.logBetaKernel(law.a, law.b, Special.logistic(u), Special.logistic(-u))
  }
  public func logTails(natural u: Double) -> (lower: Double, upper: Double) {
    let tails = Special.betaTails(law.a, law.b, Special.logistic(u), Special.logistic(-u))
    return (tails.logLower, tails.logUpper)
  }
}
