import Basics
import Statistics
import TestSupport
import Testing

@Suite struct SurvivalTests {
  static func numbers(_ value: JSONValue?) -> [Double] { (value?.array ?? []).map { $0.double ?? .nan } }
  static func flags(_ value: JSONValue?) -> [Bool] { (value?.array ?? []).map { $0.int == 1 } }
  static func data(_ c: ReferenceCase) throws -> SurvivalData {
    try SurvivalData(
      time: numbers(c.input["time"]), event: flags(c.input["event"]),
      entry: c.input["entry"]?.array == nil ? nil : numbers(c.input["entry"]))
  }

  static func expectEqual(_ got: [Double?], _ expected: JSONValue?, _ c: ReferenceCase, _ what: String) {
    let expected = expected?.array ?? []
    #expect(got.count == expected.count, "\(what)")
    for (g, e) in zip(got, expected) { expectEqual(g, e, c, what) }
  }

  static func expectEqual(_ got: Double?, _ expected: JSONValue?, _ c: ReferenceCase, _ what: String) {
    if let number = expected?.double {
      expectClose(got ?? .nan, number, relative: c.tolerance, absolute: c.absoluteTolerance, "\(what), \(c)")
    } else {
      #expect(got == nil, "\(what), \(c)")
    }
  }

  @Test("R survival", arguments: try References.cases("survival", function: "kaplanMeier"))
  func kaplanMeier(_ c: ReferenceCase) throws {
    let scale = try #require(KaplanMeier.IntervalScale(rawValue: c.input["confType"]?.string ?? ""))
    let level = try ConfidenceLevel(try #require(c.input["confidence"]?.double))
    let curve = KaplanMeier(try Self.data(c), level: level, scale: scale)
    Self.expectEqual(curve.data.times, c.expected["time"], c, "time")
    Self.expectEqual(curve.data.atRisk, c.expected["atRisk"], c, "at risk")
    Self.expectEqual(curve.data.events, c.expected["events"], c, "events")
    Self.expectEqual(curve.survival, c.expected["survival"], c, "survival")
    Self.expectEqual(curve.standardErrors, c.expected["greenwood"], c, "Greenwood")
    Self.expectEqual(curve.lower, c.expected["lower"], c, "lower")
    Self.expectEqual(curve.upper, c.expected["upper"], c, "upper")
    for (key, got) in [
      ("median", curve.median), ("medianLower", curve.medianLower), ("medianUpper", curve.medianUpper),
    ]
    where c.expected[key] != nil {
      Self.expectEqual(got, c.expected[key], c, key)
    }
  }

  @Test("R quantile.survfit", arguments: try References.cases("median-survival"))
  func median(_ c: ReferenceCase) throws {
    let scale = try #require(KaplanMeier.IntervalScale(rawValue: c.input["interval"]?.string ?? ""))
    let level = try ConfidenceLevel(try #require(c.input["level"]?.double))
    let curve = KaplanMeier(try Self.data(c), level: level, scale: scale)
    Self.expectEqual(curve.median, c.expected["median"], c, "median")
    Self.expectEqual(curve.medianLower, c.expected["lower"], c, "lower")
    Self.expectEqual(curve.medianUpper, c.expected["upper"], c, "upper")
  }

  @Test("R survival", arguments: try References.cases("survival", function: "nelsonAalen"))
  func nelsonAalen(_ c: ReferenceCase) throws {
    let estimate = NelsonAalen(try Self.data(c))
    Self.expectEqual(estimate.cumulativeHazard, c.expected["cumulativeHazard"], c, "hazard")
    Self.expectEqual(estimate.standardErrors, c.expected["standardError"], c, "standard error")
  }

  @Test(
    "R survdiff",
    arguments: try ["logRank", "stratifiedLogRank"].flatMap { try References.cases("survival", function: $0) })
  func logRank(_ c: ReferenceCase) throws {
    let labels = Self.numbers(c.input["group"]).map { Int($0) }
    let test = try LogRank(
      time: Self.numbers(c.input["time"]), event: Self.flags(c.input["event"]), group: labels,
      groups: Set(labels).count, strata: c.input["strata"]?.array.map { $0.map { $0.int ?? 0 } },
      weighting: .flemingHarrington(rho: c.input["rho"]?.double ?? 0, gamma: 0))
    if c.expected["observed"] != nil {
      Self.expectEqual(test.observed, c.expected["observed"], c, "observed")
      Self.expectEqual(test.expected, c.expected["expected"], c, "expected")
    }
    Self.expectEqual(test.statistic, c.expected["statistic"], c, "statistic")
    #expect(test.degreesOfFreedom == c.expected["degreesOfFreedom"]?.int)
    Self.expectEqual(test.pValue, c.expected["pValue"], c, "p-value")
  }

  @Test("R survfit rmean", arguments: try References.cases("survival", function: "restrictedMean"))
  func restrictedMean(_ c: ReferenceCase) throws {
    let mean = try RestrictedMean(
      KaplanMeier(try Self.data(c)), horizon: try #require(c.input["tau"]?.double))
    Self.expectEqual(mean.estimate, c.expected["rmst"], c, "restricted mean")
    Self.expectEqual(mean.standardError, c.expected["standardError"], c, "standard error")
  }

  @Test func caseWeightsCountUnits() throws {
    let repeated = try SurvivalData(time: [1, 1, 2, 3, 3, 3], event: [true, true, false, true, true, true])
    let weighted = try SurvivalData(time: [1, 2, 3], event: [true, false, true], weights: [2, 1, 3])
    #expect(
      repeated.times == weighted.times && repeated.atRisk == weighted.atRisk && repeated.events == weighted.events)
  }

  /// Many units take the sort by digits, or are counted if their times are whole and not great; weights of 1 take the general sort:
  /// the same data, ties and -0 included.
  @Test(arguments: [10, 20_000], [(whole: 50.0, share: 1.0), (50, 0.5), (50, 0.9999), (32_768, 1), (40_000, 1)])
  func allSortsAgree(units: Int, times: (whole: Double, share: Double)) throws {
    var generator = SeededGenerator(seed: 12)
    var time = (0..<units).map { _ in
      generator.uniform() < times.share ? (times.whole * generator.uniform()).rounded(.down) : generator.exponential()
    }
    time[3] = -0.0
    let event = (0..<units).map { _ in generator.uniform() < 0.6 }
    let fast = try SurvivalData(time: time, event: event)
    let general = try SurvivalData(time: time, event: event, weights: [Double](repeating: 1, count: units))
    #expect(fast == general)
    #expect(fast.times == Set(time).sorted())
    time[units / 2] = .infinity
    #expect(throws: DomainError("survival time", .infinity, "must be finite and at least 0")) {
      try SurvivalData(time: time, event: event)
    }
  }

  @Test func faults() throws {
    #expect(throws: DomainError("units", 0, "must be at least 1")) { try SurvivalData(time: [], event: []) }
    #expect(throws: DomainError("survival time", -1, "must be finite and at least 0")) {
      try SurvivalData(time: [-1], event: [true])
    }
    #expect(throws: DomainError("entry time", 2, "must be below the unit's time, 2.0")) {
      try SurvivalData(time: [2], event: [true], entry: [2])
    }
    #expect(throws: DomainError("events while several groups are at risk", 0, "must be at least 1")) {
      try LogRank(time: [1, 2], event: [false, false], group: [0, 1], groups: 2)
    }
  }
}
