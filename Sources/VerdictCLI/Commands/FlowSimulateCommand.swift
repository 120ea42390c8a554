import ArgumentParser
import Basics
import Engines
import Foundation
import Processes
import Reports
import Workflow

struct SimulateFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Send cases through a model: an event log, and what they come to beside the closed form.",
    discussion: """
      EXAMPLES
        verdict flow simulate content_moderation --cases 100000
        verdict flow simulate model.flow --cases 5000 --format csv -o log.csv
        verdict flow simulate billing_dispute --arm control \\
          --arm treatment:n4:Yes=0.9 --log log.csv

      CSV is the event log itself:
      case_id,event,timestamp,unit_id[,variant],node,lifecycle,resource. The same
      seed gives the same bytes on any number of threads. Models with resources=
      queue; without them a million cases take about a second.
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Option(help: "Cases to simulate.")
  var cases = 10_000

  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Also write the event log to this file.", valueName: "file"))
  var log: String?

  @Option(help: ArgumentHelp("Mean time between cases, at random: 30s, 5m, 2h.", valueName: "time"))
  var arrivals = "1m"

  @Flag(help: "Cases come at even distances instead of at random.")
  var even = false

  @Option(help: ArgumentHelp("When the first case can begin, ISO 8601.", valueName: "date"))
  var start = "2026-01-05T00:00:00Z"

  @Option(
    help: ArgumentHelp("End of observation after the start: 30d. Later events are not logged.", valueName: "time"))
  var observe: String?

  @Option(help: "Cases of each unit.")
  var casesPerUnit = 1

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "A variant, with what it changes behind the split: NAME or NAME:n4:Yes=0.9,n7:No=0.2. Give two or more.",
      valueName: "arm"))
  var arm: [String] = []

  @Option(help: ArgumentHelp("Shares of the variants, such as control=50,treatment=50.", valueName: "weights"))
  var weights: String?

  @Option(
    name: .customLong("branch"), parsing: .singleValue,
    help: ArgumentHelp("A branch probability in place of the model's: n4:Yes=0.3.", valueName: "branch"))
  var branches: [String] = []

  @Option(help: "Independent runs of a model with servers; the log is of the first.")
  var replications = 1

  @Flag(help: "Also log when work at a node begins.")
  var starts = false

  @Option(
    parsing: .unconditional, help: "Threads, 1 to 1,024; by default one a core. Results do not depend on it.")
  var threads: Int?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let source = try ModelSource(model)
    let model = try source.onlyModel()
    let plan = try plan()
    let overrides = try branches.map { text throws in try BranchOverride(parsing: text) }
    let simulation = try Simulation(model, plan, overrides: overrides, folder: source.folder)
    if output.format == .csv || (output.format == nil && output.chosenFormat == .csv) {
      _ = try write(simulation, to: output.output ?? "-")
      return
    }
    let result = try log.map { try write(simulation, to: $0) } ?? simulation.run()
    let form = plan.arms.isEmpty ? try? ClosedForm(model, overrides: overrides, folder: source.folder) : nil
    let report = SimulationReport(model: model.title ?? source.name, result: result, closedForm: form)
    try output.write(Report.render(report, as: output.chosenFormat, options: output.reportOptions))
  }

  private func write(_ simulation: Simulation, to path: String) throws -> SimulationResult {
    guard path != "-" else { return try simulation.run { try Terminal.print(bytes: [UInt8]($0)) } }
    let file = try AtomicFileWriter(path)
    let result = try simulation.run { try file.append($0) }
    try file.commit()
    Terminal.notice("wrote \(path)")
    return result
  }

  private func plan() throws -> SimulationPlan {
    var plan = SimulationPlan()
    plan.cases = cases
    plan.seed = seed
    let gap = try length(arrivals, "--arrivals")
    plan.arrivals = even ? .every(gap) : .random(mean: gap)
    plan.start = Double(try EventTime.seconds(start, timeZone: "UTC"))
    plan.observed = try observe.map { text throws in try length(text, "--observe") }
    plan.casesPerUnit = casesPerUnit
    plan.replications = replications
    plan.logsStarts = starts
    try TableInputOptions.requireThreads(threads)
    plan.threads = threads
    plan.arms = try arm.map { text throws in try parsedArm(text) }
    return plan
  }

  private func parsedArm(_ text: String) throws -> SimulationPlan.Arm {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard let name = parts.first else { throw UsageFault(sentence: "--arm: expected NAME or NAME:n4:Yes=0.9.") }
    let changes = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
    var arm = SimulationPlan.Arm(
      name, overrides: try changes.map { change throws in try BranchOverride(parsing: change) })
    if let weights {
      let shares = try FlowOptions.weights(weights)
      guard let own = shares[name] else { throw UsageFault(sentence: "--weights: no share for the variant '\(name)'.") }
      arm.weight = own
    }
    return arm
  }

  private func length(_ text: String, _ option: String) throws -> Double {
    guard let seconds = TimeSpan.seconds(parsing: text) else {
      throw UsageFault(sentence: "\(option): expected a time such as 30s, 5m, 2h or 14d, found '\(text)'.")
    }
    return seconds
  }
}

enum FlowOptions {
  /// `control=50,treatment=50` as decimals by arm.
  static func weights(_ text: String) throws -> [String: String] {
    var weights: [String: String] = [:]
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard pair.count == 2, let number = Double(pair[1]), number >= 0,
        weights.updateValue(pair[1], forKey: pair[0]) == nil
      else {
        throw UsageFault(
          sentence:
            "--weights: expected each arm once as arm=number, found '\(part)'. Example: --weights control=50,treatment=50"
        )
      }
    }
    return weights
  }
}

extension ModelSource {
  /// Where files that the model names are looked for.
  var folder: String {
    let folder = (name as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}
