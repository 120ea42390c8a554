import Allocation
import Basics
import Deployment
import Engines
import Experiments
import Foundation
import Registry
import Reports
import Statistics
import Workflow

/// The typed steps of the A/B model, bound to one run of one spec.
///
/// Each step reads the recorded results of those before it and returns its own; whatever it writes (a look, a flag file, a
/// ledger entry) is written under the step's idempotency key or replaces the same file, so that a step that is run twice
/// after a crash has been done once.
struct ExperimentSteps: Sendable {
  let spec: ExperimentSpec
  let folder: RunFolder
  let workspace: Workspace
  let engine: CSVEngine
  let clock: @Sendable () -> Date

  var library: StepLibrary {
    var library = StepLibrary()
    library.register("hypothesis.define", defineHypothesis)
    library.register("plan.freeze", freezePlan)
    library.register("variants.create", createVariants)
    library.register("allocation.assign", assignSample)
    library.register("allocation.check", checkAllocation)
    library.register("exposures.load", loadExposures)
    library.register("ratio.check", checkRatio)
    library.register("ratio.decide", decideRatio)
    library.register("effect.compute", computeEffect)
    library.register("boundary.decide", decideBoundary)
    library.register("significance.decide", decideSignificance)
    library.register("guardrails.decide", decideGuardrails)
    library.register("rollout.advance", advanceRollout)
    library.register("rollout.decide", decideRollout)
    library.register("rollout.revert", revertRollout)
    library.register("lesson.win", recordLesson)
    library.register("lesson.none", recordLesson)
    return library
  }

  var now: Int { Int(clock().timeIntervalSince1970) }

  /// The recorded result of a step that must have run.
  func result(_ step: String, _ context: StepContext) throws -> JSONValue {
    guard let result = context.results[step] else { throw PipelineFault(.noResult(step: step)) }
    return result
  }
}

// MARK: - Plan

extension ExperimentSteps {
  private func defineHypothesis(_ context: StepContext) throws -> StepOutcome {
    let payload: JSONValue = [
      "name": .string(spec.name), "hypothesis": spec.hypothesis.map { .string($0.text) } ?? .null,
      "metrics": .array(spec.metrics.map { .string($0.text) }), "specHash": .string(spec.specHash),
    ]
    try workspace.registry.record(
      .experiment, key: context.idempotencyKey, run: folder.id, at: now, payload: payload)
    return .completed(payload)
  }

  private func freezePlan(_ context: StepContext) throws -> StepOutcome {
    if let rollout = spec.rollout {
      // What the target cannot express is found now, not when a winner waits for it.
      for stage in rollout.stages.indices {
        for variant in spec.variants where variant.name != spec.control {
          let state = try RolloutState(spec: spec, winner: variant.name, stage: stage + 1, decision: "plan")
          _ = try FlagFile(state, target: rollout.target)
        }
      }
    }
    return .completed([
      "method": .string(spec.method.name.rawValue), "alpha": .number(spec.method.alpha),
      "correction": .string(spec.method.correction.rawValue),
      "minimumUnitsPerVariant": .integer(spec.decision.minimumUnitsPerVariant),
      "plannedUnits": spec.method.plannedUnits.map { .integer($0) } ?? .null,
      "guardrails": .array(spec.metrics.filter { $0.options.role == .guardrail }.map { .string($0.name) }),
      "specHash": .string(spec.specHash),
    ])
  }
}

// MARK: - Allocation

extension ExperimentSteps {
  /// Ids that the allocation is tried on before anybody is exposed.
  private static let sampleSize = 20_000

  private func createVariants(_ context: StepContext) throws -> StepOutcome {
    if context.visit > 1, context.answer == nil {
      return .waiting(
        .approval(
          role: "engineer", question: "The checks of the allocation failed. Is it repaired, and shall they run again?"))
    }
    let variants = spec.variants.map { variant -> JSONValue in
      [
        "name": .string(variant.name), "value": variant.value ?? .string(variant.name),
        "weight": .number(spec.allocation.weights[variant.name] ?? 0),
      ]
    }
    return .completed(["control": .string(spec.control), "variants": .array(variants)])
  }

