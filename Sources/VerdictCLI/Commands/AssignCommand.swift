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
        verdict assign users.csv --spec experiment.yaml --records last-month.csv
        verdict assign users.csv --salt s --weights control=1,treatment=1 \\
          --layer search=0..0.5 --holdout 2026=0.05
        verdict assign users.csv --salt s --weights control=1,treatment=1 \\
          --cluster household
        verdict assign trips.csv --salt s --weights control=1,treatment=1 \\
          --column city --switchback 2h --time started_at
        verdict assign users.csv --salt s --weights control=1,treatment=1 \\
          --strata country
        verdict assign users.csv --salt s --weights control=1,treatment=1 \\
          --balance spend --search-log search.json
        verdict assign --salt checkout-2026 --weights control=1,treatment=1 \\
          --explain user-17
        verdict assign --salt checkout-2026 --weights control=1,treatment=1 \\
          --sql duckdb
        verdict assign --list-schemes

      Units outside the coverage have an empty variant. The scheme verdict/1 is
      published in Sources/Allocation/README.md, so that SQL or another language
      gives the same arms; the others are the platforms' own, bit for bit. Rows are
      written while the table is read, in its order; memory does not grow with it,
      but standard input and compressed files are held in memory, and so are all
      units with --strata and --balance. With -o the file appears whole or not at
      all.
      """)

  @Argument(help: ArgumentHelp("CSV with a column of ids; '-' is standard input.", valueName: "file"))
  var files: [String] = []

  @OptionGroup(title: "Plan") var plan: AllocationPlanOptions

  @Option(help: "The column of ids.")
  var column = "user_id"

  @Flag(help: "Add scheme, salt, bucket and enrolment_bucket, and decided_by where more than the plan decides.")
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

  @OptionGroup(title: "Around the plan") var structure: AllocationStructureOptions

  @OptionGroup(title: "Other units, and tables") var units: AssignmentUnitOptions

  @OptionGroup var table: TableInputOptions

  func validate() throws {
    guard !listSchemes else { return }
    try plan.require()
    guard !files.isEmpty || explain != nil || sql != nil else {
      throw ValidationError("Missing expected argument '<file> ...'")
    }
  }

  func run() throws {
    guard !listSchemes else { return try Terminal.print(Self.schemes, terminator: "") }
    var policy = try plan.policy()
    try structure.surround(&policy, column: column, table: table)
    let stages = try structure.staged(&policy)
    if let explain { return try write(explanation(of: explain, policy)) }
    if let sql {
      guard policy.isBare, stages == nil else {
        throw UsageFault(sentence: "--sql writes the plan alone; leave out what stands around it.")
      }
      return try write(SQLAssignment(policy.plan, column: column, dialect: sql).text + "\n")
    }
    let paths = try table.expanded(files)
    try OutputOptions.requireNoInput(paths, outputs: [("-o", output)])
    let source = try TableSource(paths, options: table.options())
    try source.requireColumn(column)
    if let balance = units.balance { return try search(balance, policy, source) }
    if let strata = units.strata { return try deal(strata, policy, source) }
    try stream(units.rule(policy, stages), source)
  }

  private func explanation(of id: String, _ policy: AllocationPolicy) throws -> String {
    let decision = try policy.decide(id)
    guard decision.reason != .plan else { return try Explanation(Array(id.utf8), plan: policy.plan).text }
    let arm = decision.arm.map { policy.plan.arms[$0].name }
    return "decided  \(decision.reason.rawValue)\nvariant  \(arm ?? "none: the unit is not enrolled")\n"
  }

  func write(_ text: String) throws {
    guard let output, output != "-" else { return try Terminal.print(text, terminator: "") }
    try AtomicFile.write(Array(text.utf8), to: output)
    Terminal.notice("wrote \(output)")
  }

  func stream(_ rule: AssignmentStream.Rule, _ source: TableSource) throws {
    let stream = AssignmentStream(rule, column: column, cluster: units.cluster, provenance: provenance)
    let totals: AssignmentStream.Totals
    if let output, output != "-" {
      totals = try AtomicFile.write(to: output) { sink in try stream.write(source, to: sink) }
      Terminal.notice("wrote \(output)")
    } else {
      totals = try stream.write(source, to: FileSink(STDOUT_FILENO, name: "standard output"))
    }
    for (arm, count) in zip(rule.plan.arms.map(\.name), totals.counts) {
      Terminal.notice("\(arm): \(count.grouped) units")
    }
    if totals.outside > 0 { Terminal.notice("\(rule.outsideName): \(totals.outside.grouped) units") }
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

extension AssignmentStream.Rule {
  fileprivate var outsideName: String {
    if case .policy(let policy, _) = self, !policy.isBare { return "not enrolled" }
    return "outside the coverage"
  }
}
