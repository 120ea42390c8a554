import Basics
import Foundation
import Hashing

extension WorkflowRun {
  /// Lets a run go on with another model from where it stands: the new model is kept beside the old one, and a record says so.
  ///
  /// Visits and results follow their nodes, by id or by the map; what the current visit waited for is asked again.
  /// - Parameters:
  ///   - text: the new model.
  ///   - map: new ids of nodes by their old ones; the others keep theirs.
  /// - Throws: `RunFault` if the new model cannot be run, or does not have the node at which the run stands, or the map names a
  ///   node that is not there.
  public static func migrate(
    directory: String, to text: String, map: [String: String] = [:],
    clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(RunFault) -> WorkflowRun {
    let file: String
    do {
      let run = try open(directory: directory, clock: clock)
      let bytes = Array(text.utf8)
      let (_, graph, _) = try load(bytes, file: "the new model")
      for (old, new) in map.sorted(by: { $0.key < $1.key }) {
        guard run.state.graph.index(of: old) != nil else {
          throw .cannotMigrate(reason: "the run's model has no node '\(old)'")
        }
        guard graph.index(of: new) != nil else { throw .cannotMigrate(reason: "the new model has no node '\(new)'") }
      }
      guard run.state.migrated(to: graph, map) != nil else {
        throw .cannotMigrate(
          reason: run.state.finishedAt != nil || run.state.abort != nil
            ? "the run has ended" : "it has no node '\(run.state.node.id)', at which the run stands; say where it went")
      }
      let number = run.history.count { if case .migrated = $0.event { true } else { false } } + 1
      file = "model-\(number).flow"
      do throws(WriteFault) {
        try AtomicFile.write(bytes, to: directory + "/" + file)
      } catch {
        throw RunFault.unwritable(file: directory + "/" + file, reason: error.reason)
      }
      _ = try run.journal.append(
        .migrated(modelHash: SHA256.hex(of: bytes), file: file, map: map), at: JournalRecord.timestamp(clock()))
    }
    return try open(directory: directory, clock: clock)
  }

  /// A model that a migration kept.
  static func kept(
    _ file: String, hash: String, in directory: String
  ) throws(RunFault) -> (model: Model, graph: ModelGraph, start: Int) {
    let path = directory + "/" + file
    guard let bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
      throw .missing(file: path)
    }
    let found = SHA256.hex(of: bytes)
    guard found == hash else { throw .modelChanged(file: path, recorded: hash, found: found) }
    return try load(bytes, file: path)
  }
}
