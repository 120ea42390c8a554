import Basics
import Experiments
import Foundation
import Processes
import Reports
import Tables
import Workflow

/// Seven workflows, each put to every use; a cell is earned by doing it.
public struct FlowMatrix: Sendable {
  public enum Use: String, Sendable, CaseIterable { case check, draw, run, simulate, measure, experiment }
  public struct Cell: Sendable, Hashable {
    public let use: Use
    public let holds: Bool
    /// What was done and found.
    public let detail: String
  }
  public struct Row: Sendable, Hashable {
    public let workflow: String
    public let cells: [Cell]
  }
  public let rows: [Row]
  public var holds: Bool { rows.allSatisfy { $0.cells.allSatisfy(\.holds) } }

  /// The built-in models by workflow. The login keeps the defects of its source in `oauth`; what can be run is `oauth_fixed`.
  public static let workflows: [(name: String, model: String)] = [
    ("A/B test setup", "ab-test"), ("cohort analysis", "cohort"), ("account deletion", "account_deletion"),
    ("API key rotation", "api_key_rotation"), ("billing dispute", "billing_dispute"),
    ("content moderation", "content_moderation"), ("OAuth login", "oauth_fixed"),
  ]

  /// Does it all: some seconds.
  ///
  /// - Parameter done: told each row when it is done.
  public init(seed: UInt64 = 1, done: (Row) -> Void = { _ in }) {
    var rows: [Row] = []
    for workflow in Self.workflows {
      guard let text = BuiltInModels.text(named: workflow.model), let model = BuiltInModels.model(named: workflow.model)
      else { continue }
      let trial = FlowTrial(name: workflow.model, text: text, model: model, seed: seed)
      let row = Row(workflow: workflow.name, cells: Use.allCases.map { trial.cell($0) })
      rows.append(row)
      done(row)
    }
    self.rows = rows
  }
}

/// What did not hold.
private struct Failed: Error {
  let reason: String
}

/// One model put to each use.
private struct FlowTrial {
  let name: String
  let text: String
  let model: Model
  let seed: UInt64

  func cell(_ use: FlowMatrix.Use) -> FlowMatrix.Cell {
    do {
      let detail =
        switch use {
        case .check: try check()
        case .draw: try draw()
        case .run: try run()
        case .simulate: try simulate()
        case .measure: try measure()
        case .experiment: try experiment()
        }
      return .init(use: use, holds: true, detail: detail)
    } catch let failed as Failed {
      return .init(use: use, holds: false, detail: failed.reason)
    } catch {
      return .init(use: use, holds: false, detail: "\(error)")
    }
  }

  private func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws {
    guard holds else { throw Failed(reason: reason()) }
  }

  // MARK: - Check and draw

  /// Sound, without errors; formatting keeps the meaning. The login's source must be found defective and mendable.
  private func check() throws -> String {
    let report = model.check()
    try require(report.sound && !report.hasErrors, "not sound")
    let formatted = Notation.format(text)
    try require(Notation.parse(formatted).model == model, "formatting changes the meaning")
    guard name == "oauth_fixed" else { return "sound, \(report.size.nodes) nodes" }
    let source = BuiltInModels.model(named: "oauth")?.check(suggestingRepairs: true)
    try require(source?.sound == false && source?.repairs.isEmpty == false, "the source's defect is not found")
    return "sound; its source is not, \(source?.repairs.count ?? 0) repair of one edge"
  }

  /// The same bytes twice, in each theme, with every node's label in it.
  private func draw() throws -> String {
    for theme in DrawingOptions.Theme.allCases {
      let svg = model.svg(DrawingOptions(theme: theme))
      try require(svg.hasPrefix("<svg") || svg.hasPrefix("<?xml"), "not an SVG document")
      try require(svg == model.svg(DrawingOptions(theme: theme)), "two drawings differ")
    }
    let size = model.svg().utf8.count
    return "\(model.nodes.count) nodes and \(model.edges.count) edges in \(size) bytes, the same each time"
  }

  // MARK: - Run

  /// Runs to an end, then again from journals cut in three places, one of them inside a record; all give the same bytes.
  private func run() throws -> String {
    let whole = try Scratch()
    try begin(whole)
    let end = try advance(whole)
    let bytes = try whole.journal()
    guard let first = bytes.firstIndex(of: 0x0A) else { throw Failed(reason: "no journal") }
    for part in 1...3 {
      let cut = first + 1 + (bytes.count - first - 1) * part / 4
      let scratch = try Scratch()
      try begin(scratch)
      try scratch.write(Array(bytes[..<cut]))
      _ = try advance(scratch)
      try require(try scratch.journal() == bytes, "a run resumed from byte \(cut) differs")
    }
    return "ends in \(end); three cuts resumed to the same bytes"
  }

  private static let clock: @Sendable () -> Date = { Date(timeIntervalSince1970: 1_800_000_000) }

  private func begin(_ scratch: Scratch) throws {
    _ = try WorkflowRun.create(id: "matrix", directory: scratch.path, model: text, clock: Self.clock)
  }

  /// Every decision takes its branches in turn, so that every loop is left.
  private func advance(_ scratch: Scratch) throws -> String {
    var library = StepLibrary()
    for step in Set(model.nodes.compactMap { $0.attributes["step"] }) {
      library.register(step) { context in
        .completed(["visit": .integer(context.visit)], choice: Self.branch(context.labels, visit: context.visit))
      }
    }
    let run = try WorkflowRun.open(directory: scratch.path, clock: Self.clock)
    for _ in 0..<1_000 {
      switch try run.advance(library: library) {
      case .finished(let end): return end.label
      case .waiting(let node, .approval):
        let labels = model.edges.filter { $0.source.node == node.id }.compactMap(\.label)
        let visit =
          1 + run.history.count { if case .completed(node.id, _, _, _, _, _) = $0.event { true } else { false } }
        try run.answer(
          node: node.id, Answer(choice: node.shape == .diamond ? Self.branch(labels, visit: visit) : nil, by: "matrix"))
      case let status: throw Failed(reason: "the run stands: \(status)")
      }
    }
    throw Failed(reason: "the run does not end")
  }

