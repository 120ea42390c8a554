import Allocation
import ArgumentParser
import Basics
import Engines
import Experiments
import Reports
import Tables

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Are the experiments of a programme allocated fairly and independently? From ids and salts alone.",
    discussion: """
      EXAMPLES
        verdict audit users.csv --experiments experiments.yaml
        verdict audit users.csv --experiments experiments.yaml --to verdict/1 \\
          --format html -o audit.html

        experiments:
          - { name: checkout, scheme: growthbook/1, salt: checkout,
              weights: { control: 50, treatment: 50 } }
          - { name: pricing, salt: pricing-2026, coverage: 0.2,
              weights: { control: 1, treatment: 1 } }
        transitions:
          - { from: checkout, to: pricing }

      Checked are the arms' shares, uniformity over 100 salts, avalanche, ids at
      edges and outside ASCII on which the SDKs of a platform differ, the
      independence of all pairs (chi-squared by Holm, phi), and who would move
      between allocations. Exits with 1 if something was found. All ids are kept in
      memory.
      """)

  @Argument(help: ArgumentHelp("CSV with a column of ids; '-' is standard input.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("YAML with the experiments' schemes, salts, weights and coverages.", valueName: "file"))
  var experiments: String

  @Option(help: "The column of ids.")
  var column = "user_id"

  @Option(help: "Probability of a false alarm, over all experiments and over all pairs, in (0, 1).")
  var alpha = 0.01

  @Option(help: ArgumentHelp("Show who would move if every experiment went to this scheme.", valueName: "scheme"))
  var to: String?

  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard alpha > 0, alpha < 1 else {
      throw UsageFault(sentence: "--alpha: expected a number in (0, 1), found \(alpha).")
    }
    let paths = try table.expanded(files)
    try output.requireUsable(apartFrom: paths + [experiments])
    let programme = try AllocationProgramme.load(experiments)
    var transitions = programme.transitions
    if let to {
      let scheme = try SchemeName(parsing: to)
      transitions += try programme.experiments.map { experiment in
        let name = "\(experiment.name) under \(scheme.rawValue)"
        return (experiment, try experiment.under(scheme, name: name))
      }
    }
    let ids = try UnitIDs(TableSource(paths, options: table.options()), column: column)
    let audit = AllocationAudit(programme.experiments, ids: ids, transitions: transitions, alpha: alpha)
    try output.write(Report.render(audit, as: output.chosenFormat, options: output.reportOptions))
    if !audit.passed { throw AnswerIsNo() }
  }
}
