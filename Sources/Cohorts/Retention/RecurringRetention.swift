import Foundation
import Statistics

/// Retention where a unit joins the cohort of every calendar period in which it starts.
///
/// In a cohort the unit is active at age 0 if it has activity at or after its first start of that period, and at age a if it is
/// active a periods later. Within a cohort units are distinct, so that Wilson's interval holds in each cell. Over cohorts a unit
/// counts several times: the interval there is that of a ratio of sums over units.
struct RecurringRetention {
  private let ages: [RetentionTable.Age]
  private let names: [String]
  private var sizes: [Int]
  private var observed: [Int]
  private var retained: [Int]
  private var totals: [RatioSums]

  init(_ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings) {
    let first = assignment.cohortPeriods.first ?? assignment.asOfPeriod
    ages = Retention.ages(assignment, settings)
    let cohorts = assignment.asOfPeriod - first + 1
    names = (0..<cohorts).map { assignment.calendar.isoDate(ofPeriod: first + $0) }
    sizes = [Int](repeating: 0, count: cohorts)
    observed = [Int](repeating: 0, count: cohorts * ages.count)
    retained = observed
    totals = [RatioSums](repeating: RatioSums(), count: ages.count)
    let timelines = UnitTimelines(log, assignment)
    for unit in 0..<timelines.units {
      add(Periods(log, timelines[unit], assignment.calendar), first, assignment.asOfPeriod, settings.retention)
    }
  }

  /// A unit's periods with a start, with the last activity at or after the first start of it, and those with activity.
  private struct Periods {
    var starts: [(period: Int, isActive: Bool)] = []
    var active: [Int] = []

    init(_ log: EventLog, _ events: ArraySlice<Int32>, _ calendar: CivilCalendar) {
      for event in events {
        let role = log.roles?[Int(event)] ?? .both
        let period = calendar.periodIndex(of: log.times[Int(event)])
        if role.contains(.start), starts.last?.period != period { starts.append((period, false)) }
        guard role.contains(.activity) else { continue }
        if starts.last?.period == period { starts[starts.count - 1].isActive = true }
        if active.last != period { active.append(period) }
      }
    }
  }

  private mutating func add(
    _ unit: Periods, _ first: Int, _ asOfPeriod: Int, _ retention: CohortSettings.Retention
  ) {
    var own = [(x: Int, n: Int)](repeating: (0, 0), count: ages.count)
    for start in unit.starts {
      let complete = asOfPeriod - start.period
      let lived = unit.active.filter { $0 > start.period }.map { $0 - start.period } + (start.isActive ? [0] : [])
      sizes[start.period - first] += 1
      for (column, age) in ages.enumerated() where age.to < complete {
        let place = (start.period - first) * ages.count + column
        let isBack: Bool
        if case .onOrAfter = retention {
          isBack = lived.contains { $0 >= age.from && $0 < complete }
        } else {
          isBack = lived.contains { $0 >= age.from && $0 <= age.to }
        }
        observed[place] += 1
        retained[place] += isBack ? 1 : 0
        own[column].n += 1
        own[column].x += isBack ? 1 : 0
      }
    }
    for column in ages.indices where own[column].n > 0 { totals[column].add(own[column].x, own[column].n) }
  }

  func table(_ level: ConfidenceLevel) -> RetentionTable {
    let cohorts = sizes.indices.filter { sizes[$0] > 0 }.map { row in
      RetentionTable.Cohort(
        cohort: names[row], size: sizes[row],
        cells: ages.indices.map { column in
          let place = row * ages.count + column
          return RetentionTable.Cell(
            age: ages[column].from, retained: retained[place], of: observed[place], level: level)
        })
    }
    var overall = Retention.overall(ages, cohorts, level: level)
    for place in overall.indices {
      guard let column = ages.firstIndex(where: { $0.from == overall[place].age }) else { continue }
      (overall[place].lower, overall[place].upper) = totals[column].interval(level)
    }
    return RetentionTable(ages: ages, cohorts: cohorts, overall: overall)
  }
}

/// Sums over independent units of a count and its base, for their ratio.
///
/// - Source: Cochran, W. G. (1977), "Sampling Techniques", 3rd ed., eq. 6.13; on the log-odds scale, so that limits stay within
///   (0, 1).
struct RatioSums {
  private var units = 0.0
  private var (x, n, xx, xn, nn) = (0.0, 0.0, 0.0, 0.0, 0.0)

  mutating func add(_ count: Int, _ base: Int) {
    let (a, b) = (Double(count), Double(base))
    units += 1
    x += a
    n += b
    xx += a * a
    xn += a * b
    nn += b * b
  }

  /// 0...1 where the ratio is 0 or 1 or there are fewer than two units.
  func interval(_ level: ConfidenceLevel) -> (lower: Double, upper: Double) {
    let ratio = x / n
    let variance = max(0, xx - 2 * ratio * xn + ratio * ratio * nn) * units / (units - 1) / (n * n)
    guard units > 1, ratio > 0, ratio < 1, variance.isFinite else { return (0, 1) }
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let half = z * variance.squareRoot() / (ratio * (1 - ratio))
    let odds = ratio / (1 - ratio)
    let (low, high) = (odds * exp(-half), odds * exp(half))
    return (low / (1 + low), high.isFinite ? high / (1 + high) : 1)
  }
}
