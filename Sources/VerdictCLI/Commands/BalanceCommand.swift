import ArgumentParser
import Basics
import Engines
import Experiments
import Reports

struct BalanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "Did units arrive in the arms as planned? By segment and day, with units exposed to several arms.",
    discussion: """
      EXAMPLES
        verdict balance exposures.csv --weights control=50,treatment=50 \\
          --segment country
        verdict balance exposures.csv --time exposed_at --several exclude \\
          --format html -o balance.html

      One row an exposure: unit, variant, time. Checked are the arms' shares in
      all, by segment and by day of first exposure (Pearson's test, by Holm within
      each group), arms without units, arms of weight 0 with units, and units in
      several arms; the shares are tested both with those units in the first arm
      they saw and without them.
      Exits with 1 if something was found. Memory grows with units, not with
      exposures.
      """)

  @Argument(help: ArgumentHelp("CSV of exposures; '-' is standard input.", valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp("Planned shares, such as control=50,treatment=50; equal by default.", valueName: "weights"))
  var weights: String?

  @Option(help: "The column of unit ids.")
  var unit = "user_id"

  @Option(help: "The column of variants.")
  var variant = "variant"

  @Option(help: "The column of times.")
  var time = "timestamp"

  @Option(help: "The zone of times that are written without one, and of the days.")
  var timezone = "UTC"

  @Option(parsing: .singleValue, help: ArgumentHelp("Also by the values of this column.", valueName: "column"))
  var segment: [String] = []

  @Option(help: "Units in several arms: 'first' counts them in the first they saw, 'exclude' leaves them out.")
  var several = ExposureBalance.Handling.exclude

  @Option(help: "p below which shares are a finding, in (0, 1).")
  var alpha = 0.001

  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard alpha > 0, alpha < 1 else {
      throw UsageFault(sentence: "--alpha: expected a number in (0, 1), found \(alpha).")
    }
    let planned = try weights.map { try OptionValue.weights($0) }
    let paths = try table.expanded(files)
    try output.requireUsable(apartFrom: paths)
    let source = ExposureSource(files: paths, timeColumn: time, timeZone: timezone)
    let reader = ExposureBalanceReader(
      source, unit: unit, variant: variant, segments: segment, options: try table.options(),
      allowedBadRows: table.allowBadRows)
    let balance = try ExposureBalance(reader.counts(), weights: planned, handling: several, alpha: alpha)
    try output.write(Report.render(balance, as: output.chosenFormat, options: output.reportOptions))
    if !balance.passed { throw AnswerIsNo() }
  }
}

extension ExposureBalance.Handling: ExpressibleByArgument {}
