/// Retention by cohort and age, with a Wilson interval on every cell.
public struct RetentionTable: Sendable, Codable, Equatable {
  /// What each column of the table is: `0`, `1`, ... or the brackets `1-2`, `3-6` (both ends included).
  public var ages: [Age]
  public var cohorts: [Cohort]
  /// Over all cohorts, one for each age that at least one cohort has completed.
  public var overall: [Overall]

  public init(ages: [Age], cohorts: [Cohort], overall: [Overall]) {
    self.ages = ages
    self.cohorts = cohorts
    self.overall = overall
  }

  /// Periods since the unit's start, both ends included; `from == to` outside brackets.
  public struct Age: Sendable, Codable, Hashable {
    public var from: Int
    public var to: Int
    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
    public var label: String { from == to ? "\(from)" : "\(from)-\(to)" }
  }

  public struct Cohort: Sendable, Codable, Equatable {
    /// First day of the period, ISO date in the time zone of the analysis.
    public var cohort: String
    public var size: Int
    /// One for each entry of `ages`.
    public var cells: [Cell]
    public init(cohort: String, size: Int, cells: [Cell]) {
      self.cohort = cohort
      self.size = size
      self.cells = cells
    }
  }

  public struct Cell: Sendable, Codable, Equatable {
    /// `from` of the age.
    public var age: Int
    /// Units whose whole age lies before the end of observation: the denominator. The cohort's size in a complete calendar
    /// cell, 0 in an immature one; in between only for windows since the unit's own start.
    public var observed: Int
    /// Nil where nobody could be observed: immature, not zero.
    public var retained: Int?
    public var rate: Double?
    public var lower: Double?
    public var upper: Double?
    public init(age: Int, observed: Int, retained: Int?, rate: Double?, lower: Double?, upper: Double?) {
      self.age = age
      self.observed = observed
      self.retained = retained
      self.rate = rate
      self.lower = lower
      self.upper = upper
    }
  }

  /// The curve over cohorts at one age, only cohorts that have completed it.
  public struct Overall: Sendable, Codable, Equatable {
    public var age: Int
    /// Cohorts and units that were observed for this age.
    public var cohorts: Int
    public var observed: Int
    public var retained: Int
    /// Every unit has one vote: retained / observed, with its Wilson interval.
    public var weightedMean: Double
    public var lower: Double
    public var upper: Double
    /// Every cohort has one vote, empty and zero cohorts included.
    public var simpleMean: Double
    public init(
      age: Int, cohorts: Int, observed: Int, retained: Int, weightedMean: Double, lower: Double, upper: Double,
      simpleMean: Double
    ) {
      self.age = age
      self.cohorts = cohorts
      self.observed = observed
      self.retained = retained
      self.weightedMean = weightedMean
      self.lower = lower
      self.upper = upper
      self.simpleMean = simpleMean
    }
  }
}
