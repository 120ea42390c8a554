/// One unit's way through a funnel.
///
/// A unit starts at its earliest event of the first step. It passes the next required step by its first event of that step at or
/// after the one before it, within the window; events of the same instant count, and an event serves one step. An optional step
/// is reached by its first event between the required steps around it. An excluded event there, before the next required step
/// is passed, ends the walk.
struct FunnelWalk {
  typealias Event = (time: Int64, code: Int32)

  let start: Int64
  /// By step: seconds from the first one; nil where it was not reached, and for excluded steps.
  private(set) var seconds: [Int64?]
  /// When an excluded event ended the walk, seconds from the first step.
  private(set) var excludedAfter: Int64?

  private var used: Set<Int> = []

  /// - Parameters:
  ///   - events: ascending in time, only those of the funnel's steps.
  ///   - wanted: the code of each step.
  /// - Returns: nil if the unit never comes to the first step.
  init?(_ events: [Event], _ definition: FunnelDefinition, wanted: [Int32]) {
    guard let entry = events.firstIndex(where: { $0.code == wanted[0] }) else { return nil }
    start = events[entry].time
    seconds = [Int64?](repeating: nil, count: wanted.count)
    seconds[0] = 0
    used = [entry]
    let latest = definition.windowSeconds.map { start > .max - $0 ? .max : start + $0 } ?? .max
    var (passed, step) = (start, 0)
    while let next = definition.steps.indices.first(where: { $0 > step && definition.steps[$0].kind == .required }) {
      let hit = first(wanted[next], events, from: passed, to: latest)
      let end = hit.map { events[$0].time } ?? latest
      for between in step + 1..<next {
        guard let found = first(wanted[between], events, from: passed, to: end, besides: hit) else { continue }
        if definition.steps[between].kind == .excluded {
          excludedAfter = events[found].time - start
          return
        }
        seconds[between] = events[found].time - start
        used.insert(found)
      }
      guard let hit else { return }
      used.insert(hit)
      passed = events[hit].time
      seconds[next] = passed - start
      step = next
    }
  }

  private func first(
    _ code: Int32, _ events: [Event], from: Int64, to: Int64, besides: Int? = nil
  ) -> Int? {
    for (place, event) in events.enumerated() where event.time >= from {
      if event.time > to { return nil }
      if event.code == code, place != besides, !used.contains(place) { return place }
    }
    return nil
  }
}
