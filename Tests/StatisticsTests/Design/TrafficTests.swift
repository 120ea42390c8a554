import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct TrafficTests {
  @Test func steady() throws {
    let traffic = try TrafficCurve.steady(unitsPerDay: 250)
    #expect(traffic.units(after: 0) == 0)
    #expect(traffic.units(after: 10) == 2500)
    #expect(traffic.days(until: 1000) == 4)
    #expect(traffic.exponent == 1)
  }

  /// U(4) = 150, U(2) = 100: b = log2(1.5). Within the days the data, by the day and between.
  @Test func saturating() throws {
    let traffic = try TrafficCurve(newUnits: [60, 40, 30, 20])
    #expect(traffic.units(after: 2) == 100)
    #expect(traffic.units(after: 2.5) == 115)
    expectClose(traffic.exponent, log2(1.5), relative: 1e-15)
    expectClose(traffic.units(after: 8), 225, relative: 1e-14)
    expectClose(try #require(traffic.days(until: 225)), 8, relative: 1e-13)
    #expect(traffic.days(until: 115) == 2.5)
    // Never days times a day's units.
    #expect(traffic.units(after: 28) < 28 * 60)
  }

  @Test func closedPopulation() throws {
    let traffic = try TrafficCurve(newUnits: [500, 0, 0, 0])
    #expect(traffic.exponent == 0)
    #expect(traffic.days(until: 501) == nil)
    let run = try RunLength(ExperimentDesign(try .proportion(0.1)), traffic: traffic)
    do {
      _ = try run.days(until: 2000)
      Issue.record("no fault")
    } catch {
      #expect("\(error)" == "2000 units are needed, but the traffic levels off at 500.")
    }
  }

  @Test(arguments: [0.0, 0.3, 1]) func daysAndUnitsAreInverse(share: Double) throws {
    let traffic = try TrafficCurve(newUnits: (0..<20).map { 100 * pow(Double($0 + 1), -share) })
    for days in [0.4, 3, 12.7, 20, 35, 200] {
      expectClose(try #require(traffic.days(until: traffic.units(after: days))), days, relative: 1e-10)
    }
  }

  @Test func effectsByTheDay() throws {
    let design = ExperimentDesign(try .mean(baseline: 20, standardDeviation: 10), test: .z)
    let run = try RunLength(design, traffic: .steady(unitsPerDay: 1000), coverage: 0.5)
    let days = try run.effects(power: 0.8, days: [1, 4, 16])
    #expect(days.map(\.units) == [500, 2000, 8000])
    let effects = days.compactMap(\.effect)
    // Four times the units, half the effect.
    expectClose(effects[1], effects[0] / 2, relative: 1e-9)
    expectClose(effects[2], effects[0] / 4, relative: 1e-9)
    expectClose(try #require(days[0].lift), effects[0] / 20, relative: 1e-15)
    expectClose(try run.days(until: 8000), 16, relative: 1e-15)
  }

  @Test func refusals() {
    #expect(throws: DesignFault.self) { try TrafficCurve(newUnits: [0, 0]) }
    #expect(throws: DesignFault.self) { try TrafficCurve(newUnits: [5, -1]) }
    #expect(throws: DesignFault.self) { try TrafficCurve(newUnits: []) }
    #expect(throws: DesignFault.self) { try TrafficCurve.steady(unitsPerDay: 0) }
    #expect(throws: DesignFault.self) {
      try RunLength(ExperimentDesign(.proportion(0.1)), traffic: .steady(unitsPerDay: 5), coverage: 1.5)
    }
  }
}
