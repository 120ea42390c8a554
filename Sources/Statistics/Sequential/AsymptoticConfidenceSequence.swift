import Foundation

/// Intervals that may be looked at after every unit, and stopped on, with their error rate kept.
///
/// Half-width after n units: sd √(2 (n ρ² + 1) / (n² ρ²) · log(√(n ρ² + 1) / alpha)). The guarantee is asymptotic: it holds
/// from the first look that is not too small (some hundred units an arm).
/// - Source: Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. and Ramdas, A. (2024), "Time-uniform central limit
///   theory and asymptotic confidence sequences", Annals of Statistics 52, eq. 11; one-sided: appendix B.1.
/// - Checked against: mpmath, Datasets/References/asymptotic-confidence-sequence.json.
public struct AsymptoticConfidenceSequence: Sendable, Hashable {
  /// Chance of ever missing the truth, in the limit.
  public let alpha: Double
  /// The mixture's tuning; large values are narrow early.
  public let rho: Double

  /// - Throws: `DomainError` unless 0 < alpha < 1 and rho > 0.
  public init(alpha: Double, rho: Double) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard rho > 0, rho.isFinite else { throw DomainError("rho", rho, "must be positive and finite") }
    self.alpha = alpha
    self.rho = rho
  }

  /// Narrowest when the number of units is `units`.
  public init(alpha: Double, optimisedFor units: Double) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard units > 0, units.isFinite else { throw DomainError("units to optimise for", units, "must be positive") }
    try self.init(alpha: alpha, rho: Self.optimalRho(alpha: alpha, units: units))
  }

  /// √((-W₋₁(-alpha²/e) - 1) / units). - Source: as above, appendix B.2.
  package static func optimalRho(alpha: Double, units: Double) -> Double {
    ((-Special.lambertLowerBranch(minusOneMinus: -2 * log(alpha)) - 1) / units).squareRoot()
  }

  /// The closed approximation √((-2 log alpha + log(1 - 2 log alpha)) / units), which some programs use.
  package static func approximateRho(alpha: Double, units: Double) -> Double {
    ((-2 * log(alpha) + log(1 - 2 * log(alpha))) / units).squareRoot()
  }

  /// Half the width of the two-sided interval.
  ///
  /// - Parameters:
  ///   - standardError: of the estimate at this look.
  ///   - units: units so far, both arms together.
  public func halfWidth(standardError: Double, units: Double) -> Double {
    let inflated = units * rho * rho + 1
    return standardError * (2 * inflated / (units * rho * rho) * (0.5 * log(inflated) - log(alpha))).squareRoot()
  }

  /// The distance of the one-sided limit from the estimate.
  public func oneSidedWidth(standardError: Double, units: Double) -> Double {
    let inflated = units * rho * rho + 1
    return standardError
      * (2 * inflated / (units * rho * rho) * log1p(inflated.squareRoot() / (2 * alpha))).squareRoot()
  }

  public func interval(estimate: Double, standardError: Double, units: Double) -> Interval {
    Interval(center: estimate, halfWidth: halfWidth(standardError: standardError, units: units))
  }

  /// log of the e-value against a null value: the evidence so far. Its reciprocal is the always-valid p-value.
  public func logEValue(estimate: Double, null: Double = 0, standardError: Double, units: Double) -> Double {
    let inflated = units * rho * rho + 1
    let z = (estimate - null) / standardError
    return z * z * (units * rho * rho) / (2 * inflated) - 0.5 * log(inflated)
  }

  /// The always-valid p-value of this look; over looks, take the running minimum.
  public func pValue(estimate: Double, null: Double = 0, standardError: Double, units: Double) -> Double {
    min(1, exp(-logEValue(estimate: estimate, null: null, standardError: standardError, units: units)))
  }
}
