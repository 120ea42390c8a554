import Basics
import Processes
import Statistics

/// A simulation beside the closed form of the same chain.
public struct SimulationReport: Sendable {
  public let model: String
  public let result: SimulationResult
  /// Nil where there is none: variants, or a model that is too large.
  public let closedForm: ClosedForm?

  public init(model: String, result: SimulationResult, closedForm: ClosedForm?) {
    (self.model, self.result, self.closedForm) = (model, result, closedForm)
  }
}

extension Report {
  /// A simulation in the form asked for; CSV has one row an edge and variant (the event log is written by the simulation).
  public static func render(
    _ value: SimulationReport, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: SimulationView(value, unicode: options.unicode).exhibit.text(options)
    case .json: json(value).text(pretty: true)
    case .csv: csv(value)
    case .markdown: SimulationView(value).exhibit.markdown
    case .html: SimulationView(value).exhibit.html
    }
  }

  private static func csv(_ value: SimulationReport) -> String {
    var csv = CSVText(header: ["variant", "source", "target", "label", "entered", "passes", "lower", "upper"])
    for group in value.result.groups {
      for edge in group.edges {
        csv.add([
          group.variant ?? "", edge.source, edge.target, edge.label ?? "", CSVText.number(edge.entered),
          CSVText.number(edge.passes), CSVText.number(edge.interval.lower), CSVText.number(edge.interval.upper),
        ])
      }
    }
    return csv.text
  }

  private static func json(_ value: SimulationReport) -> JSONValue {
    [
      "schema": "verdict.flow-simulate/1", "model": .string(value.model), "seed": .string(String(value.result.seed)),
      "cases": .integer(value.result.cases), "replications": .integer(value.result.replications),
      "groups": .array(value.result.groups.map(group)),
      "pools": .array(
        value.result.pools.map {
          [
            "name": .string($0.name), "servers": .integer($0.servers), "jobs": .integer($0.jobs),
            "meanWait": .finite($0.meanWait), "p95Wait": .finite($0.p95Wait), "utilisation": .finite($0.utilisation),
            "longestQueue": .integer($0.longestQueue),
          ]
        }),
      "closedForm": value.closedForm.map(closedForm) ?? .null, "provenance": ["version": .string(ToolVersion.current)],
    ]
  }

  private static func group(_ group: SimulationResult.Group) -> JSONValue {
    [
      "variant": .text(group.variant), "cases": .integer(group.cases),
      "ends": .array(
        group.ends.map {
          .object(
            JSONObject(
              [("node", .string($0.node)), ("label", .string($0.label)), ("cases", .integer($0.cases))]
                + JSONValue.limits($0.interval)))
        }),
      "nodes": .array(group.nodes.map { ["node": .string($0.node), "visits": .integer($0.visits)] }),
      "edges": .array(
        group.edges.map {
          .object(
            JSONObject(
              [
                ("source", .string($0.source)), ("target", .string($0.target)), ("label", .text($0.label)),
                ("entered", .integer($0.entered)), ("passes", .integer($0.passes)),
              ] + JSONValue.limits($0.interval)))
        }),
      "meanNodes": .finite(group.meanNodes), "meanCost": .finite(group.meanCost),
      "time": [
        "mean": .finite(group.time.mean), "standardDeviation": .finite(group.time.standardDeviation),
        "standardError": .finite(group.time.standardError), "p50": .finite(group.time.p50),
        "p90": .finite(group.time.p90), "p95": .finite(group.time.p95),
      ],
    ]
  }

  package static func closedForm(_ form: ClosedForm) -> JSONValue {
    [
      "ends": .array(
        form.ends.map {
          ["node": .string($0.node), "label": .string($0.label), "probability": .finite($0.probability)]
        }),
      "nodes": .array(
        form.nodes.map {
          [
            "node": .string($0.node), "visits": .finite($0.mean), "variance": .finite($0.variance),
            "reached": .finite($0.reached),
          ]
        }),
      "edges": .array(
        form.edges.map {
          [
            "source": .string($0.source), "target": .string($0.target), "label": .text($0.label),
            "probability": .finite($0.probability), "passes": .finite($0.mean), "passed": .finite($0.passed),
          ]
        }),
      "expectedNodes": .finite(form.expectedNodes), "meanTime": .finite(form.meanTime),
      "timeVariance": .finite(form.timeVariance), "meanCost": .finite(form.meanCost),
      "ignoresQueues": .bool(form.ignoresQueues),
    ]
  }
}

