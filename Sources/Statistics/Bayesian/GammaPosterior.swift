import Foundation

/// The rate of a Poisson process after events over an exposure (time, visits, units), under a gamma prior.
///
/// - Source: Gelman, A. et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.6.
/// - Checked against: mpmath, Datasets/References/gamma-poisson.json, bayesian.json.
public struct GammaPosterior: Posterior, Hashable {
  /// Prior shape + events.
  public let shape: Double
  /// Per unit of exposure; the inverse of the law's scale.
  public let rate: Double
  public let law: Gamma

  /// What is believed of a rate before the data: worth `shape` events in an exposure of `rate`.
  public struct Prior: Sendable, Hashable, Codable {
    /// Events that the prior counts for, > 0.
    public var shape: Double
    /// Exposure that the prior counts for, > 0, in the unit of the data's exposure.
    public var rate: Double
    /// The prior's mean is shape / rate.
    public init(shape: Double, rate: Double) {
      self.shape = shape
      self.rate = rate
    }
    /// Gamma(1/2, 0), which does not depend on how the rate is written; it needs an exposure.
    public static let jeffreys = Prior(shape: 0.5, rate: 0)
  }

  /// - Throws: `DomainError` for negative events or exposure, or if prior and data together have no positive shape and rate.
  public init(events: Int, exposure: Double, prior: Prior) throws(DomainError) {
    guard events >= 0 else { throw DomainError("events", Double(events), "must not be negative") }
    guard exposure >= 0, exposure.isFinite else {
      throw DomainError("exposure", exposure, "must be finite and not negative")
    }
    guard prior.shape >= 0, prior.rate >= 0 else {
      throw DomainError("a gamma prior's shape and rate", min(prior.shape, prior.rate), "must not be negative")
    }
    shape = prior.shape + Double(events)
    rate = prior.rate + exposure
    guard rate > 0 else { throw DomainError("exposure and the prior's rate together", rate, "must be positive") }
    law = try Gamma(shape: shape, scale: 1 / rate)
  }

  public var mean: Double { shape / rate }
  public var standardDeviation: Double { shape.squareRoot() / rate }
  public var support: Interval { Interval(0, .infinity) }
  public var outline: PosteriorOutline { shape <= 1 ? .decreasing : .unimodal }

  // MARK: - On the logarithm

  public var naturalMean: Double { Special.digamma(shape) - log(rate) }
  public var naturalDeviation: Double { Special.trigamma(shape).squareRoot() }
  public func value(natural u: Double) -> Double { exp(u) }
  public func natural(value: Double) -> Double { value <= 0 ? -.infinity : log(value) }
  public func logSlope(natural u: Double) -> Double { u }
  public func logDensity(natural u: Double) -> Double { Special.logGammaKernel(shape, rate * exp(u)) }
  public func logTails(natural u: Double) -> (lower: Double, upper: Double) {
    let tails = Special.gammaTails(shape, rate * exp(u))
    return (tails.logLower, tails.logUpper)
  }
}
