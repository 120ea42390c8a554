import Experiments
import Foundation
import Statistics
import TestSupport
import Testing

/// Analyses at planned and unplanned looks: the bound of the look decides, and looks together keep alpha.
@Suite struct GroupSequentialAnalysisTests {
  private static func plan(
    planned: Int?, earlier: [Int] = [], final: Bool = false, alpha: Double = 0.05,
    spending: GroupSequentialPlan.Spending = .obrienFleming
  ) throws -> AnalysisPlan {
    var plan = AnalysisPlan(
      metrics: [try Metric(parsing: "m=mean(x)")], alpha: alpha, method: .groupSequential, minimumUnits: 2)
    plan.plannedUnits = planned
    plan.isFinal = final
    plan.groupSequential = GroupSequentialPlan(spending: spending, earlierUnits: earlier)
    return plan
  }

  /// Arms of mean 0 and `shift`, values spread over ±1.
  private static func arms(units: Int, shift: Double) -> Measurements {
    func rows(_ shift: Double) -> [[Double]] { (0..<units / 2).map { [Double($0 % 41) / 20 - 1 + shift] } }
    return measured([("control", rows(0)), ("treatment", rows(shift))])
  }

  private static func sentence(_ measurements: Measurements, _ plan: AnalysisPlan) -> String {
    do {
      _ = try Analysis(measurements, plan: plan)
      return ""
    } catch { return (error as? AnalysisFault)?.sentence ?? "\(error)" }
  }

  /// Looks at 200, 410 and 820 of 1640 units: the third tests at the level of the design's third bound, by Student's law.
  @Test func theBoundOfTheLookDecides() throws {
    let plan = try Self.plan(planned: 1640, earlier: [200, 410])
    let analysis = try Analysis(Self.arms(units: 820, shift: 0.1), plan: plan)
    let design = try GroupSequentialDesign(
      observed: [200.0 / 1640, 0.25, 0.5], alpha: 0.05, spending: .lanDeMetsOBrienFleming)
    let state = try #require(analysis.groupSequential)
    #expect(state.look == 3 && !state.isFinal && state.nextUnits == 1230)
    #expect(state.informationFractions == [200.0 / 1640, 0.25, 0.5])
    expectClose(state.bound ?? .nan, design.boundary.upper[2], relative: 1e-12)
    expectClose(state.alphaSpent, design.cumulativeAlpha[2], relative: 1e-9)
    let one = analysis.metrics[0].comparisons[0]
    let law = try StudentT(degreesOfFreedom: one.degreesOfFreedom ?? .nan)
    let half = law.inverseSurvival(design.nominalLevels[2] / 2) * (one.difference.standardError ?? .nan)
    expectClose(one.difference.upper ?? .nan, 0.1 + half, relative: 1e-9)
    #expect(one.test == "Welch t-test, group-sequential")
    #expect(analysis.method == "group-sequential")
  }

