import Basics
import Cohorts
import Foundation
import Tables

extension KernelRegistry {
  /// Retention, funnels and RFM scores on event logs that the cases hold.
  mutating func registerCohorts() {
    register("retention-small", calendarRetention)
    register("rfm-small", recencyFrequencyMonetary)
    register("funnel-small", funnel)
    for name in ["nDayRetention", "onOrAfterRetention", "bracketRetention"] {
      register("retention.\(name)") { try rollingRetention($0, onOrAfter: name == "onOrAfterRetention") }
    }
    register("retention.calendarTriangle", calendarTriangle)
    register("retention.pooledCurve", pooledCurve)
  }
}

// MARK: - Logs

/// Names in the order in which they first appear.
private struct NameTable {
  private(set) var names: [String] = []
  private var indices: [String: Int32] = [:]

  mutating func index(of name: String) -> Int32 {
    if let index = indices[name] { return index }
    let index = Int32(names.count)
    indices[name] = index
    names.append(name)
    return index
  }
}

extension JSONValue {
  fileprivate func list(_ key: String) throws(KernelInputFault) -> [JSONValue] {
    guard let list = self[key]?.array else { throw KernelInputFault(key: key, expected: "a list") }
    return list
  }

  /// Seconds since 1970 of an instant such as `2024-03-25T00:49:00Z`.
  fileprivate func instant(_ key: String) throws(KernelInputFault) -> Int64 {
    var text = try word(key)
    let timestamp = text.withUTF8 { FieldParsing.timestamp($0) }
    guard let timestamp, let offset = timestamp.offset else {
      throw KernelInputFault(key: key, expected: "an instant with its zone")
    }
    return timestamp.localSeconds - offset
  }

  fileprivate func period(_ key: String) throws(KernelInputFault) -> CohortPeriod {
    guard let period = CohortPeriod(rawValue: try word(key)) else {
      throw KernelInputFault(key: key, expected: "day, week, month or quarter")
    }
    return period
  }

  fileprivate func ranges(_ key: String) throws(KernelInputFault) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for pair in try list(key) {
      guard let from = pair[0]?.int, let to = pair[1]?.int, from <= to else {
        throw KernelInputFault(key: key, expected: "pairs of rising integers")
      }
      ranges.append(from...to)
    }
    return ranges
  }
}

/// Events `{user, time, amount?, step?}`.
private func namedLog(_ events: [JSONValue]) throws -> (log: EventLog, users: [String]) {
  var (users, steps) = (NameTable(), NameTable())
  var log = EventLog(unitCount: 0, units: [], times: [])
  for event in events {
    log.units.append(users.index(of: try event.word("user")))
    log.times.append(try event.instant("time"))
  }
  if events.first?["amount"] != nil { log.amounts = try events.map { try $0.number("amount") } }
  if events.first?["step"] != nil {
    log.steps = try events.map { steps.index(of: try $0.word("step")) }
    log.stepNames = steps.names
  }
  log.unitCount = users.names.count
  return (log, users.names)
}

/// Events `[user, seconds, name]`; `signup` starts, everything else is activity.
private func signupLog(_ input: JSONValue, until limit: Int64 = .max) throws -> EventLog {
  var users = NameTable()
  var log = EventLog(unitCount: 0, units: [], times: [], roles: [])
  for event in try input.list("events") {
    guard let user = event[0]?.string, let time = event[1]?.int.map(Int64.init), let name = event[2]?.string else {
      throw KernelInputFault(key: "events", expected: "rows of user, seconds and name")
    }
    let unit = users.index(of: user)
    guard time < limit else { continue }
    log.units.append(unit)
    log.times.append(time)
    log.roles?.append(name == "signup" ? .start : .activity)
  }
  log.unitCount = users.names.count
  return log
}

// MARK: - Retention

private func table(_ log: EventLog, _ settings: CohortSettings) throws -> RetentionTable {
  let assignment = try CohortAssignment(log: log, settings: settings)
  return try Retention.tables(log: log, assignment: assignment, settings: settings).all
}

private func calendarRetention(_ input: JSONValue) throws -> JSONValue {
  let retention: CohortSettings.Retention
  switch try input.word("retention") {
  case "on": retention = .on
  case "on-or-after": retention = .onOrAfter
  case "bracket": retention = .bracket(try input.ranges("brackets"))
  default: throw KernelInputFault(key: "retention", expected: "on, on-or-after or bracket")
  }
  let settings = CohortSettings(
    period: try input.period("period"), retention: retention, timeZone: try input.word("timeZone"),
    asOf: try input.instant("asOf"), maximumAge: input["maximumAge"]?.int)
  let cohorts = try table(namedLog(input.list("events")).log, settings).cohorts
  return [
    "cohorts": .array(
      cohorts.map { cohort in
        [
          "cohort": .string(cohort.cohort), "size": .integer(cohort.size),
          "retained": .array(cohort.cells.map { $0.retained.map { .integer($0) } ?? .null }),
        ]
      })
  ]
}

