import Basics
import Foundation

/// Runs the commands of a notebook in order, in one folder that is made for it and removed afterwards.
///
/// In that folder `Datasets` is a link to the nearest `Datasets` above the notebook, and `verdict` is this program.
package struct NotebookRunner: Sendable {
  /// The program that `verdict` means in the notebook.
  package let program: String
  /// The longest that a command may take.
  package var timeLimitSeconds = 300.0

  package init(program: String) { self.program = program }

  /// What one command did.
  package struct Result: Sendable {
    package let command: Notebook.Command
    package let output: String
    package let errors: String
    package let exit: Int32

    package var exitAgrees: Bool { exit == command.expectedExit }
    package var outputAgrees: Bool {
      command.expectedOutput.map { OutputPattern.matches(output, pattern: $0) } ?? true
    }
    package var agrees: Bool { exitAgrees && outputAgrees }
  }

  /// Runs every command; later commands run even if an earlier one disagrees.
  package func run(_ notebook: Notebook) throws(NotebookFault) -> [Result] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "verdict-notebook-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try prepare(folder, for: notebook)
      return try notebook.commands.map { try run($0, in: folder) }
    } catch {
      throw NotebookFault(
        kind: .cannotRun(reason: error.localizedDescription), position: SourcePosition(file: notebook.file))
    }
  }

  /// The notebook with the outputs that its commands printed. A command without an output block stays without one.
  package func rewritten(_ notebook: Notebook, _ results: [Result]) -> Notebook {
    var copy = notebook
    var next = results.makeIterator()
    copy.pieces = notebook.pieces.map { piece in
      guard case .command(var command) = piece, let result = next.next() else { return piece }
      if command.expectedOutput != nil, !result.outputAgrees {
        // The closing fence needs a line of its own.
        let isWhole = result.output.isEmpty || result.output.hasSuffix("\n")
        command.expectedOutput = isWhole ? result.output : result.output + "\n"
      }
      return .command(command)
    }
    return copy
  }

  private func prepare(_ folder: URL, for notebook: Notebook) throws {
    let bin = folder.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: bin.appending(path: "verdict"), withDestinationURL: URL(filePath: program))
    var above = URL(filePath: notebook.file).standardizedFileURL.deletingLastPathComponent()
    while above.path != "/" {
      let datasets = above.appending(path: "Datasets")
      if FileManager.default.fileExists(atPath: datasets.path) {
        try FileManager.default.createSymbolicLink(at: folder.appending(path: "Datasets"), withDestinationURL: datasets)
        break
      }
      above.deleteLastPathComponent()
    }
  }

  private func run(_ command: Notebook.Command, in folder: URL) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-eu", "-c", command.script]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = folder.appending(path: "bin").path + ":" + environment["PATH", default: "/usr/bin:/bin"]
    environment["NO_COLOR"] = "1"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a command may print more than a pipe holds, and nobody has to drain two at once.
    let outputFile = folder.appending(path: "bin/.output")
    let errorFile = folder.appending(path: "bin/.errors")
    for file in [outputFile, errorFile] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    let watchdog = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeLimitSeconds, execute: watchdog)
    process.waitUntilExit()
    watchdog.cancel()
    return Result(
      command: command, output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self), exit: process.terminationStatus)
  }
}
