import Processes
import Statistics
import Tables
import TestSupport
import Testing
import Workflow

@Suite struct VariantComparisonTests {
  /// Every unit comes once to one diamond with two branches: the global test is the z test of two proportions with unpooled
  /// variances. 60 of 100 and 45 of 90, with the factor n/(n - 1) of each arm.
  @Test func oneBranchByHand() throws {
    var csv = "case_id,event,timestamp,variant\n"
    func add(_ arm: String, _ yes: Int, _ all: Int) {
      for index in 0..<all {
        let end = index < yes ? "yes" : "no"
        csv += "\(arm)\(index),start,2026-01-05T00:00:00Z,\(arm)\n\(arm)\(index),\(end),2026-01-05T00:00:01Z,\(arm)\n"
      }
    }
    add("control", 60, 100)
    add("treatment", 45, 90)
    let model = lane(
      """
      n1: circle label:"start"
      n2: diamond label:"?"
      n3: circle label:"yes"
      n4: circle label:"no"
      n1.handle(right) -> n2.handle(left)
      n2.handle(right) -> n3.handle(left) [label="Yes"]
      n2.handle(top) -> n4.handle(left) [label="No"]
      """)
    let found = try #require(try measured(csv, model).comparison)
    let variance = 0.6 * 0.4 / 99 + 0.5 * 0.5 / 89
    let z = -0.1 / variance.squareRoot()
    #expect(found.degreesOfFreedom == 1 && found.edges.count == 1)
    expectClose(found.statistic, z * z, relative: 1e-10)
    expectClose(found.edges[0].difference, -0.1, relative: 1e-10)
    expectClose(found.edges[0].standardError, variance.squareRoot(), relative: 1e-10)
    expectClose(found.pValue, 2 * Normal.standard.survival(-z), relative: 1e-9)
    expectClose(found.edges[0].adjustedPValue, found.pValue, relative: 1e-9)
  }

  /// 400 A/A experiments on a model with loops and three cases a unit. At 5 % the number of rejections is binomial with mean 20
  /// and standard deviation 4.4; 3.5 of them are allowed above.
  @Test func theErrorRateHolds() throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    var (global, edges) = (0, 0)
    for seed in 1...400 {
      var plan = SimulationPlan()
      plan.cases = 900
      plan.casesPerUnit = 3
      plan.seed = UInt64(seed)
      plan.salt = "aa-\(seed)"
      plan.arms = [.init("control"), .init("treatment")]
      let found = try #require(
        try FlowMeasurer(model, MeasurePlan()).outcome(simulated(model, plan)).measurement.comparison)
      if found.pValue < 0.05 { global += 1 }
      if found.edges.contains(where: { $0.adjustedPValue < 0.05 }) { edges += 1 }
    }
    #expect(global <= 36 && global >= 6, "\(global)")
    #expect(edges <= global)
  }

  /// A third of the cases come to the split; there the treatment lifts n4 from 0.80 to 0.95, by 0.05 of all, which is 9 standard
  /// errors. It is found on that edge, and on none that it leaves alone.
  @Test func aPlantedEffectIsFoundOnItsEdge() throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    var plan = SimulationPlan()
    plan.cases = 20_000
    plan.arms = [
      .init("control"), .init("treatment", overrides: [.init(node: "n4", label: "Yes", probability: 0.95)]),
    ]
    let log = try simulated(model, plan)
    let found = try #require(try FlowMeasurer(model, MeasurePlan()).outcome(log).measurement.comparison)
    #expect(found.pValue < 1e-4)
    #expect(found.edges.filter { $0.adjustedPValue < 0.05 }.map(\.source) == ["n4"])
  }
}

@Suite struct UnitTableTests {
  @Test func metricsOfAModel() throws {
    let metrics = try FlowMetric.all(in: try #require(BuiltInModels.model(named: "content_moderation")))
    #expect(metrics.map(\.name) == ["content_live", "appealed", "overturned", "reported"])
    #expect(metrics.map(\.place) == ["n5", "n16", "n18", "n7->n10"])
    #expect(metrics.map(\.role) == [.primary, .guardrail, .guardrail, .guardrail])
    #expect(metrics.map(\.increaseIsBetter) == [true, false, false, false])
  }

  /// Unit u has two cases. It is exposed at b of the first (second 2); the d of second 1 is before. With a window of 10 s the d of
  /// second 20 is behind it. Unit v was never exposed.
  @Test func countsFromExposureWithinTheWindow() throws {
    let model = lane(
      """
      n1: circle label:"a"
      n2: rectangle label:"b" [split=exp]
      n3: circle label:"d" [metric="count(done)"]
      n4: diamond label:"?"
      n1.handle(right) -> n4.handle(left)
      n4.handle(right) -> n2.handle(left) [label="Yes"] [metric="time(chosen)"]
      n4.handle(top) -> n3.handle(left) [label="No"]
      n2.handle(right) -> n3.handle(left)
      """)
    let csv = """
      case_id,event,timestamp,unit_id,variant
      1,a,2026-01-05T00:00:00Z,u,A
      1,b,2026-01-05T00:00:02Z,u,A
      1,d,2026-01-05T00:00:20Z,u,A
      2,a,2026-01-05T00:00:00Z,u,A
      2,d,2026-01-05T00:00:01Z,u,A
      3,a,2026-01-05T00:00:00Z,u,A
      3,d,2026-01-05T00:00:05Z,u,A
      4,a,2026-01-05T00:00:00Z,v,B
      4,d,2026-01-05T00:00:30Z,v,B
      5,b,2026-01-05T00:00:25Z,w,B
      5,d,2026-01-05T00:00:26Z,w,B

      """
    var plan = MeasurePlan()
    plan.window = 10
    let source = try TableSource(files: [TableFile(name: "log.csv", bytes: Array(csv.utf8))])
    let table = try FlowMeasurer(model, plan).outcome(EventLogReader(plan).read(source)).units
    #expect(
      String(decoding: table.csv, as: UTF8.self)
        == "unit_id,variant,exposed_at,done,chosen\nu,A,2026-01-05T00:00:02.000Z,1,0\n")
    // The window of w ends at second 35, behind the last event.
    #expect(table.unexposed == 1 && table.immature == 1)
  }

  @Test(
    "declarations that are none",
    arguments: [
      ("metric=\"count()\"", "node 'n2': metric= expects a name, count(NAME) or time(NAME), found 'count()'."),
      ("metric=m role=goals", "node 'n2': role= expects primary, guardrail or info, found 'goals'."),
      ("metric=m dir=left", "node 'n2': dir= expects up or down, found 'left'."),
    ])
  func badDeclarations(_ attributes: String, _ sentence: String) {
    let model = lane(
      """
      n1: circle label:"a"
      n2: circle label:"b" [\(attributes)]
      n1.handle(right) -> n2.handle(left)
      """)
    do throws(ProcessFault) {
      _ = try FlowMetric.all(in: model)
      Issue.record("accepted")
    } catch { #expect(error.sentence == sentence) }
  }
}
