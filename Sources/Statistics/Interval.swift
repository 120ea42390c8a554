/// A closed interval of the real line; a bound may be infinite, for example in one-sided intervals.
public struct Interval: Sendable, Hashable, Codable {
  public var lower: Double
  public var upper: Double

  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// `center` with the same distance on both sides.
  public init(center: Double, halfWidth: Double) {
    self.init(center - halfWidth, center + halfWidth)
  }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  public var width: Double { upper - lower }
}
