import ArgumentParser
import Basics
import Experiments
import Foundation
import Pipelines
import Processes
import Reports
import Workflow

struct ExperimentFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Analyse the metrics that a model declares, from an event log to a verdict.",
    discussion: """
      EXAMPLES
        verdict flow experiment billing_dispute log.csv
        verdict flow experiment model.flow log.csv --window 14d --units units.csv \\
          --spec experiment.yaml

      metric= on a node or an edge is a metric, split= on a node is the exposure: a
      unit counts from its first visit there. --units writes one row a unit, --spec
      an experiment for 'verdict run'. Exits with 1 if a check fails or a guardrail
      is crossed.
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Argument(help: ArgumentHelp("Event logs, CSV or TSV, also .gz.", valueName: "log"))
  var logs: [String]

  @Option(help: "The variant that the others are compared with.")
  var control = "control"

  @Option(
    help: ArgumentHelp("Planned shares, such as control=50,treatment=50; equal by default.", valueName: "weights"))
  var weights: String?

  @Option(help: ArgumentHelp("Write the units' values to this CSV.", valueName: "file"))
  var units: String?

  @Option(help: ArgumentHelp("Write an experiment spec to this YAML; needs --units.", valueName: "file"))
  var spec: String?

  @OptionGroup var log: EventLogOptions
  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if spec != nil, units == nil { throw ValidationError("--spec needs --units: the spec names the units' file.") }
  }

  func run() throws {
    let source = try ModelSource(model)
    let model = try source.onlyModel()
    var experiment = FlowExperiment(model, measure: try log.plan(model, table), control: control)
    experiment.alpha = log.alpha
    experiment.weights = try weights.map { try FlowOptions.weights($0).compactMapValues(Double.init) }
    let paths = try table.expanded(logs)
    try output.requireUsable(apartFrom: paths, others: [("--units", units), ("--spec", spec)])
    let outcome = try experiment.run(paths, options: table.options())
    for notice in outcome.notices { Terminal.notice(notice) }
    var files: [(path: String, bytes: [UInt8])] = []
    if let units {
      files.append((units, Array(outcome.units)))
      if let spec {
        let arms = outcome.analysis.variants.map(\.name)
        let text = try experiment.spec(name: model.id ?? "workflow", unitsFile: relative(units, to: spec), arms: arms)
        files.append((spec, Array(text.utf8)))
      }
    }
    try output.write(
      Report.render(outcome.analysis, as: output.chosenFormat, options: output.reportOptions), beside: files)
    if let failed = outcome.analysis.checks.first(where: { $0.outcome == .fail }) {
      throw AnswerIsNo(reason: "the check \(failed.name) fails")
    }
    if outcome.analysis.decision.outcome == .rollback { throw AnswerIsNo(reason: "a guardrail is crossed") }
  }

  /// Files of a spec are named from its folder.
  private func relative(_ file: String, to spec: String) -> String {
    let folder = (spec as NSString).deletingLastPathComponent
    let own = (file as NSString).deletingLastPathComponent
    return folder == own ? (file as NSString).lastPathComponent : URL(filePath: file).path
  }
}

struct PowerFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "What a change of branches does to a model's metrics, and how many units show it.",
    discussion: """
      EXAMPLES
        verdict flow power billing_dispute --branch n4:Yes=0.85
        verdict flow power content_moderation --branch n17:Yes=0.25 --units 50000
      """)

  @Argument(help: "A .flow file, a built-in model's name, or '-'.")
  var model: String

  @Option(
    name: .customLong("branch"), parsing: .singleValue,
    help: ArgumentHelp("A branch probability of the treatment: n4:Yes=0.85.", valueName: "branch"))
  var branches: [String] = []

  @Option(help: "Error probability of the two-sided test, in (0, 1).")
  var alpha = 0.05

  @Option(help: "The power for which units are sought, in (0, 1).")
  var power = 0.8

  @Option(help: "Units of both arms together: also print the power that they give.")
  var units: Double?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !branches.isEmpty else {
      throw ValidationError("No change. Name at least one branch of the treatment, for example --branch n4:Yes=0.85.")
    }
  }

  func run() throws {
    let source = try ModelSource(model)
    let changes = try branches.map { text throws in try BranchOverride(parsing: text) }
    let forecasts = try MetricForecast.all(
      source.onlyModel(), changes: changes, alpha: alpha, power: power, units: units, folder: source.folder)
    guard !forecasts.isEmpty else {
      throw UsageFault(sentence: "\(source.name) declares no metric that is a rate or a count.")
    }
    try output.write(Report.render(forecasts, as: output.chosenFormat, options: output.reportOptions))
  }
}

struct MatrixFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract:
      "Put the seven workflows to every use; each cell is earned by doing it. Exits with 1 if one does not hold.",
    discussion: "EXAMPLE\n  verdict flow matrix --format json")

  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1

  @OptionGroup var output: OutputOptions

  func run() throws {
    let matrix = FlowMatrix(seed: seed) { row in
      Terminal.notice(
        "\(row.workflow): \(row.cells.map { "\($0.use.rawValue) \($0.holds ? "holds" : "FAILS")" }.joined(separator: ", "))"
      )
    }
    try output.write(FlowMatrixText(matrix).render(output.chosenFormat, output.reportOptions))
    if !matrix.holds { throw AnswerIsNo(reason: "not every cell holds") }
  }
}

/// The matrix in the form asked for.
struct FlowMatrixText {
  let matrix: FlowMatrix

  init(_ matrix: FlowMatrix) { self.matrix = matrix }

  func render(_ format: ReportFormat, _ options: ReportOptions) -> String {
    switch format {
    case .table: exhibit.text(options)
    case .json: json.text(pretty: true)
    case .csv: csv
    case .markdown: exhibit.markdown
    case .html: exhibit.html
    }
  }

  private var exhibit: Exhibit {
    var exhibit = Exhibit(
      badge: "Workflows", title: "Seven workflows, six uses",
      summary: matrix.holds ? "Every cell holds; each was done just now." : "Not every cell holds.")
    exhibit.sections = [
      Exhibit.Section(
        "What holds", [.init("workflow")] + FlowMatrix.Use.allCases.map { .init($0.rawValue) },
        matrix.rows.map { row in [row.workflow] + row.cells.map { $0.holds ? "holds" : "fails" } }),
      Exhibit.Section(
        "What was done", [.init("workflow"), .init("use"), .init("found")],
        matrix.rows.flatMap { row in row.cells.map { [row.workflow, $0.use.rawValue, $0.detail] } }),
    ]
    return exhibit
  }

  private var json: JSONValue {
    [
      "schema": "verdict.flow-matrix/1", "holds": .bool(matrix.holds),
      "workflows": .array(
        matrix.rows.map { row in
          [
            "workflow": .string(row.workflow),
            "cells": .array(
              row.cells.map {
                ["use": .string($0.use.rawValue), "holds": .bool($0.holds), "detail": .string($0.detail)]
              }),
          ]
        }),
    ]
  }

  private var csv: String {
    var csv = CSVText(header: ["workflow", "use", "holds", "detail"])
    for row in matrix.rows {
      for cell in row.cells { csv.add([row.workflow, cell.use.rawValue, cell.holds ? "true" : "false", cell.detail]) }
    }
    return csv.text
  }
}
