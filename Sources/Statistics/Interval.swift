/// A closed interval of the real line; a bound may be infinite, for example in one-sided intervals.
public struct Interval: Sendable, Hashable, Codable {
  /// May be -inf.
  public var lower: Double
  /// May be inf.
  public var upper: Double

  /// From the lower to the upper limit.
  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// `center` with the same distance on both sides.
  public init(center: Double, halfWidth: Double) {
    self.init(center - halfWidth, center + halfWidth)
  }

  /// Limits included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  /// upper - lower.
  public var width: Double { upper - lower }
}
