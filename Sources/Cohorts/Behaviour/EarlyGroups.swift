extension EventLog {
  /// The log with units split by whether they have a step within their first days. What comes before the end of those days is
  /// part of the split, so retention is to be compared after them.
  ///
  /// - Throws: `CohortFault` if the log cannot be analysed, or has no such step.
  public func grouped(byEarly step: String, days: Int, settings: CohortSettings) throws(CohortFault) -> EventLog {
    guard (1...3650).contains(days) else { throw CohortFault(.badEarlyDays(days)) }
    guard let steps else { throw CohortFault(.noSteps) }
    let wanted = try code(ofStep: step)
    let assignment = try CohortAssignment(log: self, settings: settings)
    let window = Int64(days) * CivilDay.secondsPerDay
    var group = [Int32](repeating: 1, count: unitCount)
    for event in 0..<count where steps[event] == wanted {
      let (unit, start) = (Int(units[event]), assignment.starts[Int(units[event])])
      if start != CohortAssignment.noStart, times[event] >= start, times[event] - start < window { group[unit] = 0 }
    }
    var log = self
    log.segmentColumn = "first \(days) days"
    log.segmentNames = ["with \(step)", "without \(step)"]
    log.segments = units.map { group[Int($0)] }
    log.declaredStarts?.segments = group
    return log
  }
}
