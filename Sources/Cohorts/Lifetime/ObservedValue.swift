import Statistics

/// Cumulative value per unit by cohort and age, as observed, refunds subtracted.
public enum ObservedValue {
  /// - Returns: one entry per cohort that has completed an age; empty without amounts.
  public static func cohorts(
    log: EventLog, assignment: CohortAssignment, settings: CohortSettings, maximumAge: Int
  ) -> [LifetimeValue.ObservedCohort] {
    guard let amounts = log.amounts else { return [] }
    let byUnit = valuesByUnit(log, amounts, assignment, settings, maximumAge: maximumAge)
    let names = assignment.cohortNames
    var sizes = [Int](repeating: 0, count: names.count)
    var cells = [[Running]](repeating: [Running](repeating: Running(), count: maximumAge + 1), count: names.count)
    let completeAges = assignment.completeAges(window: settings.window)
    for unit in 0..<log.unitCount where assignment.cohortOfUnit[unit] >= 0 {
      let cohort = Int(assignment.cohortOfUnit[unit])
      sizes[cohort] += 1
      let complete = min(Int(completeAges[unit]), maximumAge + 1)
      var (sum, next) = (0.0, byUnit.places[unit])
      for age in stride(from: 0, to: complete, by: 1) {
        while next < byUnit.places[unit + 1], byUnit.entries[next].age <= age {
          sum += byUnit.entries[next].value
          next += 1
        }
        cells[cohort][age].add(sum)
      }
    }
    return names.indices.compactMap { cohort in
      let points = cells[cohort].enumerated().compactMap { age, cell in
        cell.estimate(settings.level).map { LifetimeValue.ObservedCohort.Point(age: age, valuePerUnit: $0) }
      }
      return points.isEmpty
        ? nil : LifetimeValue.ObservedCohort(cohort: names[cohort], size: sizes[cohort], points: points)
    }
  }

  /// Mean and variance of a stream, by Welford's update.
  private struct Running {
    var count = 0.0
    var mean = 0.0
    var squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      let gap = value - mean
      mean += gap / count
      squares += gap * (value - mean)
    }

    /// With Student's interval. Nil without units; without limits below two units.
    func estimate(_ level: ConfidenceLevel) -> CohortEstimate? {
      guard count > 0 else { return nil }
      guard let student = try? StudentT(degreesOfFreedom: count - 1) else {
        return CohortEstimate(estimate: mean, lower: nil, upper: nil)
      }
      let half = student.inverseSurvival(level.alpha / 2) * (squares / (count - 1) / count).squareRoot()
      return CohortEstimate(estimate: mean, lower: mean - half, upper: mean + half)
    }
  }

  private struct Entry {
    var age: Int32
    var value: Double
  }

  /// Values with their ages by unit, ascending in age.
  private static func valuesByUnit(
    _ log: EventLog, _ amounts: [Double], _ assignment: CohortAssignment, _ settings: CohortSettings, maximumAge: Int
  ) -> (places: [Int], entries: [Entry]) {
    func age(_ event: Int) -> Int? {
      let (unit, time) = (Int(log.units[event]), log.times[event])
      guard amounts[event].isFinite, time <= assignment.asOf, time >= assignment.starts[unit] else { return nil }
      switch settings.window {
      case .calendar: return assignment.calendar.periodIndex(of: time) - Int(assignment.startPeriods[unit])
      case .rolling(let seconds): return Int((time - assignment.starts[unit]) / seconds)
      }
    }
    var places = [Int](repeating: 0, count: log.unitCount + 1)
    for event in 0..<log.count {
      if let age = age(event), age <= maximumAge { places[Int(log.units[event]) + 1] += 1 }
    }
    for unit in 0..<log.unitCount { places[unit + 1] += places[unit] }
    var next = places
    var entries = [Entry](repeating: Entry(age: 0, value: 0), count: places[log.unitCount])
    for event in 0..<log.count {
      guard let age = age(event), age <= maximumAge else { continue }
      let unit = Int(log.units[event])
      entries[next[unit]] = Entry(age: Int32(age), value: amounts[event])
      next[unit] += 1
    }
    for unit in 0..<log.unitCount where places[unit + 1] - places[unit] > 1 {
      entries[places[unit]..<places[unit + 1]].sort { $0.age < $1.age }
    }
    return (places, entries)
  }
}
