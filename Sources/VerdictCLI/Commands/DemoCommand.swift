import ArgumentParser
import Basics
import Cohorts
import Experiments
import Foundation
import Pipelines
import Reports
import Workflow

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract:
      "Both pipelines on real data: a randomised trial to its winner's flag, a shop's customers to their value.",
    discussion: """
      EXAMPLE
        verdict demo -o demo-out

      Reads Examples/ and Datasets/ of the checkout.
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The folder for runs and reports.", valueName: "folder"))
  var output = "demo-out"

  @Option(help: ArgumentHelp("The checkout with Examples/ and Datasets/.", valueName: "folder"))
  var checkout = "."

  func run() throws {
    let runner = PipelineRunner(try Workspace(directory: output + "/.verdict"))
    let experiment = try run("\(checkout)/Examples/actg175.yaml", runner)
    let analysis = try runner.storedAnalysis(of: experiment)
    try Terminal.print(
      Report.render(analysis, as: .table, options: ReportOptions(width: Terminal.width, color: Terminal.color)))
    if let flag = try runner.workspace.registry.entries(run: experiment, kind: .deployment).last?.payload["file"]?
      .string
    {
      try Terminal.print("flag file: \(runner.workspace.file(flag))\n")
    }
    let cohort = try run("\(checkout)/Examples/cdnow.yaml", runner)
    let report = try runner.storedCohortReport(of: cohort)
    try Terminal.print(
      Report.render(report, as: .table, options: ReportOptions(width: Terminal.width, color: Terminal.color)))
    for (run, name) in [(experiment, "experiment.html"), (cohort, "cohorts.html")] {
      let page = runner.workspace.folder(of: run).file(RunFolder.report)
      guard let data = FileManager.default.contents(atPath: page) else { continue }
      try AtomicFile.write([UInt8](data), to: "\(output)/\(name)")
      try Terminal.print("report:    \(output)/\(name)")
    }
  }

  private func run(_ spec: String, _ runner: PipelineRunner) throws -> String {
    let id = try runner.begin(spec: spec)
    Terminal.notice("run \(id): \(spec)")
    let status = try runner.advance(id, approve: "demo", observer: RunNarrator().tell)
    try Terminal.print("\(id): \(PipelineRunner.describe(status))\n")
    guard case .finished = status else { throw AnswerIsNo(reason: "the run \(id) did not finish") }
    return id
  }
}
