import Statistics

/// Builds retention tables from an event log whose units have been assigned to cohorts.
///
/// - Checked against: a plain Python count and pandas, Datasets/References/retention-small.json (calendar periods, two time
///   zones), and exact counts, Datasets/References/retention.json (windows of 24 hours since the unit's own start).
public enum Retention {
  /// All units together, and each segment by itself in order of the segments' names.
  ///
  /// - Throws: `CohortFault` if the settings are outside their domain.
  public static func tables(
    log: EventLog, assignment: CohortAssignment, settings: CohortSettings
  ) throws(CohortFault) -> (all: RetentionTable, segments: [RetentionTable]) {
    try tables(.log(log), assignment: assignment, settings: settings)
  }

  /// The same of a log in either form.
  public static func tables(
    _ data: CohortData, assignment: CohortAssignment, settings: CohortSettings
  ) throws(CohortFault) -> (all: RetentionTable, segments: [RetentionTable]) {
    try settings.validate()
    let isSplit = data.segmentColumn != nil
    let ages = ages(assignment, settings)
    let cohorts = assignment.cohortPeriods.count
    let segments = isSplit ? data.segmentNames.count : 1
    let rowOfUnit =
      !isSplit
      ? assignment.cohortOfUnit
      : zip(assignment.cohortOfUnit, assignment.segmentOfUnit).map { cohort, segment in
        cohort < 0 ? -1 : segment * Int32(cohorts) + cohort
      }
    let counts = RetentionCounts(
      data: data, assignment: assignment, settings: settings, ages: ages, rows: segments * cohorts, rowOfUnit: rowOfUnit
    )
    var sizes = [Int](repeating: 0, count: segments * cohorts)
    for row in rowOfUnit where row >= 0 { sizes[Int(row)] += 1 }

    let parts = (0..<segments).map { segment in
      Part(counts: counts, sizes: sizes, rows: segment * cohorts..<(segment + 1) * cohorts)
    }
    let names = assignment.cohortNames
    let all = Part(sumOf: parts)
    return (
      all.table(ages: ages, names: names, level: settings.level),
      !isSplit ? [] : parts.map { $0.table(ages: ages, names: names, level: settings.level) }
    )
  }

  /// Cells that a table may have; beyond it later ages are left out unless they are asked for.
  static let cellLimit = 4_000_000

  /// The columns of the table: the brackets, or ages from 0 to the last that some unit has completed.
  package static func ages(_ assignment: CohortAssignment, _ settings: CohortSettings) -> [RetentionTable.Age] {
    if case .bracket(let brackets) = settings.retention {
      return brackets.map { RetentionTable.Age(from: $0.lowerBound, to: $0.upperBound) }
    }
    let last = settings.maximumAge ?? lastCompleteAge(assignment, settings.window)
    return (0...max(0, last)).map { RetentionTable.Age(from: $0, to: $0) }
  }

  private static func lastCompleteAge(_ assignment: CohortAssignment, _ window: CohortSettings.Window) -> Int {
    let longest: Int
    switch window {
    case .calendar: longest = assignment.asOfPeriod - (assignment.cohortPeriods.first ?? assignment.asOfPeriod)
    case .rolling(let seconds):
      let earliest = assignment.starts.min() ?? assignment.asOf
      longest = Int((assignment.asOf - min(earliest, assignment.asOf)) / seconds)
    }
    return min(longest - 1, CohortSettings.ageLimit, cellLimit / max(1, assignment.cohortPeriods.count))
  }

  /// The counts of some cohorts, one row each.
  private struct Part {
    var sizes: [Int]
    var observed: [Int]
    var retained: [Int]

    init(counts: RetentionCounts, sizes: [Int], rows: Range<Int>) {
      let cells = rows.lowerBound * counts.ages.count..<rows.upperBound * counts.ages.count
      self.sizes = Array(sizes[rows])
      observed = Array(counts.observed[cells])
      retained = Array(counts.retained[cells])
    }

    init(sumOf parts: [Part]) {
      self = parts[0]
      for part in parts.dropFirst() {
        for i in sizes.indices { sizes[i] += part.sizes[i] }
        for i in observed.indices { observed[i] += part.observed[i] }
        for i in retained.indices { retained[i] += part.retained[i] }
      }
    }

    func table(ages: [RetentionTable.Age], names: [String], level: ConfidenceLevel) -> RetentionTable {
      let cohorts = sizes.indices.filter { sizes[$0] > 0 }.map { row in
        RetentionTable.Cohort(
          cohort: names[row], size: sizes[row],
          cells: ages.indices.map { cell(row * ages.count + $0, age: ages[$0].from, level: level) })
      }
      return RetentionTable(ages: ages, cohorts: cohorts, overall: Retention.overall(ages, cohorts, level: level))
    }

    private func cell(_ place: Int, age: Int, level: ConfidenceLevel) -> RetentionTable.Cell {
      RetentionTable.Cell(age: age, retained: retained[place], of: observed[place], level: level)
    }
  }

  /// The curve over cohorts, at each age over the cohorts observed for it.
  static func overall(
    _ ages: [RetentionTable.Age], _ cohorts: [RetentionTable.Cohort], level: ConfidenceLevel
  ) -> [RetentionTable.Overall] {
    ages.indices.compactMap { column in
      let cells = cohorts.map { $0.cells[column] }.filter { $0.observed > 0 }
      guard !cells.isEmpty else { return nil }
      let observed = cells.reduce(0) { $0 + $1.observed }
      let retained = cells.reduce(0) { $0 + ($1.retained ?? 0) }
      let interval = SingleProportion.wilson(retained, of: observed, level: level)
      return RetentionTable.Overall(
        age: ages[column].from, cohorts: cells.count, observed: observed, retained: retained,
        weightedMean: Double(retained) / Double(observed), lower: interval.lower, upper: interval.upper,
        simpleMean: cells.reduce(0) { $0 + ($1.rate ?? 0) } / Double(cells.count))
    }
  }
}

extension RetentionTable.Cell {
  /// Blank where nobody was observed.
  init(age: Int, retained: Int, of observed: Int, level: ConfidenceLevel) {
    let share = CohortEstimate(share: retained, of: observed, level: level)
    self.init(
      age: age, observed: observed, retained: share == nil ? nil : retained, rate: share?.estimate, lower: share?.lower,
      upper: share?.upper)
  }
}
