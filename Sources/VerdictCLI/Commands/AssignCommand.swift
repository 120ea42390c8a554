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
        verdict assign users.csv --salt checkout-2026 --weights control=50,treatment=50
        verdict assign users.csv --salt checkout-2026 --weights control=1,treatment=1 --coverage 0.1 -o assigned.csv

      Units outside the coverage have an empty variant. The scheme verdict/1 is published in Sources/Allocation/README.md,
      so that SQL or another language gives the same arms.
      """)

  @Argument(help: ArgumentHelp("CSV with a column of ids; '-' is standard input.", valueName: "file"))
  var files: [String]

  @Option(help: "The experiment's own salt, for example its name.")
  var salt: String

  @Option(help: ArgumentHelp("Arms and their shares, such as control=50,treatment=50.", valueName: "weights"))
  var weights: String

  @Option(
    help: "A published scheme: verdict/1, growthbook/2, growthbook/1 (add -utf16 for GrowthBook's JavaScript SDK).")
  var scheme = "verdict/1"

  @Option(help: "Share of units that take part, in [0, 1].")
  var coverage = "1"

  @Option(help: "The column of ids.")
  var column = "user_id"

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup var table: TableInputOptions

  func run() throws {
    let plan = try AllocationPlan(
      scheme: SchemeName(parsing: scheme), salt: salt, arms: Arm.list(weights), coverage: coverage)
    let source = try TableSource(table.expanded(files), options: table.options())
    let assigned = try AssignedTable(source, column: column, plan: plan)
    if let output, output != "-" {
      try AtomicFile.write(assigned.csv, to: output)
      Terminal.notice("wrote \(output)")
    } else {
      try Terminal.print(bytes: assigned.csv)
    }
    for (arm, count) in zip(plan.arms.map(\.name), assigned.counts) { Terminal.notice("\(arm): \(count) units") }
    if assigned.outside > 0 { Terminal.notice("outside the coverage: \(assigned.outside) units") }
  }
}
