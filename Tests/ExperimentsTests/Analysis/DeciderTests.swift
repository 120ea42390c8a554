import Experiments
import Statistics
import TestSupport
import Testing

/// One decision for each way through the rule. Arms are spread over ±1 (variance near 1/3), so that with 400 units an arm
/// the standard error of a difference is near 0.041.
@Suite struct DeciderTests {
  private static func rows(_ shift: Double, _ guardrail: Double, count: Int = 400) -> [[Double]] {
    (0..<count).map { k in
      let x = Double(k % 41) / 20 - 1
      let y = Double(k * 7 % 41) / 20 - 1
      return [10 + shift + x, 10 + guardrail + y]
    }
  }

  private static func decide(
    _ arms: [(String, Double, Double)], count: Int = 400, direction: String = "up",
    observed: Measurements.Observed? = nil, change: (inout AnalysisPlan) -> Void = { _ in }
  ) throws -> Analysis.Decision {
    var measurements = Measurements(
      files: [], rows: count * arms.count, unreadableRows: 0,
      arms: arms.map { Measurements.Arm(name: $0.0, units: count) },
      cells: arms.map { name, shift, guardrail in
        let all = rows(shift, guardrail, count: count)
        return Measurements.Cell(
          arm: name, segment: nil, units: count,
          metrics: [0, 1].map { column in Measurements.MetricData(moments: moments(all.map { [$0[column]] })) })
      })
    measurements.observed = observed
    var plan = AnalysisPlan(metrics: [
      try Metric(parsing: "goal=mean(x) | direction: \(direction)"),
      try Metric(parsing: "speed=mean(y) | role: guardrail | margin: 2%"),
    ])
    change(&plan)
    return try Analysis(measurements, plan: plan).decision
  }

  @Test func shipsTheBestArm() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.2, 0), ("b", 0.4, 0)])
    #expect(decision.outcome == .ship && decision.variant == "b")
    #expect(decision.reasons == ["b improves goal (adjusted p < 0.001).", "Guardrails held: speed."])
  }

  @Test func allThatImprovesIsNamed() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.2, 0.4), ("b", 0, 0.3)]) { plan in
      plan.metrics[1].options.role = .goal
      plan.metrics[1].options.margin = nil
    }
    #expect(decision.reasons == ["a improves speed (adjusted p < 0.001).", "It also improves goal."])
  }

  @Test func directionCounts() throws {
    #expect(try Self.decide([("control", 0, 0), ("a", 0.3, 0)], direction: "down").outcome == .keep)
    #expect(try Self.decide([("control", 0, 0), ("a", -0.3, 0)], direction: "down").outcome == .ship)
  }

  @Test func keepsWithoutWinner() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.01, 0)])
    #expect(decision.outcome == .keep && decision.variant == "control")
    #expect(decision.reasons == ["No variant improves a goal metric significantly."])
  }

  /// A margin of 2 % of 10 is 0.2; a fall of 0.5 lies wholly beyond it.
  @Test func rollsBackWhereAGuardrailIsCrossed() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.3, -0.5)])
    #expect(decision.outcome == .rollback && decision.variant == "control")
    #expect(decision.reasons == ["The guardrail speed is crossed in a."])
  }

  /// A run that is planned to last two weeks: harm is acted on before, a winner is not.
  @Test func aMinimumRuntimeIsWaitedFor() throws {
    func decide(_ days: Int64?, _ guardrail: Double = 0, isFinal: Bool = false) throws -> Analysis.Decision {
      let observed = days.map { Measurements.Observed(from: 1_000_000, until: 1_000_000 + $0 * 86_400) }
      return try Self.decide([("control", 0, 0), ("a", 0.3, guardrail)], observed: observed) {
        $0.minimumRuntime = 14 * 86_400
        $0.isFinal = isFinal
        $0.plannedUnits = 800
      }
    }
    #expect(try decide(9).outcome == .extend)
    #expect(try decide(9).reasons == ["The run is 9.0 days long; the plan wants at least 14.0 days."])
    #expect(
      try decide(nil).reasons == [
        "The plan wants a run of 14.0 days, but nothing says how long this one is: name the column of times."
      ])
    #expect(try decide(14).outcome == .ship)
    #expect(try decide(9, isFinal: true).outcome == .ship)
    #expect(try decide(1, -0.5).outcome == .rollback)
  }

  @Test func anotherArmMayStillWin() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.4, -0.5), ("b", 0.3, 0)])
    #expect(decision.outcome == .ship && decision.variant == "b")
  }

  @Test func unclearGuardrail() throws {
    let arms = [("control", 0.0, 0.0), ("a", 0.3, -0.2)]
    #expect(try Self.decide(arms).outcome == .keep)
    #expect(try Self.decide(arms) { $0.isFinal = false }.outcome == .extend)
    let allowed = try Self.decide(arms) { $0.requiresGuardrails = false }
    #expect(allowed.outcome == .ship)
    #expect(allowed.reasons.last == "Guardrails unclear, which the plan allows: speed.")
  }

  @Test func extendsWhenTooFew() throws {
    let decision = try Self.decide([("control", 0, 0), ("a", 0.8, 0)], count: 41)
    #expect(decision.outcome == .extend && decision.variant == nil)
    #expect(decision.reasons == ["control has 41 units; the plan wants at least 50 in each arm."])
  }

  /// A fixed-horizon test that is read early would be peeking, however large the effect.
  @Test func fixedWaitsForItsEnd() throws {
    let arms = [("control", 0.0, 0.0), ("a", 0.4, 0.0)]
    let early = try Self.decide(arms) {
      $0.isFinal = false
      $0.plannedUnits = 1_000
    }
    #expect(early.outcome == .extend)
    #expect(
      early.reasons == ["A fixed-horizon test is read once, at its end: 800 of the planned 1,000 units are in."])
    let unplanned = try Self.decide(arms) { $0.isFinal = false }
    #expect(unplanned.outcome == .extend)
    let due = try Self.decide(arms) {
      $0.isFinal = false
      $0.plannedUnits = 800
    }
    #expect(due.outcome == .ship)
  }

  @Test func sequentialStopsEarly() throws {
    func decide(_ shift: Double) throws -> Analysis.Decision {
      try Self.decide([("control", 0, 0), ("a", shift, 0)]) {
        $0.method = .sequential
        $0.isFinal = false
        $0.plannedUnits = 1_000
      }
    }
    #expect(try decide(0.4).outcome == .ship)
    let waiting = try decide(0.01)
    #expect(waiting.outcome == .extend)
    #expect(
      waiting.reasons == [
        "No goal metric has changed significantly after 800 of the planned 1,000 units; keep collecting."
      ])
  }
}
