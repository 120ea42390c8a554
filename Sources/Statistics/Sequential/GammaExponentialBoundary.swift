import Foundation

/// A curve that a sub-exponential sum (scale c) crosses at any time with probability at most alpha, one side.
///
/// For sums of values whose upper tail is heavier than Gaussian; the empirical-Bernstein bound of Howard et al. uses it.
/// - Source: Howard, S. R., Ramdas, A., McAuliffe, J. and Sekhon, J. (2021), "Time-uniform, nonparametric, nonasymptotic
///   confidence sequences", Annals of Statistics 49, proposition 9.
/// - Checked against: confseq 0.0.11, Datasets/References/always-valid.json, relative 1e-8.
public struct GammaExponentialBoundary: Sendable, Hashable {
  /// Precision of the mixture, in units of intrinsic time.
  public let rho: Double
  /// Scale c of the tail.
  public let scale: Double

  /// - Parameters:
  ///   - time: intrinsic time at which the boundary is to be about narrowest.
  ///   - alpha: the level for which it is tuned.
  /// - Throws: `DomainError` unless the time and the scale are positive and 0 < alpha < 1/2.
  public init(optimisedFor time: Double, alpha: Double, scale: Double) throws(DomainError) {
    guard scale > 0, scale.isFinite else { throw DomainError("scale", scale, "must be positive and finite") }
    rho = try NormalMixtureBoundary(.one, optimisedFor: time, alpha: alpha, tuning: .approximate).rho
    self.scale = scale
  }

  /// log of the mixture martingale at a sum of `sum` and an intrinsic time of `time`.
  public func logMixture(sum: Double, time: Double) -> Double {
    let q = rho / (scale * scale)
    let w = (time + rho) / (scale * scale)
    let u = (scale * sum + time) / (scale * scale)
    return q * log(q) - Special.logGamma(q) - log(Special.gammaP(q, q)) + Special.logGamma(w)
      + log(Special.gammaP(w, u + q)) - w * log(u + q) + u
  }

  /// The bound on the sum at an intrinsic time.
  ///
  /// - Throws: `DomainError` unless 0 < alpha < 1 and time >= 0.
  public func bound(time: Double, alpha: Double) throws(DomainError) -> Double {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard time >= 0, time.isFinite else { throw DomainError("intrinsic time", time, "must be finite and not negative") }
    let wanted = -log(alpha)
    let step = (time + rho).squareRoot()
    let root = try BracketedRoot.findFalling(from: 0, step: step, tolerance: 1e-14 * step) { (sum: Double) -> Double in
      wanted - logMixture(sum: sum, time: time)
    }
    guard let root else { throw DomainError("alpha", alpha, "has no bound at this time") }
    return root
  }
}
