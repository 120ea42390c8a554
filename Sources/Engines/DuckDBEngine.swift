import Basics
import Experiments
import Foundation
import Tables

/// Parquet and whatever else DuckDB reads, through its command-line program where that is installed: the columns that are
/// needed come as CSV through a pipe and go the way of all CSV. The input is named with the program's version.
public struct DuckDBEngine: Engine {
  public var options: TableOptions
  /// The folders in which the program is looked for.
  public var searchPath: String

  public init(
    options: TableOptions = TableOptions(),
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) {
    self.options = options
    self.searchPath = searchPath
  }

  /// Whether a file is read by DuckDB rather than as CSV.
  public static func reads(_ path: String) -> Bool {
    [".parquet", ".pq"].contains { path.lowercased().hasSuffix($0) }
  }

  /// - Throws: `DuckDBFault` if the program is missing or refuses the file; else as `CSVEngine`.
  public func measure(_ request: MeasurementRequest) throws -> Measurements {
    try CSVEngine(options: options).measure(request, try source(request.files, columns: Self.columns(request)))
  }

  /// The table of some files; CSV files among them are read as such.
  ///
  /// - Parameters:
  ///   - columns: those wanted, as far as they exist; nil: all.
  ///   - opened: files by their place in `paths` that are open already, as a pipe can be but once.
  public func source(
    _ paths: [String], columns: Set<String>? = nil, opened: [TableFile?] = []
  ) throws -> TableSource {
    let files = try paths.enumerated().map { place, path throws in
      if place < opened.count, let file = opened[place] { return file }
      return Self.reads(path) ? try piped(path, columns) : try TableFile(path, options: options)
    }
    return try TableSource(files: files, options: options)
  }

  private static func columns(_ request: MeasurementRequest) -> Set<String> {
    Set(
      [request.variantColumn] + [request.unitColumn, request.clusterColumn, request.timeColumn].compactMap { $0 }
        + request.segmentColumns + request.metrics.flatMap(\.columns))
  }

  private func piped(_ path: String, _ columns: Set<String>?) throws -> TableFile {
    let original = try TableFile(path, options: options)
    let program = try DuckDBProgram(searchPath: searchPath, for: path)
    let table = "read_parquet('\(path.replacing("'", with: "''"))')"
    var wanted = "*"
    if let columns {
      let header = try TableFile(name: path, bytes: program.csv("SELECT * FROM \(table) LIMIT 0", path))
      let found = try TablePart(header, delimiter: UInt8(ascii: ",")).columns
      let needed = found.filter { columns.contains($0) }
      // With a column that is not there all names are given, of which the error tells.
      if needed.count == columns.count {
        wanted = needed.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ", ")
      }
    }
    return try program.csv("SELECT \(wanted) FROM \(table)", path) { output throws in
      try TableFile(
        name: "\(path) (through DuckDB \(program.version))", draining: output, original: original, options: options)
    }
  }
}

/// The `duckdb` binary.
private struct DuckDBProgram {
  private let path: String
  let version: String

  init(searchPath: String, for file: String) throws {
    let places = searchPath.split(separator: ":").map { "\($0)/duckdb" }
    guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw DuckDBFault(.notInstalled, file)
    }
    path = found
    let words = try Self.run(found, ["--version"], file, take: Self.whole)
    version = String(decoding: words, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "?"
  }

  /// The answer of a query as CSV with a header, a small one.
  func csv(_ query: String, _ file: String) throws -> [UInt8] { try csv(query, file, take: Self.whole) }

  /// - Parameter take: reads the answer from a descriptor.
  func csv<Answer>(_ query: String, _ file: String, take: (Int32) throws -> Answer) throws -> Answer {
    try Self.run(
      path, ["-init", "/dev/null", "-batch", "-c", "COPY (\(query)) TO '/dev/stdout' (FORMAT csv, HEADER true)"], file,
      take: take)
  }

  private static func whole(_ descriptor: Int32) -> [UInt8] {
    Array(FileHandle(fileDescriptor: descriptor).readDataToEndOfFile())
  }

  private static func run<Answer>(
    _ program: String, _ arguments: [String], _ file: String, take: (Int32) throws -> Answer
  ) throws -> Answer {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let (output, errors) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: UUID().uuidString))
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    // A file: two pipes that fill in turn would block each other.
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let answer = Result { try take(output.fileHandleForReading.fileDescriptor) }
    // It waits for nobody to read what is left.
    try? output.fileHandleForReading.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
      throw DuckDBFault(.refused(text.split(separator: "\n").first.map(String.init) ?? "no reason given"), file)
    }
    return try answer.get()
  }
}

/// DuckDB is not there, or will not read the file.
public struct DuckDBFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case notInstalled
    case refused(String)
  }
  public let kind: Kind
  public let position: SourcePosition?

  init(_ kind: Kind, _ file: String) {
    self.kind = kind
    position = SourcePosition(file: file)
  }

  public var sentence: String {
    switch kind {
    case .notInstalled:
      "Parquet is read through DuckDB's program 'duckdb', which is not installed. Install it (https://duckdb.org), or "
        + "write the table as CSV."
    case .refused(let reason): "DuckDB cannot read it: \(reason)"
    }
  }
}
