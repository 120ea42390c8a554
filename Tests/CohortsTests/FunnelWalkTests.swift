import Cohorts
import Testing

@Suite struct FunnelWalkTests {
  /// Hours and step names of one unit's events.
  private func funnel(_ steps: String, windowHours: Int64? = nil, _ units: [[(Int64, String)]]) throws -> Funnel {
    let names = Array(Set(units.flatMap { $0.map(\.1) })).sorted()
    var log = EventLog(unitCount: units.count, units: [], times: [], steps: [], stepNames: names)
    for (unit, events) in units.enumerated() {
      for (hour, name) in events {
        log.units.append(Int32(unit))
        log.times.append(hour * 3600)
        log.steps?.append(Int32(try #require(names.firstIndex(of: name))))
      }
    }
    return try Funnel(
      log: log, definition: FunnelDefinition(steps, windowSeconds: windowHours.map { $0 * 3600 }), asOf: 100 * 3600)
  }

  @Test func optionalStepsAreCountedBetweenTheRequiredOnesAndNeverAskedFor() throws {
    let result = try funnel(
      "view,cart?,buy",
      [
        [(0, "view"), (1, "cart"), (2, "buy")],
        [(0, "view"), (2, "buy")],
        [(0, "view"), (2, "buy"), (3, "cart")],  // too late: not between
        [(0, "view"), (1, "cart")],
        [(0, "cart"), (1, "view"), (2, "buy")],  // too early
      ])
    #expect(result.steps.map(\.units) == [5, 2, 4])
    #expect(result.steps.map(\.kind) == [.required, .optional, .required])
    // Of the required step before: 2 of 5 had a cart, 4 of 5 bought.
    #expect(result.steps[2].fromPrevious?.estimate == 0.8)
  }

  @Test func anExcludedEventEndsTheWalkOnlyBetweenItsSteps() throws {
    let result = try funnel(
      "view,!refund,buy",
      [
        [(0, "view"), (1, "refund"), (2, "buy")],
        [(0, "view"), (2, "buy"), (3, "refund")],
        [(0, "refund"), (1, "view"), (2, "buy")],
        [(0, "view"), (1, "refund")],
      ])
    #expect(result.steps.map(\.units) == [4, 2, 2])
  }

  @Test func theWindowIsInclusiveAndCountsFromTheFirstStep() throws {
    let result = try funnel(
      "a,b,c", windowHours: 10, [[(0, "a"), (5, "b"), (10, "c")], [(0, "a"), (5, "b"), (11, "c")]])
    #expect(result.steps.map(\.units) == [2, 2, 1])
  }

  /// 3 of 5 convert after 1, 2 and 3 hours, two are censored at the end: S = 4/5, 3/5, 2/5, so the median is 3 hours.
  @Test func timeToConvertCountsThoseWhoDidNot() throws {
    let units = [1, 2, 3].map { [(Int64(0), "a"), (Int64($0), "b")] } + [[(0, "a")], [(0, "a")]]
    #expect(try funnel("a,b", units).hoursToConvert?.estimate == 3)
    #expect(try funnel("a,b", Array(units.dropFirst(2))).hoursToConvert == nil)
  }

  @Test(
    arguments: [
      ("a", "a funnel needs at least two steps"), ("a?,b", "a funnel needs at least two steps"),
      ("a,b?", "a funnel needs at least two steps"), ("a,!b", "a funnel needs at least two steps"),
    ])
  func definitionsThatAreNone(_ text: String, _ sentence: String) throws {
    let error = #expect(throws: CohortFault.self) { try FunnelDefinition(text).validate() }
    #expect(error?.sentence.hasPrefix(sentence) == true)
  }

  @Test(arguments: [Int64.min, -1, 0]) func aWindowIsASecondOrMore(seconds: Int64) throws {
    let log = EventLog(unitCount: 1, units: [0], times: [1], steps: [0], stepNames: ["view"])
    let error = #expect(throws: CohortFault.self) { try Funnel(log: log, names: ["view"], windowSeconds: seconds) }
    #expect(error?.sentence == "a window of \(seconds) seconds, must be at least 1 second.")
    #expect(try Funnel(log: log, names: ["view"], windowSeconds: .max).steps.map(\.units) == [1])
  }

  @Test func anUnknownStepIsNamed() {
    let error = #expect(throws: CohortFault.self) { try funnel("view,buyy", [[(0, "view"), (1, "buy")]]) }
    #expect(error?.sentence == "no event is a 'buyy'. Did you mean 'buy'?")
  }
}
