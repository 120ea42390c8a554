import Statistics

/// What units that come back did in their first days. Associations: who does more of one thing does more of others.
public struct EarlyBehaviourReport: Sendable, Codable, Equatable {
  /// Behaviour is of days 0..<days since the start, returning is any activity of days days..<2 days: never the same event.
  public var days: Int
  /// Units that were observed for 2 days.
  public var units: Int
  public var returned: CohortEstimate?
  /// The strongest adjusted difference first.
  public var behaviours: [Behaviour]

  public struct Behaviour: Sendable, Codable, Equatable {
    public var name: String
    /// Units that did it.
    public var units: Int
    /// Returned, of those who did and of those who did not.
    public var returnedDid: CohortEstimate
    public var returnedDidNot: CohortEstimate
    /// Newcombe's interval.
    public var difference: CohortEstimate
    /// Within strata of the number of other early events (0, 1, 2-3, 4-7, ...), Mantel-Haenszel weights; nil if no stratum has
    /// both kinds of units.
    public var adjusted: CohortEstimate?
    /// Of the adjusted difference; Holm over all behaviours.
    public var pValue: Double?
    public var adjustedPValue: Double?
  }

  /// Fewest units on either side.
  static let fewest = 10

  init(log: EventLog, timelines: UnitTimelines, assignment: CohortAssignment, days: Int, level: ConfidenceLevel) {
    let (count, strata) = (log.stepNames.count, 40)
    var did = [Tally](repeating: Tally(), count: count * strata)
    var all = [Tally](repeating: Tally(), count: strata)
    var total = Tally()
    for unit in 0..<timelines.units {
      guard let early = EarlyUnit(log, timelines[unit], assignment, unit, days: days) else { continue }
      total.add(early.returned)
      // By default a unit is among those who did not: its stratum is of all its events.
      all[Self.stratum(early.events)].add(early.returned)
      for (step, times) in early.counts {
        did[Int(step) * strata + Self.stratum(early.events - times)].add(early.returned)
        // Taken from the others' stratum again, where it was put above.
        did[Int(step) * strata + Self.stratum(early.events)].moved.add(early.returned)
      }
    }
    self.days = days
    units = total.units
    returned = CohortEstimate(share: total.returned, of: total.units, level: level)
    behaviours = (0..<count).compactMap { step in
      Behaviour(log.stepNames[step], did[step * strata..<(step + 1) * strata], all, level)
    }
    let adjusted = Multiplicity.adjust(behaviours.map { $0.pValue ?? 1 }, by: .holm)
    for place in behaviours.indices where behaviours[place].pValue != nil {
      behaviours[place].adjustedPValue = adjusted[place]
    }
    behaviours.sort {
      let (a, b) = (abs($0.adjusted?.estimate ?? 0), abs($1.adjusted?.estimate ?? 0))
      return a != b ? a > b : $0.name < $1.name
    }
  }

  /// 0, 1, 2-3, 4-7, ...: the number of binary digits.
  private static func stratum(_ events: Int) -> Int { min(39, Int.bitWidth - max(0, events).leadingZeroBitCount) }

  struct Tally {
    var units = 0
    var returned = 0
    /// Of units that did it, in the stratum of all their events.
    var moved: Pair = Pair()

    struct Pair {
      var units = 0
      var returned = 0
      mutating func add(_ isBack: Bool) {
        units += 1
        returned += isBack ? 1 : 0
      }
    }
    mutating func add(_ isBack: Bool) {
      units += 1
      returned += isBack ? 1 : 0
    }
  }
}

extension EarlyBehaviourReport.Behaviour {
  /// Nil if too few units did it, or did not.
  fileprivate init?(
    _ name: String, _ did: ArraySlice<EarlyBehaviourReport.Tally>, _ all: [EarlyBehaviourReport.Tally],
    _ level: ConfidenceLevel
  ) {
    let strata = zip(did, all).map { own, everybody in
      StratifiedRiskDifference.Stratum(
        exposedSuccesses: own.returned, exposed: own.units, otherSuccesses: everybody.returned - own.moved.returned,
        others: everybody.units - own.moved.units)
    }
    let (n1, n0) = (strata.reduce(0) { $0 + $1.exposed }, strata.reduce(0) { $0 + $1.others })
    let (y1, y0) = (strata.reduce(0) { $0 + $1.exposedSuccesses }, strata.reduce(0) { $0 + $1.otherSuccesses })
    guard n1 >= EarlyBehaviourReport.fewest, n0 >= EarlyBehaviourReport.fewest,
      let pair = try? TwoProportions(treatment: (successes: y1, trials: n1), control: (successes: y0, trials: n0)),
      let shareDid = CohortEstimate(share: y1, of: n1, level: level),
      let shareDidNot = CohortEstimate(share: y0, of: n0, level: level)
    else { return nil }
    let raw = pair.newcombe(level)
    self.name = name
    units = n1
    returnedDid = shareDid
    returnedDidNot = shareDidNot
    difference = CohortEstimate(estimate: pair.difference, lower: raw.lower, upper: raw.upper)
    if let pooled = try? StratifiedRiskDifference(strata) {
      let interval = pooled.interval(level)
      adjusted = CohortEstimate(estimate: pooled.estimate, lower: interval.lower, upper: interval.upper)
      pValue = pooled.pValue
    }
  }
}

/// What one unit did in its first days, and whether it was active in as many days behind them.
struct EarlyUnit {
  private(set) var events = 0
  /// Events by step.
  private(set) var counts: [Int32: Int] = [:]
  private(set) var returned = false
  private(set) var activeDays = 0
  private(set) var amount = 0.0

  /// Nil without a start, or if the unit was not observed for twice the days.
  init?(_ log: EventLog, _ timeline: ArraySlice<Int32>, _ assignment: CohortAssignment, _ unit: Int, days: Int) {
    let start = assignment.starts[unit]
    let window = Int64(days) * CivilDay.secondsPerDay
    guard start != CohortAssignment.noStart, assignment.asOf - start >= 2 * window else { return nil }
    var lastDay = Int.min
    for event in timeline {
      let time = log.times[Int(event)]
      if time - start >= 2 * window { break }
      if time - start >= window {
        if log.roles?[Int(event)].contains(.activity) ?? true { returned = true }
        continue
      }
      events += 1
      if let step = log.steps?[Int(event)] { counts[step, default: 0] += 1 }
      if let value = log.amounts?[Int(event)], value.isFinite { amount += value }
      let day = assignment.calendar.day(of: time)
      if day != lastDay { activeDays += 1 }
      lastDay = day
    }
  }
}
