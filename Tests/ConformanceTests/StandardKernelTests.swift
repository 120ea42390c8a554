import Basics
import Conformance
import Foundation
import TestSupport
import Testing

/// Every case of the committed reference files for which this build has a kernel; each file names its source.
@Suite struct StandardKernelTests {
  struct KernelCases: Sendable, CustomTestStringConvertible {
    let kernel: String
    let file: ReferenceFile
    var testDescription: String { kernel }
  }

  static func covered() throws -> [KernelCases] {
    try FileManager.default.contentsOfDirectory(at: Repository.references, includingPropertiesForKeys: nil)
      .filter { ["json", "csv"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
      .flatMap { url in
        let file = try ReferenceFile(path: url.path)
        return Set(file.cases.map(\.kernel)).sorted()
          .filter { KernelRegistry.standard[$0] != nil }
          .map { KernelCases(kernel: $0, file: file) }
      }
  }

  @Test(arguments: try covered()) func agreesWithTheReference(_ one: KernelCases) {
    let registry = KernelRegistry.standard
    for reference in one.file.cases where reference.kernel == one.kernel {
      switch registry.evaluate(reference) {
      case .passed: break
      case .failed(let disagreements): Issue.record("\(reference.name): \(disagreements)")
      case .threw(let reason): Issue.record("\(reference.name): \(reason)")
      case .uncovered: Issue.record("\(reference.name): no kernel")
      }
    }
  }

  /// A kernel whose name no file holds is never checked.
  @Test func everyKernelHasCases() throws {
    let checked = Set(try Self.covered().map(\.kernel))
    let unchecked = KernelRegistry.standard.names.filter { !checked.contains($0) }
    #expect(unchecked == [])
  }
}
