import Foundation
import TestSupport
import Testing

/// The built `verdict` program, run as a user runs it.
enum Program {
  struct Outcome {
    let exit: Int32
    let output: String
    let errors: String
  }

  /// Beside the test executable, where the package manager puts what it builds together.
  static let path: String? = {
    let beside = URL(filePath: CommandLine.arguments[0]).standardizedFileURL.deletingLastPathComponent()
    let root = Repository.root
    let folders = [
      beside, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
      root.appending(path: ".build-test/release"), root.appending(path: ".build/release"),
      root.appending(path: ".build/debug"),
    ]
    return folders.map { $0.appending(path: "verdict").path }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Starts the program without waiting; its output goes to files of the folder.
  ///
  /// - Parameter limits: shell commands before it, such as `ulimit -f 1`.
  static func start(
    _ arguments: [String], in folder: Folder, input: String? = nil, output: String? = nil, limits: String? = nil
  ) throws -> Process {
    let process = Process()
    let program = try #require(path, "the program 'verdict' is not built")
    process.executableURL = URL(filePath: limits == nil ? program : "/bin/sh")
    process.arguments = (limits.map { ["-c", "\($0); exec \"$0\" \"$@\"", program] } ?? []) + arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    let name = UUID().uuidString
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output ?? folder.made("\(name).out")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.made("\(name).err")))
    if let input { try folder.write(input, to: "\(name).in") }
    process.standardInput = try FileHandle(
      forReadingFrom: URL(filePath: input == nil ? "/dev/null" : folder.file("\(name).in")))
    process.environment = ["USER": "Ada", "PATH": "/usr/bin:/bin", "TZ": "UTC"]
    folder.last = name
    try process.run()
    return process
  }

  /// - Parameters:
  ///   - input: what standard input holds.
  ///   - output: a device in place of standard output.
  static func run(
    _ arguments: [String], in folder: Folder, input: String? = nil, output: String? = nil, limits: String? = nil
  ) throws -> Outcome {
    let process = try start(arguments, in: folder, input: input, output: output, limits: limits)
    let name = folder.last
    process.waitUntilExit()
    defer {
      for ending in ["out", "err", "in"] {
        try? FileManager.default.removeItem(atPath: folder.file("\(name).\(ending)"))
      }
    }
    return Outcome(
      exit: process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus,
      output: output == nil ? try folder.text("\(name).out") : "", errors: try folder.text("\(name).err"))
  }
}

/// A folder of one test, gone when the test is done.
final class Folder {
  let path = FileManager.default.temporaryDirectory.appending(path: "cli-\(UUID().uuidString)").path
  fileprivate(set) var last = ""

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let folder = (file(name) as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: file(name)))
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  /// The names of what is there.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  fileprivate func made(_ name: String) throws -> String {
    try write([], to: name)
    return file(name)
  }
}
