import Cohorts
import Statistics
import TestSupport
import Testing

@Suite struct GroupTests {
  private static let day: Int64 = 86_400
  private static let start: Int64 = 1_704_067_200  // Monday, 2024-01-01

  private func log(_ days: [[Int]], groups: [Int32]? = nil, names: [String] = []) -> EventLog {
    var log = EventLog(unitCount: days.count, units: [], times: [])
    for (unit, own) in days.enumerated() {
      log.units += own.map { _ in Int32(unit) }
      log.times += own.map { Self.start + Int64($0) * Self.day + 60 }
    }
    if let groups {
      log.segments = log.units.map { groups[Int($0)] }
      log.segmentColumn = "arm"
      log.segmentNames = names
    }
    return log
  }

  @Test func armsAreComparedWithTheControl() throws {
    // Week 1: 6 of 20 of the control come back, 15 of 20 of the treatment.
    let days = (0..<40).map { unit -> [Int] in
      let isBack = unit < 20 ? unit < 6 : unit < 35
      return [0] + (isBack ? [8] : []) + (unit % 4 == 0 ? [40] : [])
    }
    var settings = CohortSettings(period: .week, asOf: Self.start + 60 * Self.day)
    settings.control = "control"
    settings.groupsAreArms = true
    let report = try Cohorts.analyze(
      log: log(days, groups: (0..<40).map { $0 < 20 ? 0 : 1 }, names: ["control", "treatment"]), settings: settings)
    let comparison = try #require(report.comparison)
    #expect(comparison.control == "control")
    #expect(comparison.sampleRatioPValue == 1)
    let group = try #require(comparison.groups.first)
    let week = try #require(group.retention.first { $0.age == 1 }?.difference)
    #expect(week.control == 0.3 && week.treatment == 0.75)
    // Newcombe's hybrid score limits of 15/20 - 6/20: Wilson [0.5313, 0.8881] and [0.1455, 0.5190].
    let wilson = (
      SingleProportion.wilson(15, of: 20), SingleProportion.wilson(6, of: 20)
    )
    let lower =
      0.45
      - ((0.75 - wilson.0.lower) * (0.75 - wilson.0.lower) + (wilson.1.upper - 0.3) * (wilson.1.upper - 0.3))
      .squareRoot()
    expectClose(week.lower, lower, relative: 1e-12)
    // Every p-value of the comparison is in one family.
    let all = group.retention.map(\.difference) + [group.restrictedMean].compactMap { $0 }
    let adjusted = Multiplicity.adjust(all.map(\.pValue), by: .holm)
    #expect(all.map(\.adjustedPValue) == adjusted)
  }

  @Test func anUnknownControlIsNamed() {
    var settings = CohortSettings(asOf: Self.start + 60 * Self.day)
    settings.control = "contorl"
    let log = log([[0], [0]], groups: [0, 1], names: ["control", "new"])
    let fault = #expect(throws: CohortFault.self) { try Cohorts.analyze(log: log, settings: settings) }
    #expect(
      fault?.sentence == "no group 'contorl' to compare with. The groups are control, new. Did you mean 'control'?")
  }

  @Test func unitsAreSplitByWhatTheyDidFirst() throws {
    var log = log([[0, 10], [0, 3], [0]])
    log.stepNames = ["open", "invite"]
    log.steps = [0, 1, 0, 1, 0]
    let grouped = try log.grouped(byEarly: "invite", days: 7, settings: CohortSettings())
    // Unit 0 invites on day 10, too late; unit 1 on day 3.
    #expect(grouped.segmentNames == ["with invite", "without invite"])
    #expect(grouped.segments == [1, 1, 0, 0, 1])
  }

  @Test func startsThatAreDeclared() throws {
    var log = log([[2, 9], [-3, 1], [5]])
    log.declaredStarts = EventLog.DeclaredStarts(times: [Self.start, Self.start, .max])
    let settings = CohortSettings(period: .week, asOf: Self.start + 30 * Self.day)
    let report = try Cohorts.analyze(log: log, settings: settings)
    #expect(report.input.units == 2)
    #expect(report.input.eventsBeforeStart == 1)
    #expect(report.input.unitsWithoutStart == 1)
    #expect(report.retention.cohorts.map(\.cohort) == ["2024-01-01"])
    #expect(report.retention.cohorts[0].cells.map(\.retained) == [2, 1, 0, 0])
  }

  /// A unit that started 50 days before the log begins cannot have been seen to churn before: it enters the curve at day 50.
  @Test func startsBeforeTheLogAreLeftTruncated() throws {
    let days = [[0, 20], [0, 35], [10, 70], [0, 0]]
    var log = log(days)
    log.declaredStarts = EventLog.DeclaredStarts(
      times: [Self.start, Self.start, Self.start - 50 * Self.day, Self.start])
    var settings = CohortSettings(period: .month, asOf: Self.start + 200 * Self.day)
    settings.inactivityDays = 30
    let curve = try #require(try Cohorts.analyze(log: log, settings: settings).survival)
    // At risk on day 0: units 0, 1, 3; on days 20 and 35: 2 and 1; unit 2 alone from day 50.
    #expect(curve.points.map(\.time) == [0, 20, 35, 120])
    #expect(curve.points.map(\.atRisk) == [3, 2, 1, 1])
    #expect(curve.definition.contains("; 1 unit of a start before the log"))
  }

  @Test func recurringStartsByHand() throws {
    // Weeks of starts and activity: unit 0 in weeks 0, 1, 3; unit 1 in week 1; the log ends in week 4.
    var settings = CohortSettings(period: .week, asOf: Self.start + 30 * Self.day)
    settings.recurring = true
    let table = try Cohorts.analyze(log: log([[0, 7, 21], [8]]), settings: settings).retention
    #expect(table.cohorts.map(\.cohort) == ["2024-01-01", "2024-01-08", "2024-01-22"])
    #expect(table.cohorts.map(\.size) == [1, 2, 1])
    #expect(table.cohorts.map { $0.cells.map(\.retained) } == [[1, 1, 0, 1], [2, 0, 1, nil], [1, nil, nil, nil]])
  }

  @Test func aThousandTimesAHundredCohorts() throws {
    // One unit a day for 273 years: each its own cohort.
    let log = EventLog(
      unitCount: 100_000, units: (0..<100_000).map { Int32($0) },
      times: (0..<100_000).map { Int64($0 - 60_000) * Self.day })
    let table = try Cohorts.analyze(log: log, settings: CohortSettings(period: .day)).retention
    #expect(table.cohorts.count == 100_000)
    #expect(table.cohorts.allSatisfy { $0.size == 1 })
  }
}
