import Experiments
import Statistics
import TestSupport
import Testing

@Suite struct GatekeepingAnalysisTests {
  /// A goal and a secondary metric of 200 units an arm, variance 1, with these differences.
  private func analysis(
    goal: Double, secondary: Double, _ change: (inout AnalysisPlan) -> Void = { _ in }
  ) throws -> Analysis {
    func data(_ mean: Double) -> Measurements.MetricData {
      Measurements.MetricData(moments: Moments(count: 200, mean: [mean], crossProducts: [199]))
    }
    let arms = [("control", 0.0, 0.0), ("treatment", goal, secondary)]
    let measurements = Measurements(
      files: [], rows: 400, unreadableRows: 0, arms: arms.map { Measurements.Arm(name: $0.0, units: 200) },
      cells: arms.map { name, first, second in
        Measurements.Cell(arm: name, segment: nil, units: 200, metrics: [data(first), data(second)])
      })
    var plan = AnalysisPlan(
      metrics: [try Metric(parsing: "g=mean(x)"), try Metric(parsing: "s=mean(y) | role: secondary")])
    plan.gatekeeping = .all
    change(&plan)
    return try Analysis(measurements, plan: plan)
  }

  /// Both differ by three standard errors: neither pays for the other.
  @Test func openGate() throws {
    let result = try analysis(goal: 0.3, secondary: 0.3)
    for metric in result.metrics {
      let one = metric.comparisons[0]
      #expect(one.adjustedPValue == one.pValue)
      #expect(one.adjustedInterval?.lower == one.difference.lower)
    }
    #expect(result.correction == "gatekeeping-all")
    let together = try analysis(goal: 0.3, secondary: 0.3) { $0.gatekeeping = nil }
    #expect((together.metrics[0].comparisons[0].adjustedPValue ?? 0) > (result.metrics[0].comparisons[0].pValue ?? 1))
  }

  /// The goal has not changed: nothing may be said of the secondary metric, however clear it looks.
  @Test(arguments: [Gatekeeping.Gate.all, .any]) func closedGate(gate: Gatekeeping.Gate) throws {
    let result = try analysis(goal: 0.01, secondary: 0.5) { $0.gatekeeping = gate }
    let (goal, second) = (result.metrics[0].comparisons[0], result.metrics[1].comparisons[0])
    #expect(second.adjustedPValue == goal.adjustedPValue)
    #expect(second.adjustedInterval == nil)
    #expect(second.notes.contains { $0.hasPrefix("The metrics before it have not let this family be tested") })
    #expect(result.decision.outcome != .ship)
  }

  @Test func refusal() throws {
    do {
      _ = try analysis(goal: 1, secondary: 1) { $0.correction = .bh }
      Issue.record("no fault")
    } catch let fault as AnalysisFault {
      #expect(fault.sentence.hasPrefix("gatekeeping has its own adjustment"))
    }
  }
}