  /// p-value, interval and decision agree on both sides of the bound, and the decision names the next look.
  @Test(arguments: (0...15).map { Double($0) * 0.02 }) func pValueAndIntervalAgree(shift: Double) throws {
    let analysis = try Analysis(Self.arms(units: 820, shift: shift), plan: Self.plan(planned: 1640, earlier: [410]))
    let one = analysis.metrics[0].comparisons[0]
    let isAway = (one.difference.lower ?? .nan) > 0
    #expect(((one.pValue ?? .nan) < 0.05) == isAway)
    #expect(((one.adjustedPValue ?? .nan) < 0.05) == ((one.adjustedInterval?.lower ?? .nan) > 0))
    #expect(analysis.decision.outcome == (isAway ? .ship : .extend))
    if !isAway {
      #expect(
        analysis.decision.reasons == [
          "No goal metric has changed significantly after 820 of the planned 1,640 units; keep collecting.",
          "The next look is planned at 1,230 units.",
        ])
    }
  }

  /// An undecided goal says how likely a look to come is to reject; the last look does not.
  @Test func outlook() throws {
    func notes(_ plan: AnalysisPlan) throws -> [String] {
      try Analysis(Self.arms(units: 820, shift: 0.06), plan: plan).metrics[0].comparisons[0].notes
        .filter { $0.contains("predictive power") }
    }
    let one = try Analysis(Self.arms(units: 820, shift: 0.06), plan: Self.plan(planned: 1640)).metrics[0].comparisons[0]
    let design = try GroupSequentialDesign(
      observed: [0.5, 0.75, 1], alpha: 0.05, spending: .lanDeMetsOBrienFleming)
    let power = try #require(try design.predictivePower(look: 1, z: one.statistic ?? .nan).last)
    let shown = "\((power * 1000).rounded() / 10) %"
    #expect(
      try notes(Self.plan(planned: 1640)) == [
        "Chance that a planned look to come rejects, given the data so far (predictive power): \(shown)."
      ])
    #expect(try notes(Self.plan(planned: 1640, final: true)).isEmpty)
    #expect(try notes(Self.plan(planned: 820)).isEmpty)
  }

  /// The planned units, or data that are final, spend all that is left: then it is kept, not extended.
  @Test func theLastLook() throws {
    for (units, final) in [(1640, false), (1640, true), (1000, true), (2000, false)] {
      let analysis = try Analysis(
        Self.arms(units: units, shift: 0.01), plan: Self.plan(planned: 1640, earlier: [410], final: final))
      #expect(analysis.decision.outcome == .keep)
      #expect(analysis.groupSequential?.isFinal == true && analysis.groupSequential?.nextUnits == nil)
      expectClose(analysis.groupSequential?.alphaSpent ?? .nan, 0.05)
    }
  }

  /// With one look it is the fixed test.
  @Test func oneLookIsTheFixedTest() throws {
    let data = Self.arms(units: 820, shift: 0.1)
    let one = try Analysis(data, plan: Self.plan(planned: 820)).metrics[0].comparisons[0]
    var fixed = try Self.plan(planned: 820)
    fixed.method = .fixed
    let other = try Analysis(data, plan: fixed).metrics[0].comparisons[0]
    expectClose(one.pValue ?? .nan, other.pValue ?? .nan, relative: 1e-9)
    expectClose(one.difference.lower ?? .nan, other.difference.lower ?? .nan, relative: 1e-9)
  }

  /// A look so early that it spends nothing reports its estimate and no interval.
  @Test func tooEarlyForAnInterval() throws {
    let analysis = try Analysis(Self.arms(units: 100, shift: 2), plan: Self.plan(planned: 1_000_000))
    let one = analysis.metrics[0].comparisons[0]
    #expect(analysis.groupSequential?.nominalLevel == 0)
    #expect(one.difference.estimate != nil && one.difference.lower == nil && one.lift.lower == nil)
    #expect(one.notes.contains("This look spends too little of alpha to decide anything; no interval is given."))
    #expect(analysis.decision.outcome == .extend)
  }

  /// The same data seen again are the same look.
  @Test func seenAgain() throws {
    let data = Self.arms(units: 820, shift: 0.1)
    let first = try Analysis(data, plan: Self.plan(planned: 1640, earlier: [410]))
    #expect(try Analysis(data, plan: Self.plan(planned: 1640, earlier: [410, 820])) == first)
  }

  @Test func sentences() throws {
    let data = Self.arms(units: 820, shift: 0)
    #expect(
      Self.sentence(data, try Self.plan(planned: nil))
        == "a group-sequential test needs the number of units, all arms together, that it was planned for: method.planned_units, or --planned-units."
    )
    #expect(
      Self.sentence(data, try Self.plan(planned: 1640, earlier: [900]))
        == "this look has 820 units and an earlier one had 900; looks are taken at growing numbers of units.")
    #expect(
      Self.sentence(data, try Self.plan(planned: 400, earlier: [100, 410]))
        == "look 2 had 410 units, the whole plan: it has spent all of alpha, and nothing can be tested after it.")
  }

  /// Stopping at the first of five looks that rejects, under no effect: alpha is kept (99.9 % binomial bound for 400 runs:
  /// 0.1 + 3.3 · √(0.09 / 400) = 0.15), and is used: at least 0.05.
  @Test func keepsAlphaOverItsLooks() throws {
    var generator = SeededGenerator(seed: 61)
    var rejected = 0
    for _ in 0..<400 {
      var arms = [Moments](repeating: Moments(columns: 1), count: 2)
      var seen: [Int] = []
      for step in [30, 60, 20, 50, 40] {
        for arm in 0..<2 { arms[arm].merge(moments((0..<step).map { _ in [generator.normal()] })) }
        let analysis = try Analysis(
          measured(moments: [("control", arms[0]), ("treatment", arms[1])]),
          plan: Self.plan(planned: 400, earlier: seen, alpha: 0.1, spending: .pocock))
        seen.append(analysis.input.units)
        guard (analysis.metrics[0].comparisons[0].pValue ?? 1) < 0.1 else { continue }
        rejected += 1
        break
      }
    }
    #expect(rejected <= 60)
    #expect(rejected >= 20)
  }
}
