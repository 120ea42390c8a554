import Experiments
import Foundation
import Pipelines
import Processes
import Tables
import Testing
import Workflow

@Suite struct FlowExperimentTests {
  /// Treatment lifts "Accepts decision?" behind the split from 0.80 to 0.95. In closed form, from the split on, the share resolved
  /// goes from 0.80 to 0.95; the metric's name is the model's own.
  @Test func fromSimulationToAVerdict() throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    let change = BranchOverride(node: "n4", label: "Yes", probability: 0.95)
    var plan = SimulationPlan()
    plan.cases = 12_000
    plan.arms = [.init("control"), .init("treatment", overrides: [change])]
    var bytes: [UInt8] = []
    _ = try Simulation(model, plan).run { bytes += $0 }
    let log = try EventLogReader(MeasurePlan()).read(TableSource(files: [TableFile(name: "log", bytes: bytes)]))
    let outcome = try FlowExperiment(model).run(log, name: "log")
    #expect(outcome.analysis.metrics.map(\.name) == ["resolved", "chargeback_lost", "evidence_missing"])
    let resolved = try #require(outcome.analysis.metrics.first?.comparisons.first)
    let forecast = try #require(try MetricForecast.all(model, changes: [change]).first { $0.metric.name == "resolved" })
    #expect(abs(forecast.control - 0.8) < 1e-12 && abs(forecast.treatment - 0.95) < 1e-12)
    let (estimate, error) = (
      try #require(resolved.difference.estimate), try #require(resolved.difference.standardError)
    )
    #expect(abs(estimate - 0.15) < 4 * error)
    #expect(outcome.analysis.decision.outcome == .ship && outcome.analysis.decision.variant == "treatment")
    // Only the units that came to the explanation of a kept charge were exposed: 0.75 · 0.45 of all.
    let units = Double(outcome.analysis.input.units) / Double(plan.cases)
    #expect(abs(units - 0.3375) < 4 * (0.3375 * 0.6625 / Double(plan.cases)).squareRoot())
    #expect(outcome.notices.contains { $0.hasSuffix("units were never exposed; they do not count.") })
  }

  @Test func theModelsMetricsAreAnExperiments() throws {
    let model = try #require(BuiltInModels.model(named: "content_moderation"))
    let metrics = try FlowExperiment.metrics(of: model)
    #expect(
      metrics.map(\.text) == [
        "content_live=proportion(content_live)",
        "appealed=proportion(appealed) | role: guardrail | direction: down",
        "overturned=proportion(overturned) | role: guardrail | direction: down",
        "reported=proportion(reported) | role: guardrail | direction: down",
      ])
  }

  private func sentence(_ attributes: String, _ csv: String = "case_id,event,timestamp,variant\n1,a,2026-01-05,A\n")
    -> String
  {
    let model = Notation.parse(
      """
      L { # L
      n1: circle label:"a"
      n2: circle label:"b" \(attributes)
      n1.handle(right) -> n2.handle(left)
      }
      """
    ).readModel
    do {
      let source = try TableSource(files: [TableFile(name: "log.csv", bytes: Array(csv.utf8))])
      _ = try FlowExperiment(model).run(EventLogReader(MeasurePlan()).read(source), name: "log.csv")
      return "none"
    } catch { return "\(error)" }
  }

  @Test func whatCannotBeAnalysedSaysWhy() {
    #expect(
      sentence("")
        == "the model declares no metric. Write one on a node or an edge, such as [metric=completed role=primary].")
    #expect(
      sentence("[metric=done margin=some]")
        == "the metric 'done' expects margin= as a number or a percentage such as 2%, found 'some'.")
    #expect(
      sentence("[metric=done]")
        == "an experiment needs two variants in the log's column 'variant', found 1. Name the column: --variant COLUMN")
  }

  @Test func theSpecIsRead() throws {
    let model = try #require(BuiltInModels.model(named: "billing_dispute"))
    let text = try FlowExperiment(model).spec(name: "disputes", unitsFile: "units.csv", arms: ["control", "treatment"])
    let spec = try RunSpec(yaml: text)
    guard case .experiment(let experiment) = spec else {
      Issue.record("not an experiment")
      return
    }
    #expect(experiment.metrics.map(\.name) == ["resolved", "chargeback_lost", "evidence_missing"])
    #expect(experiment.control == "control")
  }
}

@Suite struct FlowMatrixTests {
  @Test func everyCellHolds() {
    let matrix = FlowMatrix()
    #expect(matrix.rows.count == 7)
    for row in matrix.rows {
      #expect(row.cells.map(\.use) == FlowMatrix.Use.allCases)
      for cell in row.cells { #expect(cell.holds, "\(row.workflow), \(cell.use.rawValue): \(cell.detail)") }
    }
  }
}
