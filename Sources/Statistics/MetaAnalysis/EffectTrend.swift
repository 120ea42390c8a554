import Foundation

/// Whether an effect changes with something: days since exposure, the size of a segment.
///
/// Weighted least squares of the estimates on x with known variances; the p-value is that of the slope.
/// - Source: Thompson, S. G. and Higgins, J. P. T. (2002), "How should meta-regression analyses be undertaken and
///   interpreted?", Statistics in Medicine 21, with no variance between estimates left over.
/// - Checked against: numpy, Datasets/References/meta-analysis.json.
public struct EffectTrend: HypothesisTest, Hashable {
  public static let name = "trend of the effect"
  /// Change of the effect a unit of x.
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law = ReferenceLaw.normal
  /// The effect at x = 0.
  public let intercept: Estimate

  /// - Parameters:
  ///   - effects: independent estimates, for example of one day each.
  ///   - x: where each was taken.
  /// - Throws: `DomainError` for fewer than 3 estimates, lengths that differ, a standard error that is not positive, or
  ///   values of x that are all equal.
  public init(_ effects: [Estimate], at x: [Double]) throws(DomainError) {
    guard effects.count >= 3, effects.count == x.count else {
      throw DomainError(
        "estimates of a trend", Double(min(effects.count, x.count)), "must be at least 3, one a value of x")
    }
    for effect in effects where !(effect.standardError > 0 && effect.standardError.isFinite) {
      throw DomainError("standard error of an estimate", effect.standardError, "must be positive and finite")
    }
    let weights = effects.map { 1 / $0.variance }
    let total = weights.reduce(0, +)
    let centre = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / total
    let level = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1.value } / total
    var (spread, shared) = (0.0, 0.0)
    for (weight, (effect, place)) in zip(weights, zip(effects, x)) {
      spread += weight * (place - centre) * (place - centre)
      shared += weight * (place - centre) * (effect.value - level)
    }
    guard spread > 0, spread.isFinite else { throw DomainError("values of x", centre, "must differ") }
    estimate = shared / spread
    standardError = (1 / spread).squareRoot()
    intercept = Estimate(
      level - estimate * centre, standardError: (1 / total + centre * centre / spread).squareRoot())
  }
}
