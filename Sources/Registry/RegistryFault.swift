import Basics

/// What can be wrong with the registry of a project.
public struct RegistryFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case cannotCreate(reason: String)
    case notADatabase
    case corrupt(reason: String)
    case newer(found: Int, known: Int)
    case busy
    case full
    case unknownRun(String, nearest: String?)
    case noRuns
    case chainBroken(entry: Int)
    case other(reason: String)
  }

  public let kind: Kind
  /// The database file.
  public let file: String

  package init(kind: Kind, file: String) {
    self.kind = kind
    self.file = file
  }

  public var position: SourcePosition? { SourcePosition(file: file) }

  public var sentence: String {
    switch kind {
    case .cannotCreate(let reason):
      "the registry cannot be created: \(reason). Choose another place with --directory."
    case .notADatabase:
      "expected an SQLite database, found something else. Move the file away; runs can be read from their journals."
    case .corrupt(let reason):
      "the database is damaged (\(reason)). Restore it from a backup, or move it away; runs can be read from their journals."
    case .newer(let found, let known):
      "written by a newer verdict (format \(found), this one knows \(known)). Install the newer version."
    case .busy: "another process is writing. Wait for it, or stop it."
    case .full: "the disk is full; nothing was recorded. Free some space and run the command again."
    case .unknownRun(let name, let nearest):
      "no run '\(name)'." + (nearest.map { " Did you mean '\($0)'?" } ?? " 'verdict history' lists the runs.")
    case .noRuns: "no runs yet. Start one with 'verdict run SPEC.yaml'."
    case .chainBroken(let entry):
      "entry \(entry) of the audit chain does not follow from the one before it: the record was altered."
    case .other(let reason): "the database refused: \(reason)."
    }
  }
}
