import Conformance
import TestSupport
import Testing

/// 1,240 draws and assignments by the platforms' own SDKs, for ids in and outside ASCII and of every length to 65 bytes:
/// Fixtures/platforms.py is the program that made them.
@Suite struct GoldenVectorTests {
  @Test func agreesWithTheSDKs() throws {
    let path = Repository.root.appending(path: "Tests/ConformanceTests/Fixtures/platforms.csv").path
    let report = KernelRegistry.standard.check([try ReferenceFile(path: path)])
    #expect(report.passed == 1240 && report.allPassed, "\(report.text)")
  }

  @Test func everyCommittedVectorIsChecked() throws {
    let path = Repository.references.appending(path: "allocation.csv").path
    let report = KernelRegistry.standard.check([try ReferenceFile(path: path)])
    #expect(report.outcomes.count == 238 && report.allPassed, "\(report.text)")
  }
}
