import Allocation
import ArgumentParser
import Basics
import Deployment
import Engines
import Experiments
import Foundation
import Pipelines
import Tables

struct DeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "The flag file of a run's decision, for a flag system.",
    discussion: """
      EXAMPLES
        verdict deploy checkout-1                              prints the file
        verdict deploy checkout-1 --target growthbook --stage 2 -o features.json
        verdict deploy checkout-1 --stage 1 --ids users.csv --allow-moves \\
          -o flags.json
        verdict deploy --spec experiment.yaml --variant treatment --stage 1 \\
          --target eppo

      Targets: flagd (evaluators of generation 2), flagd-3, growthbook, unleash
      (what SDKs fetch), unleash-export (what the admin interface imports),
      launchdarkly and eppo. Notices say what a target cannot express, and which
      'verdict assign' gives the same users.
      A larger share only adds users. A file (-o) that would take the new variant
      from users who have it by the flag's last deployment, or give them another,
      is refused with their number, unless --allow-moves; printing it only warns.
      """)

  @Argument(help: ArgumentHelp("The run, or the beginning of its name; the latest by default.", valueName: "run"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "flagd, flagd-3, growthbook, unleash, unleash-export, launchdarkly or eppo; by default the spec's.",
      valueName: "target"))
  var target: ExperimentSpec.Rollout.Target?

  @Option(help: "The stage of the rollout, from 1; by default the one that was deployed last.")
  var stage: Int?

  @Option(help: ArgumentHelp("Deploy from a spec in place of a run; nothing is recorded.", valueName: "yaml"))
  var spec: String?

  @Option(help: ArgumentHelp("With --spec: the variant to roll out.", valueName: "name"))
  var variant: String?

  @Flag(help: "Write the file even if exposed users would get another variant.")
  var allowMoves = false

  @Option(
    help: ArgumentHelp("CSV of the users, to count who would move; by default a sample is made up.", valueName: "csv"))
  var ids: String?

  @Option(help: "The column of ids in --ids.")
  var column = "user_id"

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write to this file and record it.", valueName: "file"))
  var output: String?

  @OptionGroup var workspace: WorkspaceOptions

  func validate() throws {
    guard (spec == nil) == (variant == nil), spec == nil || name == nil else {
      throw ValidationError("Give a run, or --spec together with --variant")
    }
  }

  func run() throws {
    if let spec, let variant { return try deploy(ExperimentSpec.load(spec), variant) }
    let runner = try workspace.runner()
    let id = try runner.resolve(run: name)
    let deployment = ManualDeployment(runner)
    let (state, file, target) = try deployment.file(run: id, target: target, stage: stage)
    let users = try ids.map { try UnitIDs(TableSource([$0]), column: column) }
    if let moves = try deployment.moves(to: state, target, ids: users), moves.moved > 0 {
      if !allowMoves, output != nil, output != "-" {
        throw AnswerIsNo(reason: "\(moves.sentence). Pass --allow-moves if that is meant; nothing was written.")
      }
      Terminal.notice("\(moves.sentence)")
    }
    guard let path = try emit(file, state) else { return }
    try deployment.record(state, target, path, run: id, by: workspace.person)
  }

  private func deploy(_ spec: ExperimentSpec, _ variant: String) throws {
    let state = try RolloutState(spec: spec, winner: variant, stage: stage ?? 1, decision: "by hand")
    _ = try emit(FlagFile(state, target: target ?? spec.rollout?.target ?? .flagd), state)
  }

  /// Prints or writes the file, with what there is to know of it.
  ///
  /// - Returns: the path of a file that was written.
  private func emit(_ file: FlagFile, _ state: RolloutState) throws -> String? {
    for limit in file.limits { Terminal.notice(limit) }
    if let command = file.serving.command { Terminal.notice("the same users by: \(command)") }
    guard let output, output != "-" else {
      try Terminal.print(file.text, terminator: "")
      return nil
    }
    try file.write(to: output)
    let share = (state.share * 1e6).rounded() / 1e4
    Terminal.notice("wrote \(output): \(share) % of users get \((state.winner ?? state.control).name)")
    return output
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