  private func assignSample(_ context: StepContext) throws -> StepOutcome {
    let plan = try spec.allocationPlan()
    var counts = [Int](repeating: 0, count: plan.arms.count)
    var outside = 0
    for number in 0..<Self.sampleSize {
      if let arm = try plan.assign("sample-\(number)").arm { counts[arm] += 1 } else { outside += 1 }
    }
    return .completed([
      "scheme": .string(spec.allocation.scheme), "salt": .string(spec.allocation.salt),
      "coverage": .number(spec.allocation.coverage), "sample": .integer(Self.sampleSize),
      "outside": .integer(outside), "counts": .array(counts.map { .integer($0) }),
    ])
  }

  /// The sample's shares against the weights, and its enrolled share against the coverage; each at one in ten thousand.
  private func checkAllocation(_ context: StepContext) throws -> StepOutcome {
    let assigned = try result("allocation.assign", context)
    let counts = assigned["counts"]?.array?.compactMap(\.int) ?? []
    let outside = assigned["outside"]?.int ?? 0
    let weights = spec.variants.map { spec.allocation.weights[$0.name] ?? 0 }
    let shares = try SampleRatioTest(counts: counts, weights: weights)
    var pValues = [shares.pValue]
    let coverage = spec.allocation.coverage
    if coverage < 1 {
      let enrolled = counts.reduce(0, +)
      pValues.append(try SampleRatioTest(counts: [enrolled, outside], weights: [coverage, 1 - coverage]).pValue)
    }
    let passed = pValues.allSatisfy { $0 > 1e-4 }
    return .completed(
      ["passed": .bool(passed), "pValues": .array(pValues.map { .number($0) })], choice: passed ? "Yes" : "No")
  }
}

// MARK: - Looks

extension ExperimentSteps {
  private func loadExposures(_ context: StepContext) throws -> StepOutcome {
    let request = spec.measurementRequest
    for path in request.files where !isThere(path) {
      return .waiting(.data("\(spec.named(path)) is not there yet"))
    }
    if let name = spec.data.exposures, !isThere(spec.resolved(name)) {
      return .waiting(.data("\(name) is not there yet"))
    }
    for path in request.exposures?.attributeFiles ?? [] where !isThere(path) {
      return .waiting(.data("\(spec.named(path)) is not there yet"))
    }
    let measurements = try measured(request)
    let identity = try JSONValue.encoding(measurements.files)
    if let before = context.results["exposures.load"], before["files"] == identity {
      return .waiting(.data("the data have not changed since look \(before["look"]?.int ?? 0)"))
    }
    let name = RunFolder.look(context.visit)
    let hash = try StoredJSON.write(measurements, as: name, in: folder)
    return .completed([
      "look": .integer(context.visit), "rows": .integer(measurements.rows),
      "arms": .array(measurements.arms.map { ["name": .string($0.name), "units": .integer($0.units)] }),
      "files": identity, "measurements": .string(name), "hash": .string(hash),
    ])
  }

  private func isThere(_ path: String) -> Bool { path == "-" || FileManager.default.fileExists(atPath: path) }

  /// Measures with the files named as the spec names them, so that a result does not depend on where it was computed.
  func measured(_ request: MeasurementRequest) throws -> Measurements {
    var measurements = try engine.measure(request)
    // In the order in which an engine names them: events, exposures, attributes.
    let names =
      request.files.map(spec.named) + (request.exposures == nil ? [] : [spec.data.exposures].compactMap { $0 })
      + (request.exposures?.attributeFiles ?? []).map(spec.named)
    for (index, name) in names.enumerated() where measurements.files.indices.contains(index) {
      measurements.files[index].name = name
    }
    return measurements
  }

