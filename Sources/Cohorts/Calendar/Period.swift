/// The calendar period that makes a cohort.
public enum CohortPeriod: String, Sendable, Hashable, Codable, CaseIterable {
  case day, week, month, quarter

  /// Days of a period on average over the Gregorian cycle: 1, 7, 30.436875, 91.310625.
  public var averageDays: Double {
    switch self {
    case .day: 1
    case .week: 7
    case .month: 146_097.0 / 4_800
    case .quarter: 146_097.0 / 1_600
    }
  }

  /// Length of a window since a unit's own start: 1, 7, 30 or 90 times 24 hours.
  public var rollingSeconds: Int64 {
    switch self {
    case .day: 86_400
    case .week: 7 * 86_400
    case .month: 30 * 86_400
    case .quarter: 90 * 86_400
    }
  }

  /// Consecutive number of the period that holds a day.
  func index(ofDay day: Int, weekStart: Weekday) -> Int {
    switch self {
    case .day: return day
    case .week:
      // Day 0 was a Thursday, day 3 of an ISO week.
      return CivilDay.floorDivide(day + 3 - weekStart.offset, 7)
    case .month:
      let (year, month, _) = CivilDay.civil(day)
      return year * 12 + month - 1
    case .quarter:
      let (year, month, _) = CivilDay.civil(day)
      return year * 4 + (month - 1) / 3
    }
  }

  /// The first day of a period.
  func firstDay(ofIndex index: Int, weekStart: Weekday) -> Int {
    switch self {
    case .day: return index
    case .week: return index * 7 - 3 + weekStart.offset
    case .month:
      let year = CivilDay.floorDivide(index, 12)
      return CivilDay.number(year: year, month: index - year * 12 + 1, day: 1)
    case .quarter:
      let year = CivilDay.floorDivide(index, 4)
      return CivilDay.number(year: year, month: (index - year * 4) * 3 + 1, day: 1)
    }
  }
}

/// The day on which weeks start.
public enum Weekday: String, Sendable, Hashable, Codable, CaseIterable {
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  /// Days after Monday.
  var offset: Int {
    switch self {
    case .monday: 0
    case .tuesday: 1
    case .wednesday: 2
    case .thursday: 3
    case .friday: 4
    case .saturday: 5
    case .sunday: 6
    }
  }
}
