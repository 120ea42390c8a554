import ArgumentParser
import Basics
import Deployment
import Experiments
import Foundation
import Pipelines

struct DeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "The flag file of a run's decision, for a flag system.",
    discussion: """
      EXAMPLES
        verdict deploy checkout-1                                  prints the file
        verdict deploy checkout-1 --target growthbook --stage 2 -o features.json
      """)

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @Option(help: "flagd, growthbook, unleash or launchdarkly; by default the spec's.")
  var target: ExperimentSpec.Rollout.Target?

  @Option(help: "The stage of the rollout, from 1; by default the one that was deployed last.")
  var stage: Int?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write to this file and record it.", valueName: "file"))
  var output: String?

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let id = try runner.resolve(run: name)
    let deployment = ManualDeployment(runner)
    let (state, file, target) = try deployment.file(run: id, target: target, stage: stage)
    for limit in file.limits { Terminal.notice(limit) }
    guard let output, output != "-" else {
      try Terminal.print(file.text, terminator: "")
      return
    }
    try file.write(to: output)
    try deployment.record(state, target, output, run: id, by: workspace.person)
    Terminal.notice("wrote \(output): \(state.share * 100) % of users get \(state.winner?.name ?? state.control.name)")
  }
}

struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Serve the control to everyone again, now.",
    discussion: "EXAMPLE\n  verdict rollback checkout-1")

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let runner = try workspace.runner()
    let id = try runner.resolve(run: name)
    let path = try ManualDeployment(runner).rollback(run: id, by: workspace.person)
    try Terminal.print("\(path): all users get the control")
  }
}

extension ExperimentSpec.Rollout.Target: ExpressibleByArgument {}
