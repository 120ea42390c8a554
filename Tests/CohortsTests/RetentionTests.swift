import Basics
import Cohorts
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct RetentionTests {
  @Test("calendar periods, plain Python and pandas", arguments: try References.cases("retention-small"))
  func calendarPeriods(_ c: ReferenceCase) throws {
    let log = try Fixture.log(c.input["events"])
    var settings = try Fixture.settings(c.input)
    settings.asOf = try #require(Fixture.seconds(c.input["asOf"]?.string))
    let assignment = try CohortAssignment(log: log, settings: settings)
    let table = try Retention.tables(log: log, assignment: assignment, settings: settings).all
    let expected = try #require(c.expected["cohorts"]?.array)
    #expect(table.cohorts.map(\.cohort) == expected.map { $0["cohort"]?.string ?? "" })
    #expect(table.cohorts.map(\.size) == expected.map { $0["size"]?.int ?? -1 })
    #expect(table.cohorts.map { $0.cells.map(\.retained) } == expected.map { ($0["retained"]?.array ?? []).map(\.int) })
  }

  @Test(
    "24-hour windows since the unit's own signup, exact counts",
    arguments: try ["nDayRetention", "onOrAfterRetention", "bracketRetention"].flatMap {
      try References.cases("retention", function: $0)
    })
  func rollingWindows(_ c: ReferenceCase) throws {
    let log = try Fixture.signupLog(c.input["events"])
    let asOf = try #require(c.input["asOf"]?.int)
    var settings = CohortSettings(
      period: try #require(CohortPeriod(rawValue: c.input["cohort"]?.string ?? "")),
      window: .rolling(seconds: 86_400), asOf: Int64(asOf))
    let ages: [Int]
    if let brackets = c.input["brackets"]?.array {
      // Half-open there, both ends included here.
      settings.retention = .bracket(brackets.map { ($0[0]?.int ?? 0)...(($0[1]?.int ?? 1) - 1) })
      ages = Array(brackets.indices)
    } else {
      if c.function == "onOrAfterRetention" { settings.retention = .onOrAfter }
      ages = (c.input["ages"]?.array ?? []).compactMap(\.int)
      settings.maximumAge = ages.max()
    }
    let assignment = try CohortAssignment(log: log, settings: settings)
    let table = try Retention.tables(log: log, assignment: assignment, settings: settings).all
    #expect(table.cohorts.map(\.cohort) == (c.expected["cohorts"]?.array ?? []).map { $0.string ?? "" })
    #expect(table.cohorts.map(\.size) == (c.expected["sizes"]?.array ?? []).map { $0.int ?? -1 })
    let cells = table.cohorts.map { cohort in ages.map { cohort.cells[$0] } }
    #expect(cells.map { $0.map(\.observed) } == Fixture.matrix(c.expected["observable"]))
    #expect(cells.map { $0.map { $0.retained ?? 0 } } == Fixture.matrix(c.expected["retained"]))
  }

  @Test(
    "triangle of calendar periods, exact counts",
    arguments: try References.cases("retention", function: "calendarTriangle"))
  func triangle(_ c: ReferenceCase) throws {
    var log = try Fixture.signupLog(c.input["events"])
    let asOf = Int64(try #require(c.input["asOf"]?.int))
    // The reference also counts the period that is not over: observe for longer, but nothing happens after asOf.
    let kept = log.times.indices.filter { log.times[$0] < asOf }
    log.units = kept.map { log.units[$0] }
    log.roles = log.roles.map { roles in kept.map { roles[$0] } }
    log.times = kept.map { log.times[$0] }
    let settings = CohortSettings(
      period: try #require(CohortPeriod(rawValue: c.input["cohort"]?.string ?? "")), asOf: asOf + 40 * 86_400)
    let assignment = try CohortAssignment(log: log, settings: settings)
    let table = try Retention.tables(log: log, assignment: assignment, settings: settings).all
    let expected = Fixture.matrix(c.expected["triangle"])
    #expect(table.cohorts.map(\.cohort) == (c.expected["cohorts"]?.array ?? []).map { $0.string ?? "" })
    for (cohort, row) in zip(table.cohorts, expected) {
      #expect(cohort.cells.prefix(row.count).map { $0.retained ?? -1 } == row)
    }
  }

  @Test func aYoungCohortIsBlankNotZeroAndAZeroCohortVotes() throws {
    // Days 0, 1, 2 of 1970; a starts on day 0 and returns on day 1; b starts on day 1 and never returns; c starts on day 3.
    let day: Int64 = 86_400
    let log = EventLog(unitCount: 3, units: [0, 0, 1, 2], times: [0, day, day, 3 * day])
    let settings = CohortSettings(period: .day)
    let assignment = try CohortAssignment(log: log, settings: settings)
    let table = try Retention.tables(log: log, assignment: assignment, settings: settings).all
    #expect(table.cohorts.map(\.cohort) == ["1970-01-01", "1970-01-02", "1970-01-04"])
    #expect(table.cohorts.map { $0.cells.map(\.retained) } == [[1, 1, 0], [1, 0, nil], [nil, nil, nil]])
    let second = table.overall[1]
    #expect(second.cohorts == 2 && second.observed == 2 && second.retained == 1)
    #expect(second.weightedMean == 0.5 && second.simpleMean == 0.5)
  }

  @Test func segmentsAddUpToTheWhole() throws {
    var generator = SeededGenerator(seed: 11)
    let log = Fixture.random(events: 4_000, units: 300, days: 70, segments: 3, using: &generator)
    let settings = CohortSettings(period: .week, timeZone: "America/New_York")
    let assignment = try CohortAssignment(log: log, settings: settings)
    let (all, segments) = try Retention.tables(log: log, assignment: assignment, settings: settings)
    #expect(segments.count == 3)
    for cohort in all.cohorts {
      let parts = segments.compactMap { table in table.cohorts.first { $0.cohort == cohort.cohort } }
      #expect(parts.reduce(0) { $0 + $1.size } == cohort.size)
      for column in all.ages.indices {
        let sum = parts.compactMap { $0.cells[column].retained }.reduce(0, +)
        #expect(sum == cohort.cells[column].retained ?? 0)
      }
    }
  }

  @Test func theOrderOfTheLogDoesNotMatter() throws {
    var generator = SeededGenerator(seed: 12)
    let log = Fixture.random(events: 2_000, units: 200, days: 60, using: &generator)
    var reversed = log
    reversed.units.reverse()
    reversed.times.reverse()
    for retention in [CohortSettings.Retention.on, .onOrAfter, .bracket([1...2, 3...6])] {
      let settings = CohortSettings(retention: retention, timeZone: "Asia/Kolkata", weekStart: .sunday)
      let tables = try [log, reversed].map { log in
        try Retention.tables(
          log: log, assignment: CohortAssignment(log: log, settings: settings), settings: settings
        ).all
      }
      #expect(tables[0] == tables[1])
    }
  }

  @Test func whatIsLeftOutIsCounted() throws {
    let day: Int64 = 86_400
    // Unit 0 is active before its signup, unit 1 never signs up, unit 2 signs up after the end of observation.
    let log = EventLog(
      unitCount: 3, units: [0, 0, 0, 1, 1, 2], times: [0, day, 2 * day, day, 2 * day, 20 * day],
      roles: [.activity, .start, .activity, .activity, .activity, .start])
    let assignment = try CohortAssignment(log: log, settings: CohortSettings(period: .day, asOf: 10 * day))
    #expect(assignment.units == 1)
    #expect(assignment.eventsBeforeStart == 1)
    #expect(assignment.unitsWithoutStart == 1)
    #expect(assignment.eventsAfterAsOf == 1)
  }

  @Test(arguments: [
    (
      EventLog(unitCount: 0, units: [], times: []), CohortSettings(),
      "the event log is empty; a cohort needs at least one event."
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [100]), CohortSettings(asOf: 99),
      "every event is later than the end of observation; choose a later one."
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [100]), CohortSettings(timeZone: "Europe/Berlim"),
      "no time zone 'Europe/Berlim'; give an IANA name such as 'Europe/Berlin'. Did you mean 'Europe/Berlin'?"
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [100], roles: [.activity]), CohortSettings(),
      "no event starts a unit; name the start event, or leave it out to start at each unit's first event."
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [1_700_000_000_000_000]), CohortSettings(),
      "a time lies outside the years 1 to 9999; are the times in seconds?"
    ),
    (
      EventLog(unitCount: 1, units: [1], times: [0]), CohortSettings(),
      "the column of units holds an index outside its table."
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [0]), CohortSettings(retention: .bracket([-1...2])),
      "the bracket -1-2 must start at 0 or later and not end before its start."
    ),
    (
      EventLog(unitCount: 1, units: [0], times: [0]), CohortSettings(retention: .bracket([])),
      "bracket retention needs brackets, for example 1-2,3-6."
    ),
  ])
  func faults(_ log: EventLog, _ settings: CohortSettings, _ sentence: String) {
    let fault = #expect(throws: CohortFault.self) { try CohortAssignment(log: log, settings: settings) }
    #expect(fault?.sentence == sentence)
  }
}