/// Windows of 24 hours since the unit's own start; the ages asked for, or half-open brackets of them.
private func rollingRetention(_ input: JSONValue, onOrAfter: Bool) throws -> JSONValue {
  var settings = CohortSettings(
    period: try input.period("cohort"), window: .rolling(seconds: 86_400), asOf: Int64(try input.integer("asOf")))
  let wanted: [Int]
  if input["brackets"] != nil {
    let brackets = try input.ranges("brackets").filter { !$0.isEmpty && $0.lowerBound < $0.upperBound }
    settings.retention = .bracket(brackets.map { $0.lowerBound...($0.upperBound - 1) })
    wanted = Array(brackets.indices)
  } else {
    if onOrAfter { settings.retention = .onOrAfter }
    wanted = try input.integers("ages")
    settings.maximumAge = wanted.max()
  }
  let cohorts = try table(signupLog(input), settings).cohorts
  let cells = cohorts.map { cohort in wanted.filter(cohort.cells.indices.contains).map { cohort.cells[$0] } }
  func square(_ value: (RetentionTable.Cell) -> JSONValue) -> JSONValue {
    .array(cells.map { .array($0.map(value)) })
  }
  return [
    "cohorts": .array(cohorts.map { .string($0.cohort) }), "sizes": .array(cohorts.map { .integer($0.size) }),
    "observable": square { .integer($0.observed) }, "retained": square { .integer($0.retained ?? 0) },
    "retention": square { Reading.value($0.rate) },
  ]
}

/// Counts by calendar period, the one that is not over included: observed for longer, but nothing happens after `asOf`.
private func calendarTriangle(_ input: JSONValue) throws -> JSONValue {
  let asOf = Int64(try input.integer("asOf"))
  guard asOf < .max / 2 else { throw KernelInputFault(key: "asOf", expected: "seconds since 1970") }
  let settings = CohortSettings(period: try input.period("cohort"), asOf: asOf + 40 * 86_400)
  let log = try signupLog(input, until: asOf)
  let assignment = try CohortAssignment(log: log, settings: settings)
  let cohorts = try Retention.tables(log: log, assignment: assignment, settings: settings).all.cohorts
  let last = assignment.calendar.periodIndex(of: asOf - 1)
  return [
    "cohorts": .array(cohorts.map { .string($0.cohort) }), "sizes": .array(cohorts.map { .integer($0.size) }),
    "triangle": .array(
      zip(cohorts, assignment.cohortPeriods).map { cohort, first in
        .array(cohort.cells.prefix(max(0, last - first + 1)).map { $0.retained.map { .integer($0) } ?? .null })
      }),
  ]
}

/// One curve over all units, 24-hour windows since each unit's own start.
private func pooledCurve(_ input: JSONValue) throws -> JSONValue {
  let ages = try input.integers("ages")
  let settings = CohortSettings(
    period: .month, window: .rolling(seconds: 86_400), asOf: Int64(try input.integer("asOf")), maximumAge: ages.max())
  let points = try table(signupLog(input), settings).overall.filter { ages.contains($0.age) }
  return [
    "observable": .array(points.map { .integer($0.observed) }),
    "retained": .array(points.map { .integer($0.retained) }),
    "retention": Reading.value(points.map(\.weightedMean)), "lower": Reading.value(points.map(\.lower)),
    "upper": Reading.value(points.map(\.upper)),
  ]
}

// MARK: - Behaviour

private func recencyFrequencyMonetary(_ input: JSONValue) throws -> JSONValue {
  let (log, users) = try namedLog(input.list("orders"))
  let assignment = try CohortAssignment(log: log, settings: CohortSettings(asOf: try input.instant("asOf")))
  let rfm = try RFM(log: log, assignment: assignment, levels: try input.integer("levels"))
  let customers = rfm.customers.sorted {
    users[$0.unit].compare(users[$1.unit], options: .numeric) == .orderedAscending
  }
  func column(_ value: (RFM.Customer) -> Int) -> JSONValue { .array(customers.map { .integer(value($0)) }) }
  return [
    "users": .array(customers.map { .string(users[$0.unit]) }), "recencyDays": column(\.recencyDays),
    "frequency": column(\.frequency), "monetary": Reading.value(customers.map(\.monetary)),
    "recencyScore": column(\.recencyScore), "frequencyScore": column(\.frequencyScore),
    "monetaryScore": column(\.monetaryScore),
  ]
}

private func funnel(_ input: JSONValue) throws -> JSONValue {
  let names = try input.list("steps").compactMap(\.string)
  let window = try input["windowHours"]?.double.map { hours throws(KernelInputFault) -> Int64 in
    guard let seconds = Int64(exactly: (hours * 3600).rounded()) else {
      throw KernelInputFault(key: "windowHours", expected: "a number of hours")
    }
    return seconds
  }
  let steps = try Funnel(log: namedLog(input.list("events")).log, names: names, windowSeconds: window).steps
  return [
    "counts": .array(steps.map { .integer($0.units) }),
    "secondsFromFirst": .array(steps.map { .array($0.secondsFromStart.map { .integer(Int($0)) }) }),
  ]
}
