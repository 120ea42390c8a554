/// How many units of each row (a cohort, or a cohort of a segment) could be observed and were active, by age.
///
/// A unit's activity is a bitmap over ages (or its last age), so memory is per unit, and every event is looked at once for each
/// block of units whose bitmaps fit the budget (one block below tens of millions of units).
package struct RetentionCounts: Sendable {
  package let ages: [RetentionTable.Age]
  package let rows: Int
  /// Row-major: rows x ages.
  package private(set) var observed: [Int]
  package private(set) var retained: [Int]

  /// Bytes of bitmaps held at once.
  private static let bitmapBudget = 256 << 20

  /// - Parameters:
  ///   - rowOfUnit: row by unit, -1 for units that are left out.
  package init(
    data: CohortData, assignment: CohortAssignment, settings: CohortSettings, ages: [RetentionTable.Age], rows: Int,
    rowOfUnit: [Int32]
  ) {
    self.ages = ages
    self.rows = rows
    observed = [Int](repeating: 0, count: rows * ages.count)
    retained = [Int](repeating: 0, count: rows * ages.count)
    guard let lastAge = ages.map(\.to).max() else { return }
    let units = Units(
      data: data, assignment: assignment, window: settings.window, rowOfUnit: rowOfUnit,
      complete: assignment.completeAges(window: settings.window))
    countObserved(units, lastAge: lastAge)
    switch settings.retention {
    case .on, .bracket: countInWindows(units, lastAge: lastAge)
    case .onOrAfter: countFromAge(units, lastAge: lastAge, onlyComplete: settings.window == .calendar)
    }
  }

  private struct Units {
    let data: CohortData
    let assignment: CohortAssignment
    let window: CohortSettings.Window
    let rowOfUnit: [Int32]

    /// Whole ages that each unit could be observed for.
    let complete: [Int32]

    /// Calls `body` with unit and age of each activity at or after the unit's start and not after the end of observation.
    @inline(__always)
    func forEachActivity(of log: EventLog, in block: Range<Int>, _ body: (_ unit: Int, _ age: Int) -> Void) {
      let calendar = assignment.calendar
      let asOf = assignment.asOf
      let roles = log.roles
      var rolling: Int64?
      if case .rolling(let seconds) = window { rolling = seconds }
      log.units.withUnsafeBufferPointer { units in
        log.times.withUnsafeBufferPointer { times in
          assignment.starts.withUnsafeBufferPointer { starts in
            assignment.startPeriods.withUnsafeBufferPointer { startPeriods in
              for event in 0..<times.count {
                let (unit, time) = (Int(units[event]), times[event])
                guard time <= asOf, block.contains(unit), time >= starts[unit] else { continue }
                if let roles, !roles[event].contains(.activity) { continue }
                if let rolling {
                  body(unit, Int((time - starts[unit]) / rolling))
                } else {
                  body(unit, calendar.periodIndex(of: time) - Int(startPeriods[unit]))
                }
              }
            }
          }
        }
      }
    }
  }

  private mutating func countObserved(_ units: Units, lastAge: Int) {
    // unitsBy[row][k]: units of the row with exactly k complete ages, k cut at lastAge + 1.
    let width = lastAge + 2
    var unitsBy = [Int](repeating: 0, count: rows * width)
    for (unit, row) in units.rowOfUnit.enumerated() where row >= 0 {
      unitsBy[Int(row) * width + min(max(0, Int(units.complete[unit])), lastAge + 1)] += 1
    }
    for row in 0..<rows {
      var atLeast = [Int](repeating: 0, count: width + 1)
      for k in stride(from: width - 1, through: 0, by: -1) { atLeast[k] = atLeast[k + 1] + unitsBy[row * width + k] }
      for (column, age) in ages.enumerated() { observed[row * ages.count + column] = atLeast[age.to + 1] }
    }
  }

  private mutating func countInWindows(_ units: Units, lastAge: Int) {
    let unitCount = units.rowOfUnit.count
    // No age beyond the longest observation can be counted.
    let reach = (0..<unitCount).reduce(0) { units.rowOfUnit[$1] >= 0 ? max($0, Int(units.complete[$1])) : $0 }
    guard reach > 0 else { return }
    let lastAge = min(lastAge, reach - 1)
    let single = ages.allSatisfy { $0.from == $0.to } && ages.enumerated().allSatisfy { $0.offset == $0.element.from }
    switch units.data {
    case .activity(let index):
      let starts = units.assignment.startPeriods
      count(units, 0..<unitCount, lastAge: lastAge, single: single) { unit in
        AgeBits(index.bits, unit: unit, words: index.words, first: Int(starts[unit]) - index.basePeriod)
      }
    case .log(let log):
      let words = lastAge / 64 + 1
      let blockSize = max(1, Self.bitmapBudget / (words * 8))
      var bitmaps = [UInt64](repeating: 0, count: min(blockSize, unitCount) * words)
      for first in stride(from: 0, to: unitCount, by: blockSize) {
        let block = first..<min(first + blockSize, unitCount)
        bitmaps.withUnsafeMutableBufferPointer { bits in
          bits.update(repeating: 0)
          units.forEachActivity(of: log, in: block) { unit, age in
            if age <= lastAge { bits[(unit - first) * words + age / 64] |= 1 << UInt64(age % 64) }
          }
        }
        count(units, block, lastAge: lastAge, single: single) { unit in
          AgeBits(bitmaps, unit: unit - first, words: words, first: 0)
        }
      }
    }
  }

  private mutating func count(
    _ units: Units, _ block: Range<Int>, lastAge: Int, single: Bool, _ bitsOfUnit: (Int) -> AgeBits
  ) {
    for unit in block where units.rowOfUnit[unit] >= 0 {
      let offset = Int(units.rowOfUnit[unit]) * ages.count
      let complete = min(Int(units.complete[unit]), lastAge + 1)
      let bits = bitsOfUnit(unit)
      if single {
        bits.forEachAge(below: complete) { retained[offset + $0] += 1 }
      } else {
        for (column, age) in ages.enumerated() where age.to < complete && bits.hasAny(in: age.from...age.to) {
          retained[offset + column] += 1
        }
      }
    }
  }

  private mutating func countFromAge(_ units: Units, lastAge: Int, onlyComplete: Bool) {
    let unitCount = units.rowOfUnit.count
    var lastActive = [Int32](repeating: -1, count: unitCount)
    let complete = (0..<unitCount).map { unit in
      units.rowOfUnit[unit] >= 0 ? units.complete[unit] : 0
    }
    switch units.data {
    case .activity(let index):
      for unit in 0..<unitCount where complete[unit] > 0 {
        let first = Int(units.assignment.startPeriods[unit]) - index.basePeriod
        let bits = AgeBits(index.bits, unit: unit, words: index.words, first: first)
        lastActive[unit] = Int32(clamping: bits.lastAge(below: Int(complete[unit])))
      }
    case .log(let log):
      lastActive.withUnsafeMutableBufferPointer { last in
        units.forEachActivity(of: log, in: 0..<unitCount) { unit, age in
          let age = Int32(clamping: age)
          if age > last[unit], !onlyComplete || age < complete[unit] { last[unit] = age }
        }
      }
    }
    for unit in 0..<unitCount where units.rowOfUnit[unit] >= 0 {
      let offset = Int(units.rowOfUnit[unit]) * ages.count
      let reach = min(lastActive[unit], complete[unit] - 1)
      for (column, age) in ages.enumerated() where age.from <= reach { retained[offset + column] += 1 }
    }
  }
}
