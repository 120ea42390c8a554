import Cohorts
import Foundation
import Statistics
import TestSupport
import Testing

/// Every kind of interval that a report prints, held against its truth in simulated logs. 1,000 logs each; of 95 % intervals
/// fewer than 924 or more than 974 cover with probability below 0.001 (binomial law, 950 ± 3.5 standard errors); intervals of
/// score type are allowed their known excess.
@Suite struct IntervalCoverageTests {
  private static let day: Int64 = 86_400
  private static let start: Int64 = 1_704_067_200  // Monday, 2024-01-01
  private let usual = 926...976

  private func made(_ times: [[Int64]], segments: [Int32]? = nil) -> EventLog {
    var log = EventLog(unitCount: times.count, units: [], times: [])
    for (unit, own) in times.enumerated() {
      log.units += own.map { _ in Int32(unit) }
      log.times += own.map { Self.start + $0 }
    }
    if let segments {
      log.segments = log.units.map { segments[Int($0)] }
      log.segmentColumn = "arm"
      log.segmentNames = ["a", "b"]
    }
    return log
  }

  private func covers(_ estimate: CohortEstimate?, _ truth: Double) -> Int {
    guard let estimate, let lower = estimate.lower, let upper = estimate.upper else { return 0 }
    return lower <= truth && truth <= upper ? 1 : 0
  }

  @Test func cellsAndCurves() throws {
    var generator = SeededGenerator(seed: 101)
    var (cell, overall) = (0, 0)
    for _ in 0..<1000 {
      let times = (0..<120).map { unit -> [Int64] in
        let first = Int64(unit % 2) * 7 * Self.day
        return [first] + (Double.random(in: 0..<1, using: &generator) < 0.23 ? [first + 7 * Self.day] : [])
      }
      let settings = CohortSettings(period: .week, asOf: Self.start + 40 * Self.day)
      let table = try Cohorts.analyze(log: made(times), settings: settings).retention
      let one = table.cohorts[0].cells[1]
      cell += (one.lower ?? 1)...(one.upper ?? 1) ~= 0.23 ? 1 : 0
      overall += table.overall[1].lower...table.overall[1].upper ~= 0.23 ? 1 : 0
    }
    #expect(usual.contains(cell) && usual.contains(overall), "cell \(cell), overall \(overall)")
  }

  @Test func survivalMedianAndRestrictedMean() throws {
    // Lifetimes exponential with mean 40 days, in whole days; censored at 60 days behind a start.
    var generator = SeededGenerator(seed: 102)
    var (median, mean, limits, sawMean) = (0, 0, 0, 0)
    let survivalAt20 = (1...20).reduce(1.0) { product, _ in product * exp(-1.0 / 40) }
    for _ in 0..<1000 {
      let times = (0..<150).map { _ -> [Int64] in
        let life = (-40 * log(1 - Double.random(in: 0..<1, using: &generator))).rounded(.down)
        return [0, min(Int64(life), 80) * Self.day]
      }
      var settings = CohortSettings(period: .month, asOf: Self.start + 90 * Self.day)
      settings.inactivityDays = 30
      let curve = try Cohorts.analyze(log: made(times), settings: settings).survival
      guard let curve else { continue }
      if let lower = curve.medianLower { median += lower <= 27 && 27 <= (curve.medianUpper ?? .infinity) ? 1 : 0 }
      if let point = curve.points.last(where: { $0.time <= 19 }), let lower = point.lower, let upper = point.upper {
        limits += (lower...upper).contains(survivalAt20) ? 1 : 0
      }
      if let estimate = curve.restrictedMean, let end = curve.restrictedTo, end == 60 {
        sawMean += 1
        // Whole days: the mean of min(floor(T), 60) is the sum over k = 1...60 of P(T >= k).
        mean += covers(estimate, (1...60).reduce(0.0) { $0 + exp(-Double($1) / 40) })
      }
    }
    #expect(limits >= 926 && limits <= 980, "curve \(limits)")
    #expect(median >= 920 && median <= 990, "median \(median)")
    #expect(sawMean == 1000 && usual.contains(mean), "restricted mean \(mean) of \(sawMean)")
  }

