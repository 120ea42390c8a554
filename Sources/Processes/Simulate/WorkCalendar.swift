import Workflow

/// Working hours as a clock: when work can begin, and when it is done. Seconds after the start of the simulation.
struct WorkCalendar: Sendable {
  private let shifts: [Range<Double>]
  /// Seconds from Monday 00:00 UTC to the start of the simulation.
  private let offset: Double
  private let open: Double

  /// - Parameter start: seconds since 1970 of the simulation's start.
  init?(_ hours: WorkingHours?, start: Double) {
    guard let hours else { return nil }
    shifts = hours.shifts
    open = hours.open
    // 1970-01-01 was a Thursday.
    offset = (start + 3 * 86_400).truncatingRemainder(dividingBy: WorkingHours.weekLength)
  }

  /// When `work` seconds are done that begin at `time` or as soon as it is open.
  func finish(_ work: Double, from time: Double) -> Double {
    let weekTime = time + offset
    let week = (weekTime / WorkingHours.weekLength).rounded(.down)
    let fullWeeks = (work / open).rounded(.down)
    // Whole weeks of work take whole weeks; the rest is walked shift by shift.
    var left = work - fullWeeks * open
    var begin = week + fullWeeks
    var place = weekTime - week * WorkingHours.weekLength
    while true {
      for shift in shifts where shift.upperBound > place {
        let from = max(place, shift.lowerBound)
        if left <= shift.upperBound - from {
          return begin * WorkingHours.weekLength + from + left - offset
        }
        left -= shift.upperBound - from
      }
      begin += 1
      place = 0
    }
  }

  /// Open seconds between the simulation's start and `time`.
  func openTime(until time: Double) -> Double { total(time + offset) - total(offset) }

  private func total(_ time: Double) -> Double {
    let week = (time / WorkingHours.weekLength).rounded(.down)
    let place = time - week * WorkingHours.weekLength
    return week * open
      + shifts.reduce(0) { $0 + max(0, min(place, $1.upperBound) - $1.lowerBound) }
  }
}
