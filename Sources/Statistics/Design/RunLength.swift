import Foundation

/// What an experiment can find by the day, given its traffic.
public struct RunLength: Sendable {
  /// What is to be shown, and how.
  public let design: ExperimentDesign
  /// Units that have come by the end of each day.
  public let traffic: TrafficCurve
  /// Share of the traffic that takes part, in (0, 1].
  public let coverage: Double

  /// - Throws: `DesignFault` unless the coverage is in (0, 1].
  public init(_ design: ExperimentDesign, traffic: TrafficCurve, coverage: Double = 1) throws(DesignFault) {
    guard coverage > 0, coverage <= 1 else { throw .outside("coverage", coverage, "must be in (0, 1]") }
    self.design = design
    self.traffic = traffic
    self.coverage = coverage
  }

  /// The minimal detectable effect after some days.
  public struct Day: Sendable, Hashable, Codable {
    /// Whole days from the start.
    public let days: Int
    /// Different units by then, all arms together.
    public let units: Double
    /// In the metric's unit; nil where no effect is found with the power, or too few units are in.
    public let effect: Double?
    /// As a fraction of the baseline's size.
    public let lift: Double?
  }

  /// - Throws: `DesignFault` for a design that has no answer on any day.
  public func effects(
    power: Double, days: [Int], direction: DesignHypothesis.Direction = .up
  ) throws(DesignFault) -> [Day] {
    try design.validate()
    try design.require(power: power)
    return days.map { day in
      let units = coverage * traffic.units(after: Double(day))
      let effect = try? design.effect(power: power, units: units, direction: direction)
      let lift = effect.flatMap { effect in design.outcome.baseline.flatMap { $0 == 0 ? nil : effect / abs($0) } }
      return Day(days: day, units: units, effect: effect, lift: lift)
    }
  }

  /// Days until so many units are in.
  ///
  /// - Throws: `DesignFault` if the traffic levels off before.
  public func days(until units: Double) throws(DesignFault) -> Double {
    guard let days = traffic.days(until: units / coverage) else {
      throw DesignFault(.trafficEnds(units: coverage * traffic.units(after: 1e6), needed: units))
    }
    return days
  }
}
