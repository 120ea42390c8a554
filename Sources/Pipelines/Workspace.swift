import Basics
import Experiments
import Foundation
import Registry
import Workflow

/// The `.verdict` folder of a project: the registry, the runs, the flag files.
public struct Workspace: Sendable {
  public let directory: String
  public let registry: Registry

  /// Opens the folder and makes it if need be.
  public init(directory: String = ".verdict") throws(RegistryFault) {
    self.directory = directory
    registry = try Registry(directory: directory)
  }

  public func folder(of run: String) -> RunFolder { RunFolder(id: run, path: "\(directory)/runs/\(run)") }

  /// The path of a file that records name, such as a flag file.
  public func file(_ name: String) -> String { "\(directory)/\(name)" }

  /// The name under which the flag file of a flag is kept.
  static func flagFile(_ flag: String, target: ExperimentSpec.Rollout.Target) -> String {
    "flags/\(flag).\(target.rawValue).json"
  }

  /// `name-1`, `name-2`, …: the first that is not taken.
  func freshRunID(for name: String) -> String {
    let clean = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" })
    var number = 1
    while FileManager.default.fileExists(atPath: folder(of: "\(clean)-\(number)").path) { number += 1 }
    return "\(clean)-\(number)"
  }
}

/// The folder of one run: its spec as it was, the journal, and what the steps wrote.
public struct RunFolder: Sendable {
  public let id: String
  public let path: String

  /// The path of a file in the folder. Records hold the names only, so that a project can be moved.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  public static let spec = "spec.yaml"
  public static let report = "report.html"
  static func look(_ number: Int) -> String { "look-\(number).json" }
  static func analysis(_ number: Int) -> String { "analysis-\(number).json" }
  static let cohortReport = "cohorts.json"
  static let proposal = "proposed-experiment.yaml"
}

/// Writes what a step produces: whole or not at all, and with the folder it needs.
func writeOutput(_ text: String, to path: String) throws(WriteFault) {
  let folder = (path as NSString).deletingLastPathComponent
  do {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw WriteFault(position: SourcePosition(file: path), reason: "the folder cannot be made")
  }
  try AtomicFile.write(Array(text.utf8), to: path)
}
