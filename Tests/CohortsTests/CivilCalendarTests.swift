import Cohorts
import Foundation
import TestSupport
import Testing

@Suite struct CivilCalendarTests {
  /// Zones with clock changes at night, across midnight (St. John's until 2011, São Paulo), a skipped day (Apia), half hours.
  static let zones = [
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata",
    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
  ]

  @Test("Foundation's Calendar", arguments: zones)
  func agreesWithFoundation(_ name: String) throws {
    // 1995 to 2026, so that all the oddities above are inside.
    let span: ClosedRange<Int64> = 788_918_400...1_767_225_600
    let ours = try CohortPeriod.allCases.map { try CivilCalendar(timeZone: name, period: $0, span: span) }
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: name))
    var generator = SeededGenerator(seed: 5)
    var times = (0..<1_500).map { _ in Int64.random(in: span, using: &generator) }
    // The hours around clock changes.
    for year in [1999, 2006, 2010, 2011, 2018, 2025] {
      for day in 0..<366 where day % 7 == 6 || day > 360 {
        let midnight = Int64(CivilDay.number(year: year, month: 1, day: 1) + day) * 86_400
        times += [midnight + 3_599, midnight + 9_030, midnight + 12_630]
      }
    }
    for time in times where span.contains(time) {
      let date = Date(timeIntervalSince1970: TimeInterval(time))
      let c = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
      guard let year = c.year, let month = c.month, let day = c.day, let weekday = c.weekday else { continue }
      let number = CivilDay.number(year: year, month: month, day: day)
      #expect(ours[0].day(of: time) == number)
      #expect(ours[0].isoDate(ofPeriod: ours[0].periodIndex(of: time)) == CivilDay.iso(number))
      // Foundation's Sunday is 1.
      let monday = number - (weekday + 5) % 7
      #expect(ours[1].isoDate(ofPeriod: ours[1].periodIndex(of: time)) == CivilDay.iso(monday))
      let first = CivilDay.iso(CivilDay.number(year: year, month: month, day: 1))
      #expect(ours[2].isoDate(ofPeriod: ours[2].periodIndex(of: time)) == first)
      let quarter = CivilDay.iso(CivilDay.number(year: year, month: (month - 1) / 3 * 3 + 1, day: 1))
      #expect(ours[3].isoDate(ofPeriod: ours[3].periodIndex(of: time)) == quarter)
    }
  }

  @Test(arguments: Weekday.allCases)
  func weeksStartOnTheDayAskedFor(_ weekStart: Weekday) throws {
    // 2024-01-01 was a Monday.
    let monday = CivilDay.number(year: 2024, month: 1, day: 1)
    let place = try #require(Weekday.allCases.firstIndex(of: weekStart))
    let start = Int64(monday + place) * 86_400
    let calendar = try CivilCalendar(
      timeZone: "UTC", period: .week, weekStart: weekStart, span: start - 1...start + 700_000)
    #expect(calendar.periodIndex(of: start) == calendar.periodIndex(of: start - 1) + 1)
    #expect(calendar.periodIndex(of: start + 7 * 86_400 - 1) == calendar.periodIndex(of: start))
    #expect(calendar.isoDate(ofPeriod: calendar.periodIndex(of: start)) == CivilDay.iso(monday + place))
  }

  @Test func daysAreNumberedBackAndForth() {
    // 400 years are 146,097 days; every day of one cycle, from 1600 on.
    for number in -135_140..<(-135_140 + 146_097) {
      let (year, month, day) = CivilDay.civil(number)
      #expect(CivilDay.number(year: year, month: month, day: day) == number)
    }
    #expect(CivilDay.iso(0) == "1970-01-01")
    #expect(CivilDay.iso(CivilDay.number(year: 2024, month: 2, day: 29) + 1) == "2024-03-01")
    #expect(CivilDay.isoInstant(-1) == "1969-12-31T23:59:59Z")
    #expect(Int64(CivilDay.number(year: 1, month: 1, day: 1)) * 86_400 == CivilDay.earliestSecond)
    #expect(Int64(CivilDay.number(year: 10_000, month: 1, day: 1)) * 86_400 - 1 == CivilDay.latestSecond)
  }
}
