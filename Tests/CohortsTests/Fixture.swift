import Basics
import Cohorts
import Foundation
import TestSupport
import Testing

/// Event logs for the tests: of the reference files, and made by a seeded generator.
enum Fixture {
  static func seconds(_ text: String?) -> Int64? {
    guard let text, let date = try? Date(text, strategy: .iso8601) else { return nil }
    return Int64(date.timeIntervalSince1970.rounded())
  }

  /// Events `{user, time, amount?, step?}`.
  static func log(_ events: JSONValue?) throws -> EventLog {
    let events = events?.array ?? []
    var (users, steps) = (Interner(), Interner())
    var log = EventLog(unitCount: 0, units: [], times: [])
    for event in events {
      log.units.append(users.index(of: event["user"]?.string ?? ""))
      log.times.append(try #require(seconds(event["time"]?.string)))
    }
    if events.first?["amount"] != nil { log.amounts = events.map { $0["amount"]?.double ?? .nan } }
    if events.first?["step"] != nil {
      log.steps = events.map { steps.index(of: $0["step"]?.string ?? "") }
      log.stepNames = steps.names
    }
    log.unitCount = users.names.count
    return log
  }

  /// The names behind the unit indices of `log`.
  static func users(_ events: JSONValue?) -> [String] {
    var users = Interner()
    for event in events?.array ?? [] { _ = users.index(of: event["user"]?.string ?? "") }
    return users.names
  }

  /// Events `[user, seconds, name]` whose names are signup and active.
  static func signupLog(_ events: JSONValue?) throws -> EventLog {
    var users = Interner()
    var log = EventLog(unitCount: 0, units: [], times: [], roles: [])
    for event in events?.array ?? [] {
      log.units.append(users.index(of: event[0]?.string ?? ""))
      log.times.append(Int64(try #require(event[1]?.int)))
      log.roles?.append(event[2]?.string == "signup" ? .start : .activity)
    }
    log.unitCount = users.names.count
    return log
  }

  static func settings(_ input: JSONValue) throws -> CohortSettings {
    let retention: CohortSettings.Retention =
      switch input["retention"]?.string {
      case "on": .on
      case "on-or-after": .onOrAfter
      default: .bracket((input["brackets"]?.array ?? []).map { ($0[0]?.int ?? 0)...($0[1]?.int ?? 0) })
      }
    return CohortSettings(
      period: try #require(CohortPeriod(rawValue: input["period"]?.string ?? "")), retention: retention,
      timeZone: try #require(input["timeZone"]?.string), maximumAge: input["maximumAge"]?.int)
  }

  static func matrix(_ value: JSONValue?) -> [[Int]] {
    (value?.array ?? []).map { ($0.array ?? []).map { $0.int ?? -1 } }
  }

  static func random(
    events: Int, units: Int, days: Int, segments: Int = 0, using generator: inout SeededGenerator
  ) -> EventLog {
    var log = EventLog(unitCount: units, units: [], times: [])
    for _ in 0..<events {
      log.units.append(Int32.random(in: 0..<Int32(units), using: &generator))
      log.times.append(1_700_000_000 + Int64.random(in: 0..<Int64(days) * 86_400, using: &generator))
    }
    if segments > 0 {
      log.segments = log.units.map { $0 % Int32(segments) }
      log.segmentNames = (0..<segments).map { "s\($0)" }
      log.segmentColumn = "segment"
    }
    return log
  }

  private struct Interner {
    var names: [String] = []
    private var indices: [String: Int32] = [:]
    mutating func index(of name: String) -> Int32 {
      if let index = indices[name] { return index }
      indices[name] = Int32(names.count)
      names.append(name)
      return Int32(names.count - 1)
    }
  }
}
