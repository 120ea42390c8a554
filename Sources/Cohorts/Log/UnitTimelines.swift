/// The events of each unit from its start to the end of observation, ascending in time; of equal times in the log's order.
struct UnitTimelines {
  /// Events of unit u are `events[offsets[u]..<offsets[u + 1]]`, each a place in the log.
  let offsets: [Int]
  let events: [Int32]

  var units: Int { offsets.count - 1 }

  init(_ log: EventLog, _ assignment: CohortAssignment) {
    func belongs(_ event: Int) -> Bool {
      log.times[event] <= assignment.asOf && log.times[event] >= assignment.starts[Int(log.units[event])]
    }
    var offsets = [Int](repeating: 0, count: log.unitCount + 1)
    for event in 0..<log.count where belongs(event) { offsets[Int(log.units[event]) + 1] += 1 }
    for unit in 0..<log.unitCount { offsets[unit + 1] += offsets[unit] }
    var next = offsets
    var events = [Int32](repeating: 0, count: offsets[log.unitCount])
    for event in 0..<log.count where belongs(event) {
      let unit = Int(log.units[event])
      events[next[unit]] = Int32(truncatingIfNeeded: event)
      next[unit] += 1
    }
    for unit in 0..<log.unitCount {
      let slice = offsets[unit]..<offsets[unit + 1]
      let isSorted = slice.dropFirst().allSatisfy { log.times[Int(events[$0 - 1])] <= log.times[Int(events[$0])] }
      if !isSorted {
        events[slice].sort { (log.times[Int($0)], $0) < (log.times[Int($1)], $1) }
      }
    }
    self.offsets = offsets
    self.events = events
  }

  /// Places in the log.
  @inline(__always)
  subscript(unit: Int) -> ArraySlice<Int32> { events[offsets[unit]..<offsets[unit + 1]] }
}
