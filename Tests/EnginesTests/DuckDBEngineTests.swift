import Basics
import Engines
import Experiments
import Foundation
import Tables
import Testing

/// Parquet through the installed program, and what is said where there is none.
@Suite struct DuckDBEngineTests {
  static let program: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
    "\($0)/duckdb"
  }.first { FileManager.default.isExecutableFile(atPath: $0) }

  private static func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parquet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  private static func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no fault"
    } catch { return "\(error)" }
  }

  @Test func withoutTheProgramItSaysSo() throws {
    try Self.inFolder { folder in
      let path = folder.appending(path: "x.parquet").path
      try Data("PAR1".utf8).write(to: URL(filePath: path))
      let sentence = Self.sentence { _ = try DuckDBEngine(searchPath: folder.path).source([path]) }
      #expect(
        sentence == "\(path): Parquet is read through DuckDB's program 'duckdb', which is not installed. Install it "
          + "(https://duckdb.org), or write the table as CSV.")
    }
  }

  /// A stand-in that answers as the program does: what is piped is analysed, and the version is in the name.
  @Test func whatIsPipedIsAnalysed() throws {
    try Self.inFolder { folder in
      let program = folder.appending(path: "duckdb").path
      let script = """
        #!/bin/sh
        case "$*" in
          *--version*) echo 'v1.2.3 abc' ;;
          *'LIMIT 0'*) echo 'variant,user_id,x,unused' ;;
          *damaged*) echo 'Invalid Input Error: no magic bytes' >&2; exit 1 ;;
          *'"variant", "user_id", "x"'*) printf 'variant,user_id,x\\na,1,2\\nb,2,4\\na,3,4\\n' ;;
          *) echo "unexpected: $*" >&2; exit 1 ;;
        esac
        """
      try Data(script.utf8).write(to: URL(filePath: program))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      let path = folder.appending(path: "units.parquet").path
      try Data("PAR1".utf8).write(to: URL(filePath: path))
      let metric = try Metric(parsing: "m=mean(x)")
      let engine = DuckDBEngine(options: TableOptions(threads: 1), searchPath: folder.path)
      let measured = try engine.measure(MeasurementRequest(files: [path], unitColumn: "user_id", metrics: [metric]))
      #expect(measured.cells.map { $0.metrics[0].moments.mean } == [[3], [4]])
      #expect(measured.files.map(\.name) == ["\(path) (through DuckDB v1.2.3)"])
      #expect(measured.files[0].bytes == 4)
      let damaged = folder.appending(path: "damaged.parquet").path
      try Data("PAR1".utf8).write(to: URL(filePath: damaged))
      let sentence = Self.sentence { _ = try engine.source([damaged]) }
      #expect(sentence == "\(damaged): DuckDB cannot read it: Invalid Input Error: no magic bytes")
    }
  }

  @Test(.enabled(if: program != nil)) func aRealFileGivesWhatItsCSVGives() throws {
    try Self.inFolder { folder in
      let (csv, parquet) = (folder.appending(path: "t.csv").path, folder.appending(path: "t.parquet").path)
      let rows = (0..<500).map { "u\($0),\($0 % 2 == 0 ? "a" : "b"),\(Double($0 % 17) / 4)\n" }.joined()
      try Data(("user_id,variant,x\n" + rows).utf8).write(to: URL(filePath: csv))
      let process = Process()
      process.executableURL = URL(filePath: try #require(Self.program))
      process.arguments = ["-c", "COPY (FROM '\(csv)') TO '\(parquet)' (FORMAT parquet)"]
      try process.run()
      process.waitUntilExit()
      let metrics = [try Metric(parsing: "m=mean(x)")]
      let request = { MeasurementRequest(files: [$0], unitColumn: "user_id", metrics: metrics) }
      let ours = try CSVEngine().measure(request(csv)).cells
      #expect(try DuckDBEngine().measure(request(parquet)).cells == ours)
    }
  }
}
