import Basics
import Conformance
import Foundation
import TestSupport
import Testing

@Suite struct ReferenceFileTests {
  private func fault(_ document: JSONValue) -> String {
    do {
      _ = try ReferenceFile(document, path: "mine.json")
      return "no fault"
    } catch { return "\(error)" }
  }

  @Test func sentencesNameTheFileAndTheCase() {
    #expect(
      fault(["schema": "verdict.reference/2"])
        == "mine.json: expected \"schema\": \"verdict.reference/1\", found \"verdict.reference/2\".")
    #expect(fault([:]) == "mine.json: expected \"schema\": \"verdict.reference/1\", found no schema.")
    #expect(fault(["schema": "verdict.reference/1"]) == "mine.json: no \"kernel\".")
    #expect(
      fault(["schema": "verdict.reference/1", "kernel": "k", "cases": [["name": "one", "input": 1]]])
        == "mine.json: no \"expected\" in the case 'one'.")
  }

  @Test func aFileThatIsNotThere() {
    #expect(throws: ReferenceFault.self) { try ReferenceFile(path: "no-such-file.json") }
  }

  @Test func functionIsPartOfTheKernelName() throws {
    let file = try ReferenceFile(
      [
        "schema": "verdict.reference/1", "kernel": "k",
        "cases": [["name": "a", "function": "f", "input": [:], "expected": [:], "tolerance": 0]],
      ], path: "mine.json")
    #expect(file.cases.map(\.kernel) == ["k.f"])
  }
}
