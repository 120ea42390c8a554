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
    var kind = "experiment"

    func run() throws {
      switch kind {
      case ExperimentSpec.kind: try Terminal.print(ExperimentSpec.jsonSchema, terminator: "")
      case CohortSpec.kind: try Terminal.print(CohortSpec.jsonSchema, terminator: "")
      default: throw UsageFault(sentence: "expected experiment or cohort, found '\(kind)'.")
      }
    }
  }

  struct PrintExample: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "example", abstract: "A spec to begin with.",
      discussion: "EXAMPLE\n  verdict spec example > experiment.yaml")

    func run() throws { try Terminal.print(SpecExample.experiment, terminator: "") }
  }
}

/// A spec to begin with; the tests read it with the spec's own reader.
enum SpecExample {
  static let experiment = """
    version: 1
    kind: experiment
    name: one-page-checkout
    hypothesis:
      because: half of the users leave between address and payment
      if: the checkout is one page
      then: more of them buy
    variants:
      control: three pages
      treatment: one page
    control: control
    allocation:
      scheme: verdict/1
      salt: one-page-checkout
      weights: { control: 50, treatment: 50 }
    data:
      files: [units.csv]          # one row a unit; the run waits until it is there
      unit: user_id
      variant: variant
    metrics:
      - "conversion = proportion(converted)"
      - "revenue = mean(revenue, covariates: pre_revenue) | role: secondary | cap: p99.9"
      - "load_time = mean(load_ms) | role: guardrail | direction: down | margin: 2%"
    method:
      name: sequential            # look whenever you like
      alpha: 0.05
    decision:
      minimum_units_per_variant: 1000
    rollout:
      flag: checkout-layout
      target: flagd
      stages:
        - { share: 10%, approval: true }
        - { share: 50% }
        - { share: 100% }

    """
}