private struct SimulationView {
  let value: SimulationReport
  let words: FlowWords

  init(_ value: SimulationReport, unicode: Bool = true) {
    self.value = value
    words = FlowWords(unicode: unicode)
  }

  private var count: (Int) -> String { words.format.count }

  var exhibit: Exhibit {
    var exhibit = Exhibit(
      badge: "Workflow simulated", title: value.model.isEmpty ? "Workflow simulated" : value.model,
      summary: "\(count(value.result.cases)) cases, seed \(value.result.seed)"
        + (value.result.replications > 1 ? ", \(value.result.replications) replications." : "."))
    exhibit.sections = [ends, summary] + value.result.groups.map(edges) + [pools]
    if let form = value.closedForm, form.ignoresQueues {
      exhibit.notes.append("The closed form has no queues: real times are longer by the waits.")
    }
    exhibit.provenance = [("verdict", ToolVersion.current)]
    return exhibit
  }

  private var ends: Exhibit.Section {
    Exhibit.Section(
      "Ends",
      [
        .init("end"), .init("variant"), .init("cases", numeric: true), .init("share", numeric: true),
        .init("95% interval", numeric: true), .init("closed form", numeric: true),
      ],
      value.result.groups.flatMap { group in
        group.ends.enumerated().map { index, end in
          [
            "\(end.label) (\(end.node))", group.variant ?? "all", count(end.cases),
            words.rate(Double(end.cases) / Double(max(group.cases, 1))), words.interval(end.interval),
            words.rate(value.closedForm?.ends[index].probability),
          ]
        }
      })
  }

  private var summary: Exhibit.Section {
    func row(_ name: String, _ of: (SimulationResult.Group) -> String, _ form: String) -> [String] {
      [name] + value.result.groups.map(of) + [form]
    }
    let form = value.closedForm
    let deviation = form.map { $0.timeVariance.squareRoot() }
    return Exhibit.Section(
      "A case",
      [.init("")] + value.result.groups.map { .init($0.variant ?? "simulated", numeric: true) }
        + [.init("closed form", numeric: true)],
      [
        row("nodes visited", { words.format.number($0.meanNodes) }, words.format.number(form?.expectedNodes)),
        row("mean time", { words.time($0.time.mean) }, words.time(form?.meanTime)),
        row("standard deviation", { words.time($0.time.standardDeviation) }, words.time(deviation)),
        row("median time", { words.time($0.time.p50) }, ""), row("p90", { words.time($0.time.p90) }, ""),
        row("p95", { words.time($0.time.p95) }, ""),
        row("mean cost", { words.format.number($0.meanCost) }, words.format.number(form?.meanCost)),
      ])
  }

  private func edges(_ group: SimulationResult.Group) -> Exhibit.Section {
    Exhibit.Section(
      "Edges" + (group.variant.map { ", \($0)" } ?? ""),
      [
        .init("edge"), .init("entered", numeric: true), .init("passed", numeric: true), .init("rate", numeric: true),
        .init("95% interval", numeric: true, droppedAt: 1),
      ],
      group.edges.map {
        [
          words.edge($0.source, $0.target, $0.label), count($0.entered), count($0.passes),
          $0.entered > 0 ? words.rate(Double($0.passes) / Double($0.entered)) : words.format.missing,
          words.interval($0.interval),
        ]
      })
  }

  private var pools: Exhibit.Section {
    Exhibit.Section(
      "Servers",
      [
        .init("pool"), .init("servers", numeric: true), .init("jobs", numeric: true), .init("mean wait", numeric: true),
        .init("p95 wait", numeric: true), .init("used", numeric: true),
        .init("longest queue", numeric: true, droppedAt: 1),
      ],
      value.result.pools.map {
        [
          $0.name, count($0.servers), count($0.jobs), words.time($0.meanWait), words.time($0.p95Wait),
          words.rate($0.utilisation), count($0.longestQueue),
        ]
      })
  }
}
