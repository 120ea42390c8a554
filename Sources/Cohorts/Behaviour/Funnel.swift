import Basics
import Statistics

/// An ordered funnel: how many units reach each step, in which time. `FunnelWalk` says what reaching is.
///
/// - Checked against: plain Python, Datasets/References/funnel-small.json.
public struct Funnel: Sendable, Codable, Equatable {
  public struct Step: Sendable, Codable, Equatable {
    public var name: String
    /// required, optional or excluded.
    public var kind: FunnelDefinition.Kind
    /// Units that reached the step; of an excluded step: units that left by it.
    public var units: Int
    /// Share of the units of the first step, and of the required step before, with Wilson intervals; nil for the first step.
    public var fromStart: CohortEstimate?
    public var fromPrevious: CohortEstimate?
    /// From the first step, ascending, one per unit that got here.
    public var secondsFromStart: [Int64]
  }

  public let steps: [Step]
  /// Kaplan-Meier of the time from the first step to the last: units that have not got there are censored when they were last
  /// able to, at the window's end or the end of observation.
  public let hoursToConvert: CohortEstimate?

  /// - Parameters:
  ///   - names: required steps in order; a name that comes twice takes two different events.
  ///   - windowSeconds: nil for no limit.
  /// - Throws: `CohortFault` if the log is inconsistent or has no steps, a name is unknown, or the window is below a second.
  public init(
    log: EventLog, names: [String], windowSeconds: Int64? = nil, level: ConfidenceLevel = .ninetyFive
  ) throws(CohortFault) {
    try self.init(
      log: log, definition: FunnelDefinition(steps: names.map { .init($0) }, windowSeconds: windowSeconds),
      asOf: log.times.max() ?? 0, level: level)
  }

  /// - Parameter includes: which units; nil for all.
  /// - Throws: as above.
  public init(
    log: EventLog, definition: FunnelDefinition, asOf: Int64, level: ConfidenceLevel = .ninetyFive,
    includes: ((_ unit: Int) -> Bool)? = nil
  ) throws(CohortFault) {
    try log.validate()
    guard let column = log.steps, !definition.steps.isEmpty else { throw CohortFault(.noSteps) }
    if let seconds = definition.windowSeconds, seconds < 1 { throw CohortFault(.badWindow(seconds: seconds)) }
    var wanted: [Int32] = []
    for step in definition.steps { wanted.append(try log.code(ofStep: step.name)) }
    let walks = Self.walks(log, column, definition, wanted, asOf, includes)
    steps = Self.steps(definition, walks, level)
    hoursToConvert = Self.hoursToConvert(definition, walks, asOf, level)
  }

  private static func walks(
    _ log: EventLog, _ column: [Int32], _ definition: FunnelDefinition, _ wanted: [Int32], _ asOf: Int64,
    _ includes: ((Int) -> Bool)?
  ) -> [FunnelWalk] {
    let relevant = Set(wanted)
    let places = log.times.indices.filter { place in
      relevant.contains(column[place]) && log.times[place] <= asOf && includes?(Int(log.units[place])) ?? true
    }.sorted { (log.units[$0], log.times[$0], $0) < (log.units[$1], log.times[$1], $1) }
    var walks: [FunnelWalk] = []
    var first = 0
    while first < places.count {
      var end = first
      while end < places.count, log.units[places[end]] == log.units[places[first]] { end += 1 }
      let events = places[first..<end].map { (time: log.times[$0], code: column[$0]) }
      if let walk = FunnelWalk(events, definition, wanted: wanted) { walks.append(walk) }
      first = end
    }
    return walks
  }

  private static func steps(
    _ definition: FunnelDefinition, _ walks: [FunnelWalk], _ level: ConfidenceLevel
  ) -> [Step] {
    var previous = walks.count
    return definition.steps.indices.map { k in
      let kind = definition.steps[k].kind
      let seconds =
        kind == .excluded ? exclusions(definition, walks, k) : walks.compactMap { $0.seconds[k] }.sorted()
      let step = Step(
        name: definition.steps[k].name, kind: kind, units: seconds.count,
        fromStart: k == 0 ? nil : CohortEstimate(share: seconds.count, of: walks.count, level: level),
        fromPrevious: k == 0 ? nil : CohortEstimate(share: seconds.count, of: previous, level: level),
        secondsFromStart: seconds)
      if kind == .required { previous = seconds.count }
      return step
    }
  }

