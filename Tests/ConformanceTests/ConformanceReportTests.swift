import Basics
import Conformance
import Testing

@Suite struct ConformanceReportTests {
  private static func file() throws -> ReferenceFile {
    func entry(_ name: String, _ function: JSONValue, _ expected: JSONValue) -> JSONValue {
      ["name": .string(name), "function": function, "input": ["x": 4], "expected": expected, "tolerance": 1e-9]
    }
    return try ReferenceFile(
      [
        "schema": "verdict.reference/1", "kernel": "k", "source": "by hand",
        "cases": [
          entry("good", "root", ["value": 2]), entry("bad", "root", ["value": 4]),
          entry("thrown", "breaks", ["value": 1]), entry("unknown", "nowhere", ["value": 1]),
        ],
      ], path: "k.json")
  }

  @Test func failuresThenWhatIsNotCoveredThenTheCount() throws {
    var registry = KernelRegistry()
    registry.register("k.root") { ["value": .number(($0["x"]?.double ?? 0).squareRoot())] }
    registry.register("k.breaks") { _ in throw KernelInputFault(key: "y", expected: "a number") }
    let report = registry.check([try Self.file()])
    #expect(
      report.text == """
        FAILED k.json: k.root: bad
          value: got 2.0, expected 4.0, relative error 0.5
        FAILED k.json: k.breaks: thrown: the input needs a number as 'y'
        NOT COVERED k.nowhere: 1 case, no such kernel in this build
        k.breaks: 1 case, no number; by hand
        k.root: 2 cases, relative error at most 5.0e-01; by hand
        1 passed, 3 failed

        """)
    #expect(!report.allPassed)
    #expect(report.uncovered.map(\.kernel) == ["k.nowhere"])
  }

  /// A copy of a file, wherever it lies, adds nothing.
  @Test func aFileGivenTwiceCountsOnce() throws {
    var registry = KernelRegistry()
    registry.register("k.root") { ["value": .number(($0["x"]?.double ?? 0).squareRoot())] }
    let report = registry.check([try Self.file(), try Self.file()])
    #expect(report.outcomes.count == 4)
    #expect(report.evaluated.map(\.cases) == [2])
    #expect(report.evaluated.map(\.sources) == [["by hand"]])
  }

  @Test func namesAreSorted() {
    let names = KernelRegistry.standard.names
    #expect(names == names.sorted())
    #expect(names.contains("t-tests.welchT"))
  }
}
