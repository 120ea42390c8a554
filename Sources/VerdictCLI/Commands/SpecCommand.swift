import ArgumentParser
import Basics
import Experiments
import Foundation

struct SpecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Experiment and cohort specs: check one, print the JSON Schema or an example.",
    discussion: "EXAMPLE\n  verdict spec check experiment.yaml",
    subcommands: [CheckSpec.self, PrintSchema.self, PrintExample.self])

  struct CheckSpec: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Read a spec and say what is wrong with it, with line and column.",
      discussion: "EXAMPLE\n  verdict spec check experiment.yaml")

    @Argument(help: ArgumentHelp("The spec, YAML.", valueName: "spec"))
    var file: String

    func run() throws {
      let spec = try RunSpec.load(file)
      try Terminal.print("\(file): a valid spec of '\(spec.name)', \(spec.specHash)")
    }
  }

  struct PrintSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "The JSON Schema (draft 2020-12), for editors.",
      discussion: "EXAMPLE\n  verdict spec schema experiment > experiment.schema.json")

    @Argument(help: "experiment or cohort.")
    var kind = SpecKind.experiment

    func run() throws {
      let schema =
        switch kind {
        case .experiment: ExperimentSpec.jsonSchema
        case .cohort: CohortSpec.jsonSchema
        }
      try Terminal.print(schema, terminator: "")
    }
  }

  struct PrintExample: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "example", abstract: "A spec to begin with.",
      discussion: "EXAMPLES\n  verdict spec example > experiment.yaml\n  verdict spec example cohort > cohorts.yaml")

    @Argument(help: "experiment or cohort.")
    var kind = SpecKind.experiment

    func run() throws {
      let example =
        switch kind {
        case .experiment: SpecExample.experiment
        case .cohort: SpecExample.cohort
        }
      try Terminal.print(example, terminator: "")
    }
  }

  enum SpecKind: String, ExpressibleByArgument, CaseIterable { case experiment, cohort }
}