  /// The measurements of the latest look, as they were stored.
  private func measurements(_ context: StepContext) throws -> Measurements {
    let look = try result("exposures.load", context)
    return try StoredJSON.read(Measurements.self, look["measurements"], hash: look["hash"], in: folder)
  }

  private func analysis(of measurements: Measurements, look: Int) throws -> Analysis {
    let earlier = try workspace.registry.entries(run: folder.id, kind: .look).map(\.payload)
    let plan = spec.analysisPlan(earlierUnits: RecordedLook.units(of: earlier, before: look))
    return try Analysis(measurements, plan: plan, isClustered: spec.data.clusterColumn != nil)
  }

  private func look(_ context: StepContext) throws -> Int {
    try result("exposures.load", context)["look"]?.int ?? context.visit
  }

  private func checkRatio(_ context: StepContext) throws -> StepOutcome {
    let checks = try analysis(of: measurements(context), look: look(context)).checks
    return .completed(["checks": try JSONValue.encoding(checks)])
  }

  private func decideRatio(_ context: StepContext) throws -> StepOutcome {
    let checks = try result("ratio.check", context)["checks"]?.array ?? []
    let failed = checks.first { $0["outcome"]?.string == "fail" }
    guard let failed else { return .completed(["valid": true], choice: "Yes") }
    let decision = Analysis.Decision(
      outcome: .invalid, variant: nil,
      reasons: ["The check \(failed["name"]?.string ?? "") fails: \(failed["detail"]?.string ?? "")"])
    try record(decision, context)
    return .completed(["valid": false, "decision": try .encoding(decision)], choice: "No")
  }

  private func computeEffect(_ context: StepContext) throws -> StepOutcome {
    let look = try look(context)
    let analysis = try analysis(of: measurements(context), look: look)
    let name = RunFolder.analysis(look)
    let hash = try StoredJSON.write(analysis, as: name, in: folder)
    let summary: JSONValue = [
      "look": .integer(look), "units": .integer(analysis.input.units), "decision": try .encoding(analysis.decision),
      "analysis": .string(name),
      "hash": .string(hash),
    ]
    try workspace.registry.record(.look, key: context.idempotencyKey, run: folder.id, at: now, payload: summary)
    return .completed(summary)
  }

  private func outcome(_ context: StepContext) throws -> Analysis.Decision.Outcome? {
    let word = try result("effect.compute", context)["decision"]?["outcome"]?.string
    return word.flatMap(Analysis.Decision.Outcome.init(rawValue:))
  }

  /// A decision that is not "extend" is recorded here, once.
  private func decideBoundary(_ context: StepContext) throws -> StepOutcome {
    let computed = try result("effect.compute", context)
    guard try outcome(context) != .extend || spec.data.isFinal else {
      return .completed(["decided": false, "reasons": computed["decision"]?["reasons"] ?? .null], choice: "No")
    }
    try workspace.registry.record(
      .decision, key: context.idempotencyKey, run: folder.id, at: now, payload: computed["decision"] ?? .null)
    return .completed(["decided": true, "decision": computed["decision"] ?? .null], choice: "Yes")
  }

  private func record(_ decision: Analysis.Decision, _ context: StepContext) throws {
    try workspace.registry.record(
      .decision, key: context.idempotencyKey, run: folder.id, at: now, payload: try .encoding(decision))
  }

  /// Harm counts as a significant change too; the guardrails then say no.
  private func decideSignificance(_ context: StepContext) throws -> StepOutcome {
    let outcome = try outcome(context)
    let changed = outcome == .ship || outcome == .rollback
    return .completed(["outcome": .string(outcome?.rawValue ?? "")], choice: changed ? "Yes" : "No")
  }

  private func decideGuardrails(_ context: StepContext) throws -> StepOutcome {
    let held = try outcome(context) == .ship
    return .completed(["held": .bool(held)], choice: held ? "Yes" : "No")
  }
}
