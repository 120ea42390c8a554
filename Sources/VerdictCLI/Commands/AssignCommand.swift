import Allocation
import ArgumentParser
import Basics
import Engines
import Foundation
import Tables

struct AssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Hash unit ids to variants: the same bytes give the same arm, everywhere and for ever.",
    discussion: """
      EXAMPLES
        verdict assign users.csv --salt checkout-2026 \\
          --weights control=50,treatment=50
        verdict assign users.csv --salt checkout-2026 \\
          --weights control=1,treatment=1 --coverage 0.1 -o assigned.csv
        verdict assign --salt checkout-2026 --weights control=1,treatment=1 \\
          --explain user-17
        verdict assign --salt checkout-2026 --weights control=1,treatment=1 \\
          --sql duckdb
        verdict assign users.csv --scheme unleash/1 --salt checkout \\
          --weights control=500,treatment=500
        verdict assign --list-schemes

      Units outside the coverage have an empty variant. The scheme verdict/1 is
      published in Sources/Allocation/README.md, so that SQL or another language
      gives the same arms; the others are the platforms' own, bit for bit. Rows are
      written while the table is read, in its order; memory does not grow with it,
      but standard input and compressed files are held in memory. With -o the file
      appears whole or not at all.
      """)

  @Argument(help: ArgumentHelp("CSV with a column of ids; '-' is standard input.", valueName: "file"))
  var files: [String] = []

  @Option(help: "The experiment's own salt, for example its name; --list-schemes says what it is on a platform.")
  var salt: String?

  @Option(help: ArgumentHelp("Arms and their shares, such as control=50,treatment=50.", valueName: "weights"))
  var weights: String?

  @Option(help: "A published scheme, such as verdict/1 or growthbook/2-utf16; --list-schemes names all.")
  var scheme = "verdict/1"

  @Option(help: "Share of units that take part, in [0, 1].")
  var coverage = "1"

  @Option(help: "The column of ids.")
  var column = "user_id"

  @Flag(help: "Add the columns scheme, salt, bucket and enrolment_bucket.")
  var provenance = false

  @Option(help: ArgumentHelp("Show how one id comes to its arm: bytes, hash, bucket, range.", valueName: "id"))
  var explain: String?

  @Option(
    help: ArgumentHelp(
      "Print an SQL expression with the same arms: duckdb, postgres, clickhouse or spark.", valueName: "dialect"))
  var sql: SQLDialect?

  @Flag(help: "List the schemes, with what their salt is and where they were read.")
  var listSchemes = false

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup var table: TableInputOptions

  func validate() throws {
    guard !listSchemes else { return }
    guard salt != nil else { throw ValidationError("Missing expected argument '--salt <salt>'") }
    guard weights != nil else { throw ValidationError("Missing expected argument '--weights <weights>'") }
    guard !files.isEmpty || explain != nil || sql != nil else {
      throw ValidationError("Missing expected argument '<file> ...'")
    }
  }

  func run() throws {
    guard !listSchemes else { return try Terminal.print(Self.schemes, terminator: "") }
    let plan = try AllocationPlan(
      scheme: SchemeName(parsing: scheme), salt: salt ?? "", arms: Arm.list(weights ?? ""), coverage: coverage)
    if let explain { return try write(Explanation(Array(explain.utf8), plan: plan).text) }
    if let sql { return try write(SQLAssignment(plan, column: column, dialect: sql).text + "\n") }
    try assign(plan)
  }

  private func write(_ text: String) throws {
    guard let output, output != "-" else { return try Terminal.print(text, terminator: "") }
    try AtomicFile.write(Array(text.utf8), to: output)
    Terminal.notice("wrote \(output)")
  }

  private func assign(_ plan: AllocationPlan) throws {
    let source = try TableSource(table.expanded(files), options: table.options())
    try source.requireColumn(column)
    let stream = AssignmentStream(plan, column: column, provenance: provenance)
    let totals: AssignmentStream.Totals
    if let output, output != "-" {
      totals = try AtomicFile.write(to: output) { sink in try stream.write(source, to: sink) }
      Terminal.notice("wrote \(output)")
    } else {
      totals = try stream.write(source, to: FileSink(STDOUT_FILENO, name: "standard output"))
    }
    for (arm, count) in zip(plan.arms.map(\.name), totals.counts) { Terminal.notice("\(arm): \(count) units") }
    if totals.outside > 0 { Terminal.notice("outside the coverage: \(totals.outside) units") }
  }

  private static var schemes: String {
    SchemeName.allCases.map { name in
      let scheme = name.scheme
      return """
        \(name.rawValue)
          draw    \(scheme.formula)
          salt    \(scheme.salt)
          source  \(scheme.provenance)

        """
    }.joined()
  }
}

extension SQLDialect: ExpressibleByArgument {}
