import Basics
import Experiments
import Foundation
import Pipelines
import Registry
import Workflow

/// A clock that the test sets.
final class TestClock: @unchecked Sendable {
  private let lock = NSLock()
  private var seconds: TimeInterval = 1_767_225_600  // 2026-01-01T00:00:00Z

  var now: Date { lock.withLock { Date(timeIntervalSince1970: seconds) } }
  func advance(by interval: TimeInterval) { lock.withLock { seconds += interval } }
}

/// A folder with a spec, its data and a workspace, gone when the test is done.
final class Project {
  let folder = FileManager.default.temporaryDirectory.appending(path: "pipeline-\(UUID().uuidString)").path
  let clock = TestClock()
  let runner: PipelineRunner

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let clock = clock
    runner = PipelineRunner(try Workspace(directory: folder + "/.verdict"), clock: { clock.now })
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  // MARK: - Experiments

  /// One arm: how many units, and how many of every ten convert and of every fifty err.
  struct Arm {
    var units = 1000
    var converted = 2
    var errors = 1
  }

  func writeUnits(control: Arm = Arm(), treatment: Arm = Arm()) throws {
    var lines = ["user_id,variant,converted,error"]
    for (name, arm) in [("control", control), ("treatment", treatment)] {
      for unit in 0..<arm.units {
        lines.append("\(name)-\(unit),\(name),\(unit % 10 < arm.converted ? 1 : 0),\(unit % 50 < arm.errors ? 1 : 0)")
      }
    }
    try write(lines.joined(separator: "\n") + "\n", to: "units.csv")
  }

  func writeSpec(
    final: Bool = true, stages: String = "{ share: 10% }, { share: 100% }", method: String = "{ name: sequential }"
  ) throws {
    try write(
      """
      version: 1
      name: checkout
      variants: [control, treatment]
      control: control
      data: { files: [units.csv], unit: user_id, final: \(final) }
      metrics:
        - "conversion = proportion(converted)"
        - "errors = proportion(error) | role: guardrail | direction: down | margin: 0.05"
      method: \(method)
      decision: { minimum_units_per_variant: 100 }
      rollout: { flag: one-page, stages: [\(stages)] }
      """, to: "experiment.yaml")
  }

  func begin(_ spec: String = "experiment.yaml") throws -> String { try runner.begin(spec: path(spec)) }

  // MARK: - What was recorded

  /// The results of a step, in the order of its visits.
  func results(_ step: String, of id: String) throws -> [JSONValue] {
    try runner.open(id).history.compactMap { record in
      guard case .completed(_, _, step, let result, _, _) = record.event else { return nil }
      return result
    }
  }

  func entries(_ kind: LedgerEntry.Kind, of id: String) throws -> [JSONValue] {
    try runner.workspace.registry.entries(run: id, kind: kind).map(\.payload)
  }

  var flag: JSONValue? {
    FileManager.default.contents(atPath: folder + "/.verdict/flags/one-page.flagd.json")
      .flatMap { try? JSONValue(parsing: $0) }?["flags"]?["one-page"]
  }

  func end(_ status: RunStatus) -> String { PipelineRunner.describe(status) }
}