  @Test func differencesOfGroups() throws {
    var generator = SeededGenerator(seed: 103)
    var (share, mean) = (0, 0)
    for _ in 0..<1000 {
      let segments = (0..<240).map { Int32($0 % 2) }
      let times = segments.map { arm -> [Int64] in
        let back = Double.random(in: 0..<1, using: &generator) < (arm == 0 ? 0.3 : 0.4)
        let life = (-(arm == 0 ? 20.0 : 30.0) * log(1 - Double.random(in: 0..<1, using: &generator))).rounded(.down)
        return [0] + (back ? [8 * Self.day] : []) + [Int64(min(life + 14, 80)) * Self.day]
      }
      var settings = CohortSettings(period: .week, asOf: Self.start + 90 * Self.day, inactivityDays: 30)
      settings.control = "a"
      let group = try Cohorts.analyze(log: made(times, segments: segments), settings: settings).comparison?.groups.first
      let one = group?.retention.first { $0.age == 1 }?.difference
      share += one.map { $0.lower <= 0.1 && 0.1 <= $0.upper ? 1 : 0 } ?? 0
      let other = group?.restrictedMean
      var truth = 0.0
      for k in 1...46 { truth += exp(-Double(k) / 30) - exp(-Double(k) / 20) }
      mean += other.map { $0.lower <= truth && truth <= $0.upper ? 1 : 0 } ?? 0
    }
    #expect(usual.contains(share) && usual.contains(mean), "retention \(share), restricted mean \(mean)")
  }

  @Test func stratifiedDifference() throws {
    var generator = SeededGenerator(seed: 104)
    var covered = 0
    for _ in 0..<1000 {
      // Strata of small size with different levels and shares of exposed; the difference is 0.12 in each.
      let strata = (0..<25).map { stratum -> StratifiedRiskDifference.Stratum in
        let base = 0.1 + 0.6 * Double(stratum) / 25
        var one = StratifiedRiskDifference.Stratum(exposedSuccesses: 0, exposed: 0, otherSuccesses: 0, others: 0)
        for _ in 0..<14 {
          let isExposed = Double.random(in: 0..<1, using: &generator) < 0.2 + 0.6 * Double(stratum) / 25
          let success = Double.random(in: 0..<1, using: &generator) < base + (isExposed ? 0.12 : 0)
          if isExposed {
            one.exposed += 1
            one.exposedSuccesses += success ? 1 : 0
          } else {
            one.others += 1
            one.otherSuccesses += success ? 1 : 0
          }
        }
        return one
      }
      covered += try StratifiedRiskDifference(strata).interval().contains(0.12) ? 1 : 0
    }
    #expect(usual.contains(covered), "covered \(covered)")
  }

  @Test func recurringCohortsTogether() throws {
    // Units with own rates start again each week: Wilson's interval over all would be too narrow.
    var generator = SeededGenerator(seed: 105)
    var covered = 0
    for _ in 0..<1000 {
      let times = (0..<100).map { _ -> [Int64] in
        let rate = Double.random(in: 0..<1, using: &generator) < 0.5 ? 0.2 : 0.8
        return (0..<8).filter { _ in Double.random(in: 0..<1, using: &generator) < rate }.map {
          Int64($0) * 7 * Self.day
        }
      }.filter { !$0.isEmpty }
      var settings = CohortSettings(period: .week, asOf: Self.start + 60 * Self.day)
      settings.recurring = true
      let point = try Cohorts.analyze(log: made(times), settings: settings).retention.overall.first { $0.age == 1 }
      // Starts that come back over starts: (0.2² + 0.8²) / (0.2 + 0.8).
      let truth = 0.68
      guard let point else { continue }
      covered += point.lower...point.upper ~= truth ? 1 : 0
    }
    #expect(usual.contains(covered), "covered \(covered)")
  }

