/// A parameter whose posterior is normal: a mean of many units, a ratio.
public struct NormalPosterior: Posterior, Hashable {
  public let law: Normal

  /// - Throws: `DomainError` unless the standard deviation is positive and both are finite.
  public init(mean: Double, standardDeviation: Double) throws(DomainError) {
    law = try Normal(mean: mean, standardDeviation: standardDeviation)
  }

  public var mean: Double { law.mean }
  public var standardDeviation: Double { law.standardDeviation }
  public var support: Interval { Interval(-.infinity, .infinity) }
  public var outline: PosteriorOutline { .unimodal }
  public var naturalMean: Double { law.mean }
  public var naturalDeviation: Double { law.standardDeviation }
  public func value(natural u: Double) -> Double { u }
  public func natural(value: Double) -> Double { value }
  public func logSlope(natural u: Double) -> Double { 0 }
  public func logDensity(natural u: Double) -> Double { law.logDensity(u) }
  public func logTails(natural u: Double) -> (lower: Double, upper: Double) { (law.logCDF(u), law.logSurvival(u)) }
}
