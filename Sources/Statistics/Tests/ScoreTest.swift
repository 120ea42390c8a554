import Foundation

/// The score test of a difference of two proportions against any null difference, and the interval that inverts it.
///
/// The standard error is that of the proportions which maximise the likelihood under the null difference; they are the root
/// of a strictly decreasing score, found by a bracketed Newton iteration, so cells of 0 need no special treatment.
/// - Source: Miettinen, O. and Nurminen, M. (1985), "Comparative analysis of two rates", Statistics in Medicine 4, 213-226,
///   eqs. 8 and 9, with the factor N/(N - 1); Mee (1984), Biometrics 40, without it.
/// - Checked against: R in 256-bit arithmetic, Datasets/References/miettinen-nurminen.json, proportions.json.
public struct ScoreTest: Sendable, Hashable {
  public static let name = "Miettinen-Nurminen score test"

  /// Which factor the variance has.
  public enum Variance: Sendable, Hashable {
    /// N/(N - 1) times the variance.
    case miettinenNurminen
    /// Without the factor.
    case mee
  }

  /// The two arms.
  public let proportions: TwoProportions
  /// The difference under the null hypothesis; a non-inferiority margin is negative.
  public let null: Double
  /// Which factor the variance has.
  public let variance: Variance

  /// - Throws: `DomainError` unless -1 < null < 1.
  public init(
    _ proportions: TwoProportions, null: Double = 0, variance: Variance = .miettinenNurminen
  ) throws(DomainError) {
    guard null > -1, null < 1 else {
      throw DomainError("difference under the null hypothesis", null, "must be in (-1, 1)")
    }
    self.proportions = proportions
    self.null = null
    self.variance = variance
  }

  public var estimate: Double { proportions.difference }
  public var statistic: Double { statistic(at: null) }
  /// The rates that are most likely if the null difference holds.
  public var restricted: (treatment: Double, control: Double) {
    let control = restrictedControl(null)
    return (control + null, control)
  }

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    let z = statistic
    return switch alternative {
    case .twoSided: min(1, 2 * Normal.standard.survival(abs(z)))
    case .greater: Normal.standard.survival(z)
    case .less: Normal.standard.survival(-z)
    }
  }

  /// The differences that the test does not reject. A limit is ±1 where the estimate is.
  public func interval(
    _ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided
  ) -> Interval {
    let tail = alternative == .twoSided ? level.alpha / 2 : level.alpha
    let z = Normal.standard.inverseSurvival(tail)
    let lower = alternative == .less ? -1 : limit(from: -1, statistic: z)
    let upper = alternative == .greater ? 1 : limit(from: 1, statistic: -z)
    return Interval(lower, upper)
  }

  /// The difference between `end` and the estimate at which the statistic has a value. It falls in the difference.
  private func limit(from end: Double, statistic wanted: Double) -> Double {
    guard estimate != end else { return end }
    var (outer, inner) = (end, estimate)
    for _ in 0..<200 {
      let middle = outer + (inner - outer) / 2
      if middle == outer || middle == inner { break }
      if abs(statistic(at: middle)) > abs(wanted) { outer = middle } else { inner = middle }
    }
    return outer + (inner - outer) / 2
  }

  private func statistic(at difference: Double) -> Double {
    let gap = estimate - difference
    if gap == 0 { return 0 }
    let (nt, nc) = (Double(proportions.treatmentTrials), Double(proportions.controlTrials))
    let control = restrictedControl(difference)
    let treatment = control + difference
    let plain = max(0, treatment * (1 - treatment)) / nt + max(0, control * (1 - control)) / nc
    let factor = variance == .mee ? 1 : (nt + nc) / (nt + nc - 1)
    return gap / (plain * factor).squareRoot()
  }

  /// The control's rate p that maximises the likelihood with the treatment's at p + difference.
  private func restrictedControl(_ difference: Double) -> Double {
    let (xt, xc) = (Double(proportions.treatmentSuccesses), Double(proportions.controlSuccesses))
    let (yt, yc) = (Double(proportions.treatmentTrials) - xt, Double(proportions.controlTrials) - xc)
    func share(_ count: Double, _ rate: Double) -> Double {
      if count == 0 { return 0 }
      return rate > 0 ? count / rate : .infinity
    }
    func slope(_ p: Double) -> Double {
      share(xt, p + difference) + share(xc, p) - share(yt, 1 - p - difference) - share(yc, 1 - p)
    }
    var (low, high) = (max(0, -difference), min(1, 1 - difference))
    if !(slope(low) > 0) { return low }
    if !(slope(high) < 0) { return high }
    var p = low + (high - low) / 2
    for _ in 0..<200 {
      let value = slope(p)
      if value == 0 { return p }
      if value > 0 { low = p } else { high = p }
      let q = p + difference
      let curvature =
        share(xt, q) / q + share(xc, p) / p + share(yt, 1 - q) / (1 - q) + share(yc, 1 - p) / (1 - p)
      let newton = p + value / curvature
      let next = newton > low && newton < high ? newton : low + (high - low) / 2
      if next == p || abs(next - p) <= 0x1p-53 * abs(p) { return next }
      p = next
    }
    return p
  }
}