  @Test func contractModel() throws {
    // Beta(1.2, 3.4) over customers, cohorts of 400, 8 renewals observed, projected to 14.
    var generator = SeededGenerator(seed: 106)
    let truth = try ShiftedBetaGeometric(alpha: 1.2, beta: 3.4)
    var (curve, periods, fitted) = (0, 0, 0)
    let replicates = 300
    for _ in 0..<replicates {
      let times = (0..<400).map { _ -> [Int64] in
        // A Beta(a, b) draw from Jöhnk's method would be slow; the model's own renewal chances are as good.
        var renewals = 0
        while renewals < 40, Double.random(in: 0..<1, using: &generator) < truth.retentionRate(period: renewals + 1) {
          renewals += 1
        }
        return (0...renewals).map { Int64($0) * 7 * Self.day }
      }
      var settings = CohortSettings(period: .week, asOf: Self.start + (9 * 7 + 1) * Self.day)
      settings.lifetimeValue = LifetimeValueSettings(model: .shiftedBetaGeometric, horizon: 14, discountRate: 0.01)
      let model = try Cohorts.analyze(log: made(times), settings: settings).lifetimeValue?.contractual
      guard let model else { continue }
      fitted += 1
      curve += covers(model.survival[14].projected, truth.survival(periods: 14)[14])
      let expected = truth.survival(periods: 13).enumerated().reduce(0) {
        $0 + $1.element / pow(1.01, Double($1.offset))
      }
      periods += covers(model.expectedPeriods, expected)
    }
    // 285 ± 3.5 standard errors of 3.8.
    #expect(
      fitted == replicates && (271...298).contains(curve) && (271...298).contains(periods),
      "curve \(curve), periods \(periods)")
  }

  @Test func earlyBehaviourAdjustedForActivity() throws {
    // Activity makes both the behaviour and returning more likely; the behaviour itself adds nothing: the truth is 0.
    var generator = SeededGenerator(seed: 107)
    var (adjusted, raw) = (0, 0)
    for _ in 0..<400 {
      var log = EventLog(unitCount: 300, units: [], times: [], steps: [], stepNames: ["open", "share"])
      for unit in 0..<300 {
        let others = Int.random(in: 1...8, using: &generator)
        let shares = Double.random(in: 0..<1, using: &generator) < Double(others) / 10
        let back =
          Double.random(in: 0..<1, using: &generator) < 0.1 + 0.1
          * Double((others == 1 ? 1 : others < 4 ? 2 : others < 8 ? 5 : 8))
        let events = [Int32](repeating: 0, count: others) + (shares ? [1] : [])
        for (place, step) in events.enumerated() {
          log.units.append(Int32(unit))
          log.times.append(Self.start + Int64(place) * 3600)
          log.steps?.append(step)
        }
        if back {
          log.units.append(Int32(unit))
          log.times.append(Self.start + 9 * Self.day)
          log.steps?.append(0)
        }
      }
      var settings = CohortSettings(period: .week, asOf: Self.start + 30 * Self.day)
      settings.behaviour.earlyDays = 7
      let one = try Cohorts.analyze(log: log, settings: settings).behaviour?.early?.behaviours.first {
        $0.name == "share"
      }
      adjusted += covers(one?.adjusted, 0)
      raw += covers(one?.difference, 0)
    }
    // 380 ± 3.5 standard errors of 4.4; without the adjustment the interval misses most of the time.
    #expect((364...396).contains(adjusted), "adjusted \(adjusted)")
    #expect(raw < 200, "raw \(raw)")
  }

  @Test func observedValueOfSmallCohorts() throws {
    // 12 units; a first order of 20 and 0 to 4 more of uniform worth in the same week: a mean of 20 + 2 · 15 by its end.
    var generator = SeededGenerator(seed: 108)
    var covered = 0
    for _ in 0..<1000 {
      var log = EventLog(unitCount: 12, units: [], times: [], amounts: [])
      for unit in 0..<12 {
        for order in 0...Int.random(in: 0...4, using: &generator) {
          log.units.append(Int32(unit))
          log.times.append(Self.start + Int64(order) * 3600)
          log.amounts?.append(order == 0 ? 20 : Double.random(in: 10..<20, using: &generator))
        }
      }
      var settings = CohortSettings(period: .week, asOf: Self.start + 30 * Self.day)
      settings.lifetimeValue = LifetimeValueSettings()
      let cohort = try Cohorts.analyze(log: log, settings: settings).lifetimeValue?.observed.first
      covered += covers(cohort?.points.first?.valuePerUnit, 50)
    }
    #expect(usual.contains(covered), "covered \(covered)")
  }

  @Test func medianTimeToConvert() throws {
    // Three in four convert after an exponential time of mean 24 h, seen in minutes, within a window of 96 h: half of all
    // have converted after 24 · log 3 hours.
    var generator = SeededGenerator(seed: 109)
    var covered = 0
    for _ in 0..<1000 {
      var log = EventLog(unitCount: 200, units: [], times: [], steps: [], stepNames: ["visit", "buy"])
      for unit in 0..<200 {
        let converts = Double.random(in: 0..<1, using: &generator) < 0.75
        let seconds = (-24 * 60 * Foundation.log(1 - Double.random(in: 0..<1, using: &generator))).rounded() * 60
        for (step, time) in [0, seconds].prefix(converts ? 2 : 1).enumerated() {
          log.units.append(Int32(unit))
          log.times.append(Self.start + Int64(time))
          log.steps?.append(Int32(step))
        }
      }
      let funnel = try Funnel(
        log: log, definition: FunnelDefinition("visit,buy", windowSeconds: 96 * 3600), asOf: Self.start + 30 * Self.day)
      covered += covers(funnel.hoursToConvert, 24 * Foundation.log(3))
    }
    #expect((920...985).contains(covered), "covered \(covered)")
  }
}
