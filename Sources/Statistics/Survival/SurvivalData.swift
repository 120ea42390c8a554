/// Times to an event, right-censored and perhaps left-truncated, grouped by distinct time.
///
/// At a time, events come before censorings, and a unit that enters at that time is not yet at risk (as in R's `survival`).
public struct SurvivalData: Sendable, Hashable {
  /// Distinct times of events and censorings, ascending.
  public let times: [Double]
  /// Units at risk just before each time; sums of weights if there are weights.
  public let atRisk: [Double]
  /// Events at each time.
  public let events: [Double]
  /// Units, censored ones included.
  public let units: Int

  /// - Parameters:
  ///   - time: of the event or censoring, at least 0.
  ///   - event: true if it happened, false if the unit was censored.
  ///   - entry: when the unit came under observation, below its time; nil: 0 for all.
  ///   - weights: case weights, positive; nil: 1.
  /// - Throws: `DomainError` if there are no units, lengths differ, a time is negative or not finite, or an entry is not below its time.
  public init(
    time: [Double], event: [Bool], entry: [Double]? = nil, weights: [Double]? = nil
  ) throws(DomainError) {
    try Self.checkLengths(time, event.count, entry, weights)
    let counted = entry == nil && weights == nil ? WholeTimes.counted(time, event) : nil
    if counted == nil { try Self.check(time, entry, weights) }
    let (times, events, leaving) =
      counted ?? weights.map { Self.grouped(time, event, weights: $0) } ?? Self.grouped(time, event)
    // Backwards, so that sums of integers stay exact.
    var atRisk = [Double](repeating: 0, count: times.count)
    var left = 0.0
    for k in times.indices.reversed() {
      left += leaving[k]
      atRisk[k] = left
    }
    if let entry { Self.subtractLateEntries(&atRisk, times: times, entry: entry, weights: weights) }
    self.times = times
    self.atRisk = atRisk
    self.events = events
    units = time.count
  }

  /// Distinct times, with the events and all departures at each.
  typealias Groups = (times: [Double], events: [Double], leaving: [Double])

  private static func grouped(_ time: [Double], _ event: [Bool], weights: [Double]) -> Groups {
    var (times, events, leaving): ([Double], [Double], [Double]) = ([], [], [])
    for unit in time.indices.sorted(by: { time[$0] < time[$1] }) {
      if times.last != time[unit] {
        times.append(time[unit])
        events.append(0)
        leaving.append(0)
      }
      leaving[leaving.count - 1] += weights[unit]
      if event[unit] { events[events.count - 1] += weights[unit] }
    }
    return (times, events, leaving)
  }

  /// The same for weights of 1, in linear time: the bits of a time that is not negative order as the time does, and leave room for the
  /// event in the lowest bit.
  static func grouped(_ time: [Double], _ event: [Bool]) -> Groups {
    // Adding 0 makes -0 a 0.
    var keys = zip(time, event).map { ($0 + 0).bitPattern << 1 | ($1 ? 1 : 0) }
    RadixSort.ascending(&keys)
    let distinct = keys.indices.count { $0 == 0 || keys[$0] >> 1 != keys[$0 - 1] >> 1 }
    var (times, events, leaving): ([Double], [Double], [Double]) = ([], [], [])
    times.reserveCapacity(distinct)
    events.reserveCapacity(distinct)
    leaving.reserveCapacity(distinct)
    var next = 0
    while next < keys.count {
      let (start, bits) = (next, keys[next] >> 1)
      var count: UInt64 = 0
      while next < keys.count, keys[next] >> 1 == bits {
        count += keys[next] & 1
        next += 1
      }
      times.append(Double(bitPattern: bits))
      events.append(Double(count))
      leaving.append(Double(next - start))
    }
    return (times, events, leaving)
  }

  private static func checkLengths(
    _ time: [Double], _ events: Int, _ entry: [Double]?, _ weights: [Double]?
  ) throws(DomainError) {
    guard !time.isEmpty else { throw DomainError("units", 0, "must be at least 1") }
    for (name, count) in [("events", events), ("entries", entry?.count), ("weights", weights?.count)] {
      if let count, count != time.count {
        throw DomainError("number of \(name)", Double(count), "must be the number of times, \(time.count)")
      }
    }
  }

  private static func check(_ time: [Double], _ entry: [Double]?, _ weights: [Double]?) throws(DomainError) {
    for unit in time.indices {
      guard time[unit] >= 0, time[unit].isFinite else {
        throw DomainError("survival time", time[unit], "must be finite and at least 0")
      }
      if let entry, !(entry[unit] < time[unit]) {
        throw DomainError("entry time", entry[unit], "must be below the unit's time, \(time[unit])")
      }
      if let weights, !(weights[unit] > 0 && weights[unit].isFinite) {
        throw DomainError("case weight", weights[unit], "must be positive and finite")
      }
    }
  }

  /// A unit is at risk at t only if its entry is below t.
  private static func subtractLateEntries(
    _ atRisk: inout [Double], times: [Double], entry: [Double], weights: [Double]?
  ) {
    let order = entry.indices.sorted { entry[$0] > entry[$1] }
    var (next, notYet) = (0, 0.0)
    for k in times.indices.reversed() {
      while next < order.count, entry[order[next]] >= times[k] {
        notYet += weights?[order[next]] ?? 1
        next += 1
      }
      atRisk[k] -= notYet
    }
  }
}
