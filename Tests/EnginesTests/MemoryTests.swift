import Engines
import Experiments
import Tables
import Testing

/// Memory is asked for before work starts.
@Suite struct MemoryTests {
  static func sentence(_ memory: Int, _ change: (inout MeasurementRequest) -> Void = { _ in }) throws -> String {
    let rows = (0..<1000).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\($0)\n" }.joined()
    var options = TableOptions(threads: 1)
    options.memoryBytes = memory
    var request = MeasurementRequest(files: ["t.csv"], unitColumn: "u", metrics: [try Metric(parsing: "m=mean(x)")])
    change(&request)
    let file = TableFile(name: "t.csv", bytes: Array(("u,variant,x\n" + rows).utf8))
    do {
      return
        "\(try CSVEngine(options: options).measure(request, TableSource(files: [file], options: options)).rows) rows"
    } catch {
      return "\(error)"
    }
  }

  @Test func tooLittleIsRefusedWithTheBytesNeeded() throws {
    // 1,001 rows by estimate, 16 bytes each for ids.
    #expect(
      try Self.sentence(10_000)
        == "1,001 rows need about 16 kB of memory (16016 bytes); 10 kB are free. Read fewer rows at a time, analyse in parts "
        + "and put their statistics together, or allow more with --memory.")
    #expect(try Self.sentence(20_000) == "1000 rows")
    #expect(try Self.sentence(10_000) { $0.unitColumn = nil } == "1000 rows")
    #expect(try Self.sentence(20_000) { $0.metrics[0].options.cap = .percentile(99) } != "1000 rows")
  }
}
