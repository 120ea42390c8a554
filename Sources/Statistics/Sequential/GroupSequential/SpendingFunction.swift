import Foundation

/// How much of an error rate may be used up when a fraction of the planned information is there.
///
/// Increasing from 0 at no information to the whole rate at information 1 and beyond.
public enum SpendingFunction: Sendable, Hashable {
  /// 2 (1 - Φ(z / √t)) with z the upper alpha/2 quantile: little early, close to O'Brien and Fleming's bounds.
  /// - Source: Lan, K. K. G. and DeMets, D. L. (1983), "Discrete sequential boundaries for clinical trials",
  ///   Biometrika 70, pp. 659-663.
  case lanDeMetsOBrienFleming
  /// alpha log(1 + (e - 1) t): close to Pocock's constant bounds. - Source: Lan and DeMets (1983).
  case lanDeMetsPocock
  /// alpha (1 - exp(-gamma t)) / (1 - exp(-gamma)); gamma = 0 is proportional to t, negative spends late.
  /// - Source: Hwang, I. K., Shih, W. J. and de Cani, J. S. (1990), "Group sequential designs using a family of type I
  ///   error probability spending functions", Statistics in Medicine 9, pp. 1439-1445.
  case hwangShihDeCani(gamma: Double)
  /// alpha t^rho. - Source: Kim, K. and DeMets, D. L. (1987), "Design and analysis of group sequential tests based on the
  ///   type I error spending rate function", Biometrika 74, pp. 149-154.
  case kimDeMets(rho: Double)
  /// Straight lines from (0, 0) through the knots to (1, 1): the cumulative share of alpha at each information fraction.
  case table([Knot])

  /// A point of a table: at `fraction` of the planned information, `share` of the error rate is spent.
  public struct Knot: Sendable, Hashable, Codable {
    /// Of the full information, in (0, 1].
    public let fraction: Double
    /// Of alpha that is spent by then, in [0, 1].
    public let share: Double
    /// A point of the function.
    public init(fraction: Double, share: Double) {
      self.fraction = fraction
      self.share = share
    }
  }

  /// - Throws: `DomainError` for a parameter outside of its family.
  public func validate() throws(DomainError) {
    switch self {
    case .lanDeMetsOBrienFleming, .lanDeMetsPocock: return
    case .hwangShihDeCani(let gamma):
      guard abs(gamma) <= 40 else { throw DomainError("gamma of the spending function", gamma, "must be in [-40, 40]") }
    case .kimDeMets(let rho):
      guard rho > 0, rho <= 50 else { throw DomainError("rho of the spending function", rho, "must be in (0, 50]") }
    case .table(let knots): try Self.validate(knots)
    }
  }

  private static func validate(_ knots: [Knot]) throws(DomainError) {
    guard !knots.isEmpty else { throw DomainError("knots of the spending table", 0, "must be at least 1") }
    var last = Knot(fraction: 0, share: 0)
    for knot in knots {
      guard knot.fraction > last.fraction, knot.fraction <= 1 else {
        throw DomainError("fraction in the spending table", knot.fraction, "must increase within (0, 1]")
      }
      guard knot.share >= last.share, knot.share <= 1 else {
        throw DomainError("share in the spending table", knot.share, "must not decrease, and stay within [0, 1]")
      }
      last = knot
    }
    guard last.fraction < 1 || last.share == 1 else {
      throw DomainError("share at the full information", last.share, "must be 1")
    }
  }

  /// The error rate spent when `fraction` of the planned information is there; all of `alpha` from 1 on.
  ///
  /// The parameters are taken to be valid: see `validate()`.
  public func spent(at fraction: Double, of alpha: Double) -> Double {
    guard fraction > 0 else { return 0 }
    guard fraction < 1 else { return alpha }
    return switch self {
    case .lanDeMetsOBrienFleming: 2 * Normal.upperTail(Normal.upperQuantile(alpha / 2) / fraction.squareRoot())
    case .lanDeMetsPocock: alpha * log1p((M_E - 1) * fraction)
    case .hwangShihDeCani(let gamma): gamma == 0 ? alpha * fraction : alpha * expm1(-gamma * fraction) / expm1(-gamma)
    case .kimDeMets(let rho): alpha * pow(fraction, rho)
    case .table(let knots): alpha * Self.interpolated(knots, fraction)
    }
  }

  private static func interpolated(_ knots: [Knot], _ fraction: Double) -> Double {
    var left = Knot(fraction: 0, share: 0)
    for right in knots + [Knot(fraction: 1, share: 1)] {
      if fraction <= right.fraction {
        let way = (fraction - left.fraction) / (right.fraction - left.fraction)
        return left.share + way * (right.share - left.share)
      }
      left = right
    }
    return 1
  }
}