  private static func branch(_ labels: [String], visit: Int) -> String? {
    labels.isEmpty ? nil : labels[(visit - 1) % labels.count]
  }

  // MARK: - Simulate and measure

  private func plan(_ cases: Int) -> SimulationPlan {
    var plan = SimulationPlan()
    plan.cases = cases
    plan.seed = seed
    return plan
  }

  /// Agrees with the closed form within five standard errors, and does not depend on threads.
  private func simulate() throws -> String {
    let form = try ClosedForm(model)
    let cases = 50_000
    guard let found = try Simulation(model, plan(cases)).run().groups.first else { throw Failed(reason: "no cases") }
    let n = Double(cases)
    var worst = abs(found.time.mean - form.meanTime) / max((form.timeVariance / n).squareRoot(), 1e-9)
    for (end, expected) in zip(found.ends, form.ends) {
      let error = (expected.probability * (1 - expected.probability) / n).squareRoot()
      guard error > 1e-9 else { continue }
      worst = max(worst, abs(Double(end.cases) / n - expected.probability) / error)
    }
    try require(worst < 5, "\(worst) standard errors from the closed form")
    var (one, two) = (plan(500), plan(500))
    (one.threads, two.threads) = (1, 2)
    try require(try log(one) == log(two), "the log depends on threads")
    return "\(cases) cases within \(String(format: "%.1f", worst)) standard errors of the closed form"
  }

  private func log(_ plan: SimulationPlan) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try Simulation(model, plan).run { bytes += $0 }
    return bytes
  }

  private func events(_ bytes: [UInt8]) throws -> EventLog {
    try EventLogReader(MeasurePlan()).read(TableSource(files: [TableFile(name: "simulated", bytes: bytes)]))
  }

  /// A simulated log fits, and its funnel is the simulation's own count.
  private func measure() throws -> String {
    let plan = plan(5_000)
    let result = try Simulation(model, plan).run()
    let found = try FlowMeasurer(model).outcome(events(log(plan))).measurement
    try require(
      found.conformance.fittingCases == plan.cases, "\(found.conformance.fittingCases) of \(plan.cases) cases fit")
    try require(
      found.groups.first?.edges.map(\.passes) == result.groups.first?.edges.map(\.passes), "the funnel differs")
    return "\(found.conformance.events) events of \(plan.cases) cases, all fit; every edge's count is right"
  }

  // MARK: - Experiment

  /// An effect is planted on a branch behind the split; the analysis must find it, with an interval that holds the closed form's.
  private func experiment() throws -> String {
    guard let effect = try Planted(model) else { throw Failed(reason: "no branch moves the primary metric") }
    // Several times the units of a power of 80 %, for not every case comes to the split.
    var plan = plan(min(max(8 * effect.units, 5_000), 200_000))
    plan.arms = [.init("control"), .init("treatment", overrides: [effect.change])]
    let outcome = try FlowExperiment(model).run(events(log(plan)), name: "simulated")
    let metric = outcome.analysis.metrics.first { $0.name == effect.metric }
    guard let comparison = metric?.comparisons.first, let estimate = comparison.difference.estimate,
      let error = comparison.difference.standardError
    else { throw Failed(reason: "the primary metric has no comparison") }
    try require(outcome.analysis.decision.outcome != .invalid, "the analysis is invalid")
    let p = comparison.pValue ?? 1
    try require(p < 0.05, "the planted effect is not found, p = \(p)")
    try require(abs(estimate - effect.difference) < 4 * error, "found \(estimate), planted \(effect.difference)")
    return
      "\(effect.metric) \(String(format: "%+.3f", estimate)) (planted \(String(format: "%+.3f", effect.difference))): "
      + outcome.analysis.decision.outcome.rawValue
  }

  /// The branch whose change by a tenth moves the primary metric the most, for the better.
  private struct Planted {
    let change: BranchOverride
    let metric: String
    let difference: Double
    let units: Int

    init?(_ model: Model) throws {
      var best: (Planted, Double)?
      let form = try ClosedForm(model)
      for edge in form.edges where edge.probability > 0.01 && edge.probability < 0.99 {
        for step in [-0.1, 0.1] {
          guard let label = edge.label else { continue }
          let change = BranchOverride(
            node: edge.source, label: label, probability: min(max(edge.probability + step, 0.005), 0.995))
          guard
            let forecast = try MetricForecast.all(model, changes: [change]).first(where: { $0.metric.role == .primary }
            ),
            let units = forecast.units
          else { continue }
          let difference = forecast.treatment - forecast.control
          guard (difference > 0) == forecast.metric.increaseIsBetter else { continue }
          let size = abs(difference) / forecast.controlDeviation
          guard size > best?.1 ?? 0 else { continue }
          best = (
            Planted(change: change, metric: forecast.metric.name, difference: difference, units: units.total), size
          )
        }
      }
      guard let best else { return nil }
      self = best.0
    }

    private init(change: BranchOverride, metric: String, difference: Double, units: Int) {
      (self.change, self.metric, self.difference, self.units) = (change, metric, difference, units)
    }
  }

  /// A run's folder that goes with the trial.
  private final class Scratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "verdict-matrix-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    private var file: URL { URL(filePath: path + "/journal.jsonl") }
    func journal() throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: file) }
  }
}
