import Basics
import Processes
import Statistics
import Workflow

extension Report {
  /// A measured log in the form asked for. CSV has one row an edge and group.
  ///
  /// - Parameter model: if given, the page shows it with the numbers on its edges: of two variants side by side where there are
  ///   some, else of all cases.
  public static func render(
    _ value: FlowMeasurement, on model: Model? = nil, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: FlowMeasurementView(value, unicode: options.unicode).exhibit.text(options)
    case .json: FlowMeasurementJSON(value).value.text(pretty: true)
    case .csv: csv(value)
    case .markdown: FlowMeasurementView(value).exhibit.markdown
    case .html: page(value, model)
    }
  }

  private static func page(_ value: FlowMeasurement, _ model: Model?) -> String {
    var exhibit = FlowMeasurementView(value).exhibit
    exhibit.drawing = model.map {
      $0.svg(DrawingOptions(overlay: Overlay(value, of: $0, showing: value.comparison == nil ? .counts : .variants)))
    }
    return exhibit.html
  }

  private static func csv(_ value: FlowMeasurement) -> String {
    var csv = CSVText(header: [
      "variant", "cohort", "source", "target", "label", "entered", "passes", "cases", "open", "dropped", "rate",
      "lower", "upper", "design_effect",
    ])
    for group in value.groups {
      for edge in group.edges {
        csv.add([
          group.variant ?? "", group.cohort ?? "", edge.source, edge.target, edge.label ?? "",
          CSVText.number(edge.entered), CSVText.number(edge.passes), CSVText.number(edge.cases),
          CSVText.number(edge.open), CSVText.number(edge.dropped), CSVText.number(edge.rate),
          CSVText.number(edge.interval?.lower), CSVText.number(edge.interval?.upper),
          CSVText.number(edge.designEffect),
        ])
      }
    }
    return csv.text
  }
}

/// A measurement in words and tables.
private struct FlowMeasurementView {
  let value: FlowMeasurement
  let words: FlowWords
  private var count: (Int) -> String { words.format.count }

  init(_ value: FlowMeasurement, unicode: Bool = true) {
    self.value = value
    words = FlowWords(unicode: unicode)
  }

  var exhibit: Exhibit {
    let fitting = Double(value.conformance.fittingCases) / Double(max(value.conformance.cases, 1))
    var exhibit = Exhibit(
      badge: "Workflow measured", title: value.model.isEmpty ? "Workflow measured" : value.model,
      summary:
        "\(count(value.cases)) cases of \(count(value.units)) units, \(count(value.quality.rows)) rows, observed "
        + "until \(words.date(value.asOf)). \(words.rate(fitting)) of the cases fit the model.")
    if let all = value.groups.first {
      exhibit.tiles = tiles(all, fitting)
      exhibit.sections = [ends(all), funnel(all), times(all)]
    }
    exhibit.sections += [groups, conformance, comparison]
    exhibit.notes = value.notices + explanations
    exhibit.provenance =
      value.files.map { ($0.name, "\(words.format.bytes($0.bytes)), \($0.fingerprint)") } + [
        ("verdict", ToolVersion.current)
      ]
    return exhibit
  }

  private func tiles(
    _ all: FlowMeasurement.Group, _ fitting: Double
  ) -> [(name: String, value: String, note: String, tone: String)] {
    all.ends.prefix(3).map { ($0.label, words.rate($0.share), words.interval($0.interval), "") } + [
      ("median time to an end", words.quantile(all.cycle.median), "\(count(all.cycle.censored)) cases still open", ""),
      (
        "cases that fit the model", words.rate(fitting), "\(value.conformance.deviations.count) kinds of deviation",
        fitting < 0.95 ? "bad" : "good"
      ),
    ]
  }

  private func ends(_ all: FlowMeasurement.Group) -> Exhibit.Section {
    Exhibit.Section(
      "Ends",
      words: "\(count(all.open)) cases are open" + (value.window == nil ? "." : ", \(count(all.dropped)) dropped."),
      [.init("end"), .init("cases", numeric: true), .init("share", numeric: true), .init(levelTitle, numeric: true)],
      all.ends.map { ["\($0.label) (\($0.node))", count($0.cases), words.rate($0.share), words.interval($0.interval)] })
  }

  private var levelTitle: String { "\(words.format.percent(value.level)) interval" }

  private func funnel(_ all: FlowMeasurement.Group) -> Exhibit.Section {
    Exhibit.Section(
      "Funnel by edge",
      [
        .init("edge"), .init("entered", numeric: true), .init("passed", numeric: true),
        .init("open", numeric: true, droppedAt: 2),
        .init("dropped", numeric: true, droppedAt: 3), .init("rate", numeric: true),
        .init(levelTitle, numeric: true, droppedAt: 1),
      ],
      all.edges.map { edge in
        [
          words.edge(edge.source, edge.target, edge.label), count(edge.entered), count(edge.passes), count(edge.open),
          count(edge.dropped), words.rate(edge.rate), words.interval(edge.interval),
        ]
      })
  }

