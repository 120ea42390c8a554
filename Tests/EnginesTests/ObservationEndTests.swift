import Engines
import Experiments
import Foundation
import Testing

/// Whose windows are over: by the end of the observation, which no stray time may move.
@Suite struct ObservationEndTests {
  /// A unit a day from 2026-03-01 to 20, alternating arms, each with one event the day after; the last event is of 20 March.
  static let exposures =
    "u,variant,t,s\n" + (1...20).map { "u\($0),\($0 % 2 == 0 ? "x" : "y"),\(day($0)),s\($0 % 3)\n" }.joined()
  static let events = "u,t,v\n" + (2...20).map { "u\($0 - 1),\(day($0)),\($0 % 5)\n" }.joined()

  static func day(_ number: Int) -> String { "2026-03-\(number < 10 ? "0" : "")\(number)" }

  static func measure(
    _ metric: String, exposures: String = exposures, events: String = events,
    _ change: (inout MeasurementRequest) -> Void = { _ in }
  ) throws -> Measurements {
    try ExposureTests.measure(exposures: exposures, events: events, ["m=" + metric], change)
  }

  /// Units that count, by arm.
  static func mature(_ measured: Measurements) -> [Int] {
    measured.cells.filter { $0.segment == nil }.map { $0.metrics[0].moments.count }
  }

  /// Observed for 7 days by 20 March: those of 1 to 13 March.
  @Test func untilTheLatestEvent() throws {
    let measured = try Self.measure("mean(v) | window: 7d")
    #expect(Self.mature(measured) == [6, 7])
    #expect(measured.cells.map { $0.metrics[0].immature } == [4, 3])
    #expect(measured.exposure?.immatureUnits == 7 && measured.exposure?.strays == nil)
    #expect(Self.mature(try Self.measure("mean(v) | window: 5d | delay: 2d")) == [6, 7])
    // A delay alone needs to be over, a window that is open at both ends does not.
    #expect(Self.mature(try Self.measure("mean(v) | delay: 7d")) == [6, 7])
    #expect(Self.mature(try Self.measure("mean(v)")) == [10, 10])
    let all = try Self.measure("mean(v) | window: 7d") { $0.exposures?.includesImmature = true }
    #expect(Self.mature(all) == [10, 10])
  }

  @Test("a sentinel or a wrong clock does not end every window", arguments: ["9999-12-31", "2026-05-01", "2038-01-19"])
  func strays(_ time: String) throws {
    let events = Self.events + "stranger,\(time),1\n"
    let measured = try Self.measure("mean(v) | window: 7d", events: events)
    #expect(Self.mature(measured) == [6, 7])
    #expect(measured.exposure?.strays?.events == 1)
    #expect(measured.observed?.until == 1_773_964_800)
  }

  @Test func whatIsNotStray() throws {
    // 30 days behind the others, two of twenty-one, and one among fewer than ten others.
    let near = try Self.measure("mean(v) | window: 7d", events: Self.events + "stranger,2026-04-19,1\n")
    #expect(Self.mature(near) == [10, 10] && near.exposure?.strays == nil)
    let two = Self.events + "stranger,2026-06-01,1\nstranger,2026-06-02,1\n"
    #expect(Self.mature(try Self.measure("mean(v) | window: 7d", events: two)) == [10, 10])
    let few = "u,t,v\nu1,2026-03-02,1\nu2,2026-06-01,1\n"
    #expect(Self.mature(try Self.measure("mean(v) | window: 7d", events: few)) == [10, 10])
    // Of two hundred and one, two in a hundred are two; both sentinels go.
    let many = Self.events + String(repeating: "u1,2026-03-04,0\n", count: 200)
    let sentinels = many + "stranger,2038-01-19,1\nstranger,9999-12-31,1\n"
    let measured = try Self.measure("mean(v) | window: 7d", events: sentinels)
    #expect(Self.mature(measured) == [6, 7])
    #expect(measured.exposure?.strays == .init(events: 2, from: 2_147_472_000))
  }

  @Test func lateExposuresEndNothing() throws {
    let measured = try Self.measure("mean(v) | window: 7d", exposures: Self.exposures + "late,x,2026-06-01,s0\n")
    #expect(Self.mature(measured) == [6, 7])
    #expect(measured.exposure?.immatureUnits == 8 && measured.exposure?.unitsExposedLater == 1)
  }

  @Test func asOfStatesTheEnd() throws {
    // To the end of 26 March everybody was observed for a week, the last from the beginning of the 20th on.
    for (day, mature) in [("2026-03-25", [9, 10]), ("2026-03-26", [10, 10]), ("20260326", [10, 10])] {
      let later = try Self.measure("mean(v) | window: 7d") { $0.exposures?.asOf = day }
      #expect(Self.mature(later) == mature)
      #expect(later.observed?.until == (day.hasSuffix("25") ? 1_774_483_199 : 1_774_569_599))
    }
    // By noon of the 9th the units of nine days were exposed, those of the first two for a week; nothing later counts.
    let earlier = try Self.measure("mean(v) | window: 7d") { $0.exposures?.asOf = "2026-03-09T12:00:00Z" }
    #expect(earlier.arms.map(\.units) == [4, 5] && Self.mature(earlier) == [1, 1])
    let early = try Self.measure("mean(v)") { $0.exposures?.asOf = "2026-03-02T12:00:00Z" }
    #expect(early.cells.map { $0.metrics[0].moments.mean } == [[0], [2]])
    let none = #expect(throws: ExposureFault.self) { try Self.measure("mean(v)") { $0.exposures?.asOf = "2026-02-01" } }
    #expect(none?.sentence == "every exposure is later than 2026-02-01, when the observation ended.")
    let never = #expect(throws: EventLogFault.self) { try Self.measure("mean(v)") { $0.exposures?.asOf = "soon" } }
    #expect(never?.sentence == "expected a date or time such as 2026-11-23 or 2026-11-23T14:05:00Z, found 'soon'.")
  }

  /// Of each cell, those of segments that are put together too.
  @Test func immatureUnitsAreSaidApartFromMissingOnes() throws {
    let segments = try Self.measure("mean(v) | window: 7d | aggregate: max | where: v > 0") {
      $0.segmentColumns = ["s"]
    }
    for cell in segments.cells {
      #expect(cell.metrics[0].moments.count + cell.metrics[0].missing == cell.units)
      #expect(cell.metrics[0].immature ?? 0 <= cell.metrics[0].missing)
    }
    let inSegments = segments.cells.filter { $0.segment != nil }.reduce(0) { $0 + ($1.metrics[0].immature ?? 0) }
    #expect(inSegments == 7)
    var (exposures, events) = ("u,variant,t,s\n", "u,t,v\n")
    for number in 0..<60 {
      exposures += "u\(number),\(number % 2 == 0 ? "x" : "y"),2026-03-\(number % 4 == 0 ? "19" : "01"),s\(number / 2)\n"
      events += "u\(number),2026-03-20,1\n"
    }
    let folded = try Self.measure("mean(v) | window: 7d", exposures: exposures, events: events) {
      $0.segmentColumns = ["s"]
    }
    let other = folded.cells.filter { $0.segment?.rest != nil }
    #expect(other.map { $0.metrics[0].immature } == other.map { $0.metrics[0].missing })
    #expect(other.count == 2)
  }
}
