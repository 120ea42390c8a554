import Foundation

/// A curve that a sum with sub-Gaussian increments crosses at any time with probability at most alpha.
///
/// - Source: Howard, S. R., Ramdas, A., McAuliffe, J. and Sekhon, J. (2021), "Time-uniform, nonparametric, nonasymptotic
///   confidence sequences", Annals of Statistics 49, propositions 5 and 6, eq. 14.
/// - Checked against: mpmath and confseq, Datasets/References/normal-mixture-boundary.json, always-valid.json.
public struct NormalMixtureBoundary: Sendable, Hashable {
  /// Whether the sum is bounded on one side or on both.
  public enum Sides: Sendable, Hashable { case two, one }
  /// How ρ is found from the time at which the bound is to be tightest.
  public enum Tuning: Sendable, Hashable {
    /// Narrowest at the chosen time, by Lambert's function.
    case exact
    /// The closed form 2 log(1/alpha) + log(1 + 2 log(1/alpha)).
    case approximate
  }
  /// Whether the sum is bounded on one side or on both.
  public let sides: Sides
  /// Precision of the mixture, in units of intrinsic time.
  public let rho: Double

  /// - Parameters:
  ///   - time: intrinsic time (variance of the sum) at which the boundary is to be narrowest.
  ///   - alpha: the level for which it is tuned; one-sided boundaries double it.
  /// - Throws: `DomainError` unless the time is positive and 0 < alpha < 1 (one-sided: 1/2).
  public init(_ sides: Sides, optimisedFor time: Double, alpha: Double, tuning: Tuning = .exact) throws(DomainError) {
    guard time > 0, time.isFinite else {
      throw DomainError("time to optimise for", time, "must be positive and finite")
    }
    let level = sides == .one ? 2 * alpha : alpha
    guard level > 0, level < 1 else {
      throw DomainError("alpha", alpha, sides == .one ? "must be in (0, 0.5)" : "must be in (0, 1)")
    }
    self.sides = sides
    let logs = -2 * log(level)
    rho =
      switch tuning {
      case .exact: time / (-Special.lambertLowerBranch(minusOneMinus: logs) - 1)
      case .approximate: time / (logs + log1p(logs))
      }
  }

  /// log of the mixture martingale at a sum of `sum` and an intrinsic time of `time`.
  public func logMixture(sum: Double, time: Double) -> Double {
    let total = time + rho
    let twoSided = 0.5 * log(rho / total) + sum * sum / (2 * total)
    return sides == .two ? twoSided : twoSided + log(2) + Normal.standard.logCDF(sum / total.squareRoot())
  }

  /// The bound on the sum (two-sided: on its size) at an intrinsic time.
  ///
  /// - Throws: `DomainError` unless 0 < alpha < 1 and time >= 0.
  public func bound(time: Double, alpha: Double) throws(DomainError) -> Double {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard time >= 0, time.isFinite else { throw DomainError("intrinsic time", time, "must be finite and not negative") }
    let total = time + rho
    let twoSided = (total * (log(total / rho) - 2 * log(alpha))).squareRoot()
    return sides == .two ? twoSided : oneSided(time, -log(alpha), below: twoSided)
  }

  /// The root of log mixture = `wanted`, which is increasing in the sum; between 0 and the two-sided bound, because
  /// 2 Φ(x) >= 1 there.
  private func oneSided(_ time: Double, _ wanted: Double, below upper: Double) -> Double {
    let total = time + rho
    var (low, high) = (-upper, upper)
    var sum = upper
    for _ in 0..<200 {
      let gap = logMixture(sum: sum, time: time) - wanted
      if gap > 0 { high = sum } else { low = sum }
      let x = sum / total.squareRoot()
      let hazard = exp(Normal.standard.logDensity(x) - Normal.standard.logCDF(x))
      let newton = sum - gap / (sum / total + hazard / total.squareRoot())
      let next = newton > low && newton < high ? newton : low + (high - low) / 2
      if abs(next - sum) <= 0x1p-52 * abs(next) { return next }
      sum = next
    }
    return sum
  }
}