  /// Walks that an excluded step ended: those that got past the required step before it and not to the one behind.
  private static func exclusions(_ definition: FunnelDefinition, _ walks: [FunnelWalk], _ k: Int) -> [Int64] {
    let before = definition.steps[..<k].lastIndex { $0.kind == .required } ?? 0
    let after = definition.steps[k...].firstIndex { $0.kind == .required } ?? k
    return walks.compactMap { walk in
      walk.seconds[before] != nil && walk.seconds[after] == nil ? walk.excludedAfter : nil
    }.sorted()
  }

  private static func hoursToConvert(
    _ definition: FunnelDefinition, _ walks: [FunnelWalk], _ asOf: Int64, _ level: ConfidenceLevel
  ) -> CohortEstimate? {
    guard let last = definition.steps.indices.last else { return nil }
    let times = walks.map { walk in
      walk.seconds[last] ?? max(0, min(definition.windowSeconds ?? .max, asOf - walk.start))
    }
    guard
      let data = try? SurvivalData(
        time: times.map { Double($0) / 3600 }, event: walks.map { $0.seconds[last] != nil })
    else { return nil }
    let curve = KaplanMeier(data, level: level)
    return curve.median.map { CohortEstimate(estimate: $0, lower: curve.medianLower, upper: curve.medianUpper) }
  }
}

extension EventLog {
  /// - Throws: `CohortFault` with the nearest name.
  func code(ofStep name: String) throws(CohortFault) -> Int32 {
    guard let index = stepNames.firstIndex(of: name) else {
      throw CohortFault(.unknownStep(name, nearest: nearestName(to: name, among: stepNames)))
    }
    return Int32(index)
  }
}

/// A funnel of all units or of one segment, as it is reported.
public struct FunnelReport: Sendable, Codable, Equatable {
  /// Nil for all units.
  public var segment: String?
  public var windowSeconds: Int64?
  public var steps: [Step]
  /// Median hours from the first step to the last over all who started, by Kaplan-Meier; nil if fewer than half get there.
  public var medianHoursToConvert: CohortEstimate?

  public struct Step: Sendable, Codable, Equatable {
    public var name: String
    public var kind: FunnelDefinition.Kind
    public var units: Int
    public var fromStart: CohortEstimate?
    public var fromPrevious: CohortEstimate?
    /// Hours from the first step of those who got here.
    public var medianHours: Double?
  }

  init(_ funnel: Funnel, segment: String?, windowSeconds: Int64?) {
    self.segment = segment
    self.windowSeconds = windowSeconds
    medianHoursToConvert = funnel.hoursToConvert
    steps = funnel.steps.map { step in
      let seconds = step.secondsFromStart
      let middle = seconds.isEmpty ? nil : Double(seconds[(seconds.count - 1) / 2] + seconds[seconds.count / 2]) / 7200
      return Step(
        name: step.name, kind: step.kind, units: step.units, fromStart: step.fromStart, fromPrevious: step.fromPrevious,
        medianHours: middle)
    }
  }

  /// All units first, then the segments in order of their names.
  static func all(
    _ log: EventLog, _ assignment: CohortAssignment, _ definition: FunnelDefinition, _ level: ConfidenceLevel
  ) throws(CohortFault) -> [FunnelReport] {
    let whole = try Funnel(log: log, definition: definition, asOf: assignment.asOf, level: level)
    var reports = [FunnelReport(whole, segment: nil, windowSeconds: definition.windowSeconds)]
    guard log.segmentColumn != nil else { return reports }
    for segment in log.segmentNames.indices.sorted(by: { log.segmentNames[$0] < log.segmentNames[$1] }) {
      let part = try Funnel(log: log, definition: definition, asOf: assignment.asOf, level: level) { unit in
        Int(assignment.segmentOfUnit[unit]) == segment
      }
      reports.append(
        FunnelReport(part, segment: log.segmentNames[segment], windowSeconds: definition.windowSeconds))
    }
    return reports
  }
}
