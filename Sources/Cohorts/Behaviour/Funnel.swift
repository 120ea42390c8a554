import Basics
import Statistics

/// An ordered funnel: how many units reach each step, in which time.
///
/// A unit starts at its earliest event of the first step and passes step k by its first event of that step at or after the time of
/// passing step k - 1, not later than the window after its start (inclusive). Events of the same instant count.
///
/// - Checked against: plain Python, Datasets/References/funnel-small.json.
public struct Funnel: Sendable, Codable, Equatable {
  public struct Step: Sendable, Codable, Equatable {
    public var name: String
    public var units: Int
    /// Share of the units of the first step, and of the step before, with Wilson intervals; nil for the first step.
    public var fromStart: CohortEstimate?
    public var fromPrevious: CohortEstimate?
    /// From the first step, ascending, one per unit that got here.
    public var secondsFromStart: [Int64]
  }

  public let steps: [Step]

  /// - Parameters:
  ///   - names: steps in order; a name that comes twice takes two different events.
  ///   - windowSeconds: nil for no limit.
  /// - Throws: `CohortFault` if the log is inconsistent or has no steps, or a name is unknown.
  public init(
    log: EventLog, names: [String], windowSeconds: Int64? = nil, level: ConfidenceLevel = .ninetyFive
  ) throws(CohortFault) {
    try log.validate()
    guard let column = log.steps, !names.isEmpty else { throw CohortFault(.noSteps) }
    var wanted: [Int32] = []
    for name in names {
      guard let index = log.stepNames.firstIndex(of: name) else {
        throw CohortFault(.unknownStep(name, nearest: nearestName(to: name, among: log.stepNames)))
      }
      wanted.append(Int32(index))
    }
    let reached = Self.reached(log, column, wanted, windowSeconds)
    steps = names.indices.map { k in
      Step(
        name: names[k], units: reached[k].count,
        fromStart: k == 0 ? nil : Self.share(reached[k].count, of: reached[0].count, level),
        fromPrevious: k == 0 ? nil : Self.share(reached[k].count, of: reached[k - 1].count, level),
        secondsFromStart: reached[k].sorted())
    }
  }

  private static func share(_ x: Int, of n: Int, _ level: ConfidenceLevel) -> CohortEstimate? {
    guard n > 0 else { return nil }
    let interval = SingleProportion.wilson(x, of: n, level: level)
    return CohortEstimate(estimate: Double(x) / Double(n), lower: interval.lower, upper: interval.upper)
  }

  /// Seconds from the first step by step, one per unit that reached it.
  private static func reached(
    _ log: EventLog, _ column: [Int32], _ wanted: [Int32], _ window: Int64?
  ) -> [[Int64]] {
    let relevant = Set(wanted)
    let events = log.times.indices.filter { relevant.contains(column[$0]) }.sorted {
      (log.units[$0], log.times[$0], $0) < (log.units[$1], log.times[$1], $1)
    }
    var reached = [[Int64]](repeating: [], count: wanted.count)
    var first = 0
    while first < events.count {
      var end = first
      while end < events.count, log.units[events[end]] == log.units[events[first]] { end += 1 }
      follow(events[first..<end], log, column, wanted, window, &reached)
      first = end
    }
    return reached
  }

  /// One unit's events, ascending in time.
  private static func follow(
    _ events: ArraySlice<Int>, _ log: EventLog, _ column: [Int32], _ wanted: [Int32], _ window: Int64?,
    _ reached: inout [[Int64]]
  ) {
    guard let entry = events.first(where: { column[$0] == wanted[0] }) else { return }
    let start = log.times[entry]
    var passed = start
    var used: Set<Int> = [entry]
    reached[0].append(0)
    for step in wanted.indices.dropFirst() {
      let next = events.first {
        column[$0] == wanted[step] && log.times[$0] >= passed && !used.contains($0)
      }
      guard let next, window.map({ log.times[next] - start <= $0 }) ?? true else { return }
      passed = log.times[next]
      used.insert(next)
      reached[step].append(passed - start)
    }
  }
}