  private func times(_ all: FlowMeasurement.Group) -> Exhibit.Section {
    let hasWork = all.nodes.contains { $0.work != nil }
    return Exhibit.Section(
      "Nodes", words: "Time from the node's event to the next one; open cases are censored, not left out.",
      [
        .init("node"), .init("visits", numeric: true), .init("cases", numeric: true, droppedAt: 4),
        .init("rework", numeric: true, droppedAt: 3), .init("median", numeric: true),
        .init("p90", numeric: true, droppedAt: 1),
        .init("p95", numeric: true, droppedAt: 2),
      ] + (hasWork ? [.init("work, median", numeric: true)] : []),
      all.nodes.map { node in
        let rework = node.cases > 0 ? words.rate(Double(node.reworked) / Double(node.cases)) : words.format.missing
        let quantiles = node.dwell.map { $0.quantiles.map(words.quantile) } ?? ["", "", ""]
        return ["\(node.label) (\(node.node))", count(node.visits), count(node.cases), rework] + quantiles
          + (hasWork ? [node.work.map { words.quantile($0.median) } ?? ""] : [])
      } + [
        ["whole case", "", count(all.cases), ""] + all.cycle.quantiles.map(words.quantile) + (hasWork ? [""] : [])
      ])
  }

  private var groups: Exhibit.Section {
    let shown = value.groups.dropFirst()
    return Exhibit.Section(
      "By variant and cohort",
      [
        .init("variant"), .init("cohort"), .init("cases", numeric: true), .init("open", numeric: true, droppedAt: 2),
        .init("median time", numeric: true, droppedAt: 1),
      ] + (shown.first?.ends.map { .init($0.label, numeric: true) } ?? []),
      shown.map { group in
        [
          group.variant ?? "all", group.cohort ?? "all", count(group.cases), count(group.open),
          words.quantile(group.cycle.median),
        ] + group.ends.map { words.rate($0.share) }
      })
  }

  private var conformance: Exhibit.Section {
    let names: [Conformance.Kind: String] = [
      .unknownEvent: "unknown event", .skip: "skipped", .wrongOrder: "wrong order", .forbiddenJump: "forbidden jump",
    ]
    let all = value.conformance.deviations
    let hidden = all.count > 30 ? " The 30 most frequent of \(all.count)." : ""
    return Exhibit.Section(
      "Where the log leaves the model", words: "The cheapest walk of the model that explains each case.\(hidden)",
      [
        .init("kind"), .init("what"), .init("nodes", droppedAt: 1), .init("count", numeric: true),
        .init("cases", numeric: true), .init("for example"),
      ],
      all.prefix(30).map {
        [names[$0.kind] ?? "", $0.what, $0.nodes.joined(separator: ", "), count($0.count), count($0.cases), $0.example]
      })
  }

  private var comparison: Exhibit.Section {
    guard let found = value.comparison else { return Exhibit.Section("", [], []) }
    return Exhibit.Section(
      "Differences between variants",
      words:
        "All edges together: chi-square \(words.format.number(found.statistic)) with \(found.degreesOfFreedom) degrees "
        + "of freedom, p \(words.format.pValue(found.pValue)). Single edges by Holm, never below that.",
      [
        .init("edge"), .init("variant"), .init(found.control, numeric: true), .init("rate", numeric: true),
        .init("difference", numeric: true), .init(levelTitle, numeric: true, droppedAt: 1),
        .init("p adj.", numeric: true),
      ],
      found.edges.map { edge in
        [
          words.edge(edge.source, edge.target, edge.label), edge.variant, words.rate(edge.controlRate),
          words.rate(edge.rate), words.format.points(edge.difference),
          words.format.pointsInterval(edge.interval.lower, edge.interval.upper),
          words.format.pValue(edge.adjustedPValue),
        ]
      })
  }

  private var explanations: [String] {
    var notes = [
      "Rates are of visits whose next step is known; open ones are shown and not counted."
    ]
    if value.isClustered { notes.append("Units have several cases: intervals and tests are by unit.") }
    if !value.conformance.ambiguities.isEmpty {
      notes.append(
        "The log cannot tell two silent ways apart between \(value.conformance.ambiguities.prefix(5).joined(separator: ", ")); "
          + "event= on an edge can.")
    }
    return notes
  }
}

/// `verdict.flow-measure/1`
private struct FlowMeasurementJSON {
  let measurement: FlowMeasurement

  init(_ measurement: FlowMeasurement) { self.measurement = measurement }

