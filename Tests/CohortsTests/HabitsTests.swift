import Cohorts
import TestSupport
import Testing

@Suite struct HabitsTests {
  private static let day: Int64 = 86_400

  private func log(_ days: [[Int]]) -> EventLog {
    var log = EventLog(unitCount: days.count, units: [], times: [])
    for (unit, own) in days.enumerated() {
      for day in own {
        log.units.append(Int32(unit))
        // 2024-01-01 was a Monday.
        log.times.append(1_704_067_200 + Int64(day) * Self.day + 3600)
      }
    }
    return log
  }

  /// Unit 0: weeks 0, 1, 2; unit 1: weeks 0, 2; unit 2: week 1, 2 days; the log ends in week 3.
  @Test func lifecycleByHand() throws {
    var settings = CohortSettings(period: .week)
    settings.behaviour.habits = true
    let report = try Cohorts.analyze(
      log: log([[0, 1, 7, 14, 21], [2, 15], [8, 9]]), settings: settings)
    let rows = try #require(report.behaviour?.habits?.periods)
    #expect(rows.map(\.period) == ["2024-01-01", "2024-01-08", "2024-01-15"])
    #expect(rows.map(\.active) == [2, 2, 2])
    #expect(rows.map(\.new) == [2, 1, 0])
    #expect(rows.map(\.returning) == [0, 1, 1])
    #expect(rows.map(\.resurrecting) == [0, 0, 1])
    #expect(rows.map(\.dormant) == [0, 1, 1])
    // Week 0: unit 0 on 2 days, unit 1 on 1 day of 7.
    expectClose(rows[0].stickiness.estimate, 1.5 / 7, relative: 1e-15)
    #expect(rows.map(\.quickRatio) == [nil, 1, 1])
    #expect(rows[1].returnRate?.estimate == 0.5)
    #expect(rows[0].returnRate == nil)
  }

  /// 10 units that are last seen after 1 ... 10 weeks: half of them are gone after 5 weeks.
  @Test func halfLifeIsTheKaplanMeierMedian() throws {
    var settings = CohortSettings(period: .month, asOf: 1_704_067_200 + 400 * Self.day)
    settings.behaviour.habits = true
    let report = try Cohorts.analyze(log: log((1...10).map { [0, 7 * $0] }), settings: settings)
    let halves = try #require(report.behaviour?.habits?.halfLives)
    #expect(halves.map(\.cohort) == ["2024-01-01"])
    // The curve is 1/2 from day 35 to day 42; the median is the middle, as R's survfit gives it.
    #expect(halves[0].days == 38.5)
  }

  /// Stickiness is a mean over units: 95 % intervals cover its truth in 95 % of samples.
  @Test func stickinessIntervalCovers() throws {
    var generator = SeededGenerator(seed: 41)
    var settings = CohortSettings(period: .week, asOf: 1_704_067_200 + 8 * Self.day)
    settings.behaviour.habits = true
    var covered = 0
    for _ in 0..<1000 {
      // Day 0 for sure, each other day with an own chance of the unit: mean 0.4.
      let days = (0..<80).map { _ in
        let chance = Double.random(in: 0...0.8, using: &generator)
        return [0] + (1..<7).filter { _ in Double.random(in: 0..<1, using: &generator) < chance }
      }
      let one = try Cohorts.analyze(log: log(days), settings: settings).behaviour?.habits?.periods[0].stickiness
      let truth = (1 + 6 * 0.4) / 7
      if let one, let lower = one.lower, let upper = one.upper, lower <= truth, truth <= upper { covered += 1 }
    }
    // 950 ± 3.5 standard errors of 6.9.
    #expect((926...974).contains(covered), "covered \(covered)")
  }
}
