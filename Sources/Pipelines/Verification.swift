import Basics
import Experiments
import Foundation
import Registry
import Workflow

/// Recomputes what a run recorded: the ledger's chain, the journal's checksums, each look's analysis from its stored
/// measurements, and, where the inputs are still there, the measurements from the inputs.
public struct Verification: Sendable {
  public struct Item: Sendable, Hashable {
    public var subject: String
    public var passed: Bool
    public var detail: String
  }

  public private(set) var items: [Item] = []
  public var passed: Bool { items.allSatisfy(\.passed) }

  public init(run id: String, _ runner: PipelineRunner) throws {
    check("ledger") { "\(try runner.workspace.registry.verifyChain()) entries follow from each other" }
    let run = try runner.open(id)
    items.append(Item(subject: "journal", passed: true, detail: "\(run.history.count) records with right checksums"))
    guard case .experiment(let spec) = try runner.spec(of: run) else { return }
    for record in run.history {
      guard case .completed(_, let visit, let step?, let result, _, _) = record.event else { continue }
      switch step {
      case "effect.compute": verifyLook(run, spec, result, visit, runner.workspace.folder(of: id))
      case "rollout.advance", "rollout.revert": verifyDeployment(runner, result)
      default: continue
      }
    }
  }

  private mutating func verifyLook(
    _ run: WorkflowRun, _ spec: ExperimentSpec, _ result: JSONValue, _ visit: Int, _ folder: RunFolder
  ) {
    let look = result["look"]?.int ?? visit
    let loaded = run.history.compactMap { record -> JSONValue? in
      guard case .completed(_, _, "exposures.load", let value, _, _) = record.event, value["look"]?.int == look else {
        return nil
      }
      return value
    }.first
    check("look \(look)") {
      let measurements = try StoredJSON.read(
        Measurements.self, loaded?["measurements"], hash: loaded?["hash"], in: folder)
      let stored = try StoredJSON.read(Analysis.self, result["analysis"], hash: result["hash"], in: folder)
      let recorded = run.history.compactMap { record -> JSONValue? in
        guard case .completed(_, _, "effect.compute", let value, _, _) = record.event else { return nil }
        return value
      }
      let plan = spec.analysisPlan(earlierUnits: RecordedLook.units(of: recorded, before: look))
      let again = try Analysis(measurements, plan: plan, isClustered: spec.data.clusterColumn != nil)
      guard again == stored else { throw Mismatch(detail: "the stored analysis differs from the recomputed one") }
      return "the analysis follows from the stored measurements: \(again.decision.outcome.rawValue)"
    }
  }

  private mutating func verifyDeployment(_ runner: PipelineRunner, _ result: JSONValue) {
    guard let path = result["file"]?.string, let stage = result["stage"]?.int else { return }
    check("deployment, stage \(stage)") {
      let entries = try runner.workspace.registry.entries(kind: .deployment)
      guard entries.contains(where: { $0.payload == result }) else {
        throw Mismatch(detail: "the journal's deployment is not in the ledger")
      }
      // The file is that of the latest deployment, by whatever run or hand.
      let latest = entries.last { $0.payload["file"] == result["file"] }
      guard latest?.payload == result, let hash = result["hash"]?.string else { return "recorded once, as \(path)" }
      let found = FileManager.default.contents(atPath: runner.workspace.file(path)).map { StoredJSON.hash([UInt8]($0)) }
      guard found == hash else {
        throw Mismatch(detail: "\(runner.workspace.file(path)) is not the flag file that was deployed")
      }
      return "recorded once, as \(path)"
    }
  }

  private struct Mismatch: Error { let detail: String }

  private mutating func check(_ subject: String, _ body: () throws -> String) {
    do {
      items.append(Item(subject: subject, passed: true, detail: try body()))
    } catch let mismatch as Mismatch {
      items.append(Item(subject: subject, passed: false, detail: mismatch.detail))
    } catch {
      items.append(Item(subject: subject, passed: false, detail: "\(error)"))
    }
  }
}
