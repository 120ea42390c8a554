import Basics
import Experiments
import Foundation
import Registry
import Workflow

/// The runs of a workspace by name.
extension PipelineRunner {
  /// Resolves a run's name: the name itself, or the only run that begins with it; without a name, the latest run.
  ///
  /// - Throws: `RegistryFault` if there is no such run.
  public func resolve(run name: String?) throws -> String {
    try adoptUnlistedRuns()
    return try workspace.registry.resolve(run: name)
  }

  /// The names of all runs, oldest first.
  public func runs() throws -> [String] {
    try adoptUnlistedRuns()
    return try workspace.registry.runs()
  }

  /// What the latest look of an experiment's run found and where it lies, line by line; nothing before the first look.
  public func latestLook(_ id: String) throws -> [String] {
    guard let look = try workspace.registry.entries(run: id, kind: .look).last?.payload else { return [] }
    let decision = look["decision"]
    let units = (look["units"]?.int ?? 0).grouped
    let reasons = decision?["reasons"]?.array?.compactMap(\.string) ?? []
    return ["look \(look["look"]?.int ?? 1) at \(units) units: \(decision?["outcome"]?.string ?? "")"]
      + reasons.map { "  \($0)" } + ["  \(workspace.folder(of: id).file(look["analysis"]?.string ?? ""))"]
  }

  /// Lists the runs whose process was killed after the journal was begun and before the registry knew of it.
  private func adoptUnlistedRuns() throws {
    let listed = Set(try workspace.registry.runs())
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "\(workspace.directory)/runs")) ?? []
    for id in folders.sorted() where !listed.contains(id) {
      // One that cannot be opened has no first record yet, or its own process is about to list it.
      guard let run = try? open(id), let spec = try? spec(of: run) else { continue }
      try list(id, spec: spec, path: run.inputs["spec"]?.string ?? "")
    }
  }

  /// Enters a run into the registry; a run that is there already stays as it is.
  func list(_ id: String, spec: RunSpec, path: String) throws {
    try workspace.registry.record(
      .run, key: id, run: id, at: Int(clock().timeIntervalSince1970),
      payload: ["name": .string(spec.name), "spec": .string(path), "specHash": .string(spec.specHash)])
  }
}
