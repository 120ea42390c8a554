/// A Kaplan-Meier curve of the time from a unit's start to its churn.
public struct SurvivalCurve: Sendable, Codable, Equatable {
  /// day.
  public var timeUnit: String
  /// What counts as churn and as censoring, a sentence.
  public var definition: String
  public var units: Int
  public var events: Int
  public var points: [Point]
  /// Nil where the curve does not reach one half, or its confidence curve does not.
  public var median: Double?
  public var medianLower: Double?
  public var medianUpper: Double?
  /// Restricted mean survival time up to `restrictedTo`.
  public var restrictedMean: CohortEstimate?
  public var restrictedTo: Double?

  public init(
    timeUnit: String, definition: String, units: Int, events: Int, points: [Point], median: Double?,
    medianLower: Double?, medianUpper: Double?, restrictedMean: CohortEstimate?, restrictedTo: Double?
  ) {
    self.timeUnit = timeUnit
    self.definition = definition
    self.units = units
    self.events = events
    self.points = points
    self.median = median
    self.medianLower = medianLower
    self.medianUpper = medianUpper
    self.restrictedMean = restrictedMean
    self.restrictedTo = restrictedTo
  }

  public struct Point: Sendable, Codable, Equatable {
    public var time: Double
    public var survival: Double
    /// Log-log interval; nil where it does not exist (before the first event, after the curve reached 0).
    public var lower: Double?
    public var upper: Double?
    public var atRisk: Int
    public var events: Int
    public init(time: Double, survival: Double, lower: Double?, upper: Double?, atRisk: Int, events: Int) {
      self.time = time
      self.survival = survival
      self.lower = lower
      self.upper = upper
      self.atRisk = atRisk
      self.events = events
    }
  }
}