  var value: JSONValue {
    let quality = measurement.quality
    return [
      "schema": "verdict.flow-measure/1", "model": .string(measurement.model),
      "input": [
        "files": .array(
          measurement.files.map {
            ["name": .string($0.name), "bytes": .integer($0.bytes), "fingerprint": .string($0.fingerprint)]
          }), "rows": .integer(quality.rows), "unreadableRows": .integer(quality.badRows),
        "outOfOrder": .integer(quality.outOfOrder), "otherLifecycle": .integer(quality.otherLifecycle),
        "mixedVariants": .integer(quality.mixedVariants),
      ],
      "cases": .integer(measurement.cases), "units": .integer(measurement.units),
      "mixedUnits": .integer(measurement.mixedUnits), "asOf": .number(measurement.asOf),
      "window": .finite(measurement.window), "level": .number(measurement.level),
      "groups": .array(measurement.groups.map(group)), "conformance": conformance(measurement.conformance),
      "comparison": measurement.comparison.map(comparison) ?? .null,
      "notices": .array(measurement.notices.map(JSONValue.string)),
      "provenance": ["version": .string(ToolVersion.current)],
    ]
  }

  private func group(_ group: FlowMeasurement.Group) -> JSONValue {
    [
      "variant": .text(group.variant), "cohort": .text(group.cohort), "cases": .integer(group.cases),
      "units": .integer(group.units), "open": .integer(group.open), "dropped": .integer(group.dropped),
      "ends": .array(
        group.ends.map { end in
          .object(
            JSONObject(
              [
                ("node", .string(end.node)), ("label", .string(end.label)), ("cases", .integer(end.cases)),
                ("share", .finite(end.share)),
              ] + JSONValue.limits(end.interval)))
        }),
      "nodes": .array(group.nodes.map(node)), "edges": .array(group.edges.map(edge)), "cycle": times(group.cycle),
    ]
  }

  private func node(_ node: FlowMeasurement.NodeMeasure) -> JSONValue {
    [
      "node": .string(node.node), "label": .string(node.label), "visits": .integer(node.visits),
      "cases": .integer(node.cases), "reworked": .integer(node.reworked), "open": .integer(node.open),
      "dropped": .integer(node.dropped), "jumpedFrom": .integer(node.jumpedFrom), "jumpedTo": .integer(node.jumpedTo),
      "dwell": node.dwell.map(times) ?? .null, "work": node.work.map(times) ?? .null,
    ]
  }

  private func edge(_ edge: FlowMeasurement.EdgeMeasure) -> JSONValue {
    .object(
      JSONObject(
        [
          ("source", .string(edge.source)), ("target", .string(edge.target)), ("label", .text(edge.label)),
          ("entered", .integer(edge.entered)), ("passes", .integer(edge.passes)), ("cases", .integer(edge.cases)),
          ("open", .integer(edge.open)), ("dropped", .integer(edge.dropped)), ("rate", .finite(edge.rate)),
        ] + JSONValue.limits(edge.interval) + [("designEffect", .finite(edge.designEffect))]))
  }

  private func times(_ times: KaplanMeierQuantiles) -> JSONValue {
    [
      "events": .integer(times.events), "censored": .integer(times.censored),
      "quantiles": .array(
        times.quantiles.map {
          [
            "probability": .number($0.probability), "seconds": .finite($0.estimate), "lower": .finite($0.lower),
            "upper": .finite($0.upper),
          ]
        }),
    ]
  }

  private func conformance(_ value: Conformance) -> JSONValue {
    [
      "cases": .integer(value.cases), "fittingCases": .integer(value.fittingCases), "events": .integer(value.events),
      "explainedEvents": .integer(value.explainedEvents), "duplicates": .integer(value.duplicates),
      "deviations": .array(
        value.deviations.map {
          [
            "kind": .string($0.kind.rawValue), "what": .string($0.what),
            "nodes": .array($0.nodes.map(JSONValue.string)), "count": .integer($0.count), "cases": .integer($0.cases),
            "example": .string($0.example),
          ]
        }), "ambiguities": .array(value.ambiguities.map(JSONValue.string)),
    ]
  }

  private func comparison(_ value: VariantComparison) -> JSONValue {
    [
      "control": .string(value.control),
      "global": [
        "statistic": .finite(value.statistic), "degreesOfFreedom": .integer(value.degreesOfFreedom),
        "pValue": .finite(value.pValue),
      ],
      "edges": .array(
        value.edges.map { edge in
          .object(
            JSONObject(
              [
                ("variant", .string(edge.variant)), ("source", .string(edge.source)),
                ("target", .string(edge.target)), ("label", .text(edge.label)), ("control", .finite(edge.controlRate)),
                ("treatment", .finite(edge.rate)), ("difference", .finite(edge.difference)),
                ("standardError", .finite(edge.standardError)),
              ] + JSONValue.limits(edge.interval) + [
                ("pValue", .finite(edge.pValue)), ("adjustedPValue", .finite(edge.adjustedPValue)),
              ]))
        }),
    ]
  }
}
