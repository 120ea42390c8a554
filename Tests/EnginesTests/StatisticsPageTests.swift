import Basics
import Experiments
import Foundation
import TestSupport
import Testing

/// The page on statistics files: its query gives what the rows give, wherever DuckDB is installed.
@Suite struct StatisticsPageTests {
  private static let duckdb: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/duckdb" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  private static func query() throws -> String {
    let page = Repository.root.appending(path: "Sources/Experiments/README.md")
    let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```sql\n")
    return try #require(blocks.last?.components(separatedBy: "```").first)
  }

  @Test func thePageHasAQuery() throws { #expect(try Self.query().contains("verdict.statistics/1")) }

  @Test(.enabled(if: duckdb != nil)) func theQueryGivesWhatRowsGive() throws {
    let program = try #require(Self.duckdb)
    let folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var text = "user_id,variant,country,revenue,pre,converted\n"
    for row in 0..<300 {
      text += "u\(row),\(row % 2 == 0 ? "control" : "treatment"),\(["DE", "FR", "IT"][row % 3]),"
      text += "\(Double(row * row % 101) / 7),\(Double(row % 53) / 3),\(row % 5 == 0 ? 1 : 0)\n"
    }
    let path = folder.appending(path: "units.csv").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "-init", "/dev/null", "-batch", "-noheader", "-list", "-c", "CREATE TABLE units AS FROM '\(path)';", "-c",
      try Self.query(),
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    let stored = try StatisticsFile(parsing: bytes, file: "query")
    let rows = try CSVEngineTests.measure(
      text, ["revenue=mean(revenue, covariates: pre)", "conversion=proportion(converted)"]
    ) { $0.segmentColumns = ["country"] }
    #expect(stored.measurements.cells.count == rows.cells.count)
    for cell in rows.cells {
      let other = try #require(stored.measurements.cells.first { $0.key == cell.key })
      #expect(other.units == cell.units)
      for (a, b) in zip(other.metrics, cell.metrics) {
        CSVEngineTests.expectSame(a.moments, b.moments, relative: 1e-9)
      }
    }
  }
}
