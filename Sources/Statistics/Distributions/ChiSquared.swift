/// The chi-squared distribution: gamma with shape df/2 and scale 2.
///
/// - Checked against: mpmath and R, Datasets/References/distributions-chi-squared.json.
public struct ChiSquared: ContinuousDistribution, Hashable {
  public let degreesOfFreedom: Double
  private let gamma: Gamma

  /// - Throws: `DomainError` unless the degrees of freedom are positive and finite.
  public init(degreesOfFreedom: Double) throws(DomainError) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else {
      throw DomainError("degrees of freedom", degreesOfFreedom, "must be positive and finite")
    }
    self.degreesOfFreedom = degreesOfFreedom
    gamma = try Gamma(shape: degreesOfFreedom / 2, scale: 2)
  }

  public func logDensity(_ x: Double) -> Double { gamma.logDensity(x) }
  public func cdf(_ x: Double) -> Double { gamma.cdf(x) }
  public func survival(_ x: Double) -> Double { gamma.survival(x) }
  public func logCDF(_ x: Double) -> Double { gamma.logCDF(x) }
  public func logSurvival(_ x: Double) -> Double { gamma.logSurvival(x) }
  public func quantile(_ p: Double) -> Double { gamma.quantile(p) }
  public func inverseSurvival(_ q: Double) -> Double { gamma.inverseSurvival(q) }
}
