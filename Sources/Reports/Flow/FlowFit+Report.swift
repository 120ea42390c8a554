import Basics
import Processes
import Statistics

extension Report {
  /// What was learnt from a log, in the form asked for. CSV has one row a branch.
  public static func render(
    _ value: FlowFit, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: exhibit(value, unicode: options.unicode).text(options)
    case .json: json(value).text(pretty: true)
    case .csv: csv(value)
    case .markdown: exhibit(value).markdown
    case .html: exhibit(value).html
    }
  }

  /// The power of a model's metrics, in the form asked for. CSV has one row a metric.
  public static func render(
    _ value: [MetricForecast], as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: exhibit(value, unicode: options.unicode).text(options)
    case .json: json(value).text(pretty: true)
    case .csv: csv(value)
    case .markdown: exhibit(value).markdown
    case .html: exhibit(value).html
    }
  }

  // MARK: - Fit

  private static func exhibit(_ value: FlowFit, unicode: Bool = true) -> Exhibit {
    let words = FlowWords(unicode: unicode)
    var exhibit = Exhibit(
      badge: "Workflow fitted", title: "Learnt from a log",
      summary: "\(value.branches.count) branches and \(value.times.count) durations of "
        + "\(words.format.count(value.conformance.cases)) cases.")
    exhibit.sections = [
      Exhibit.Section(
        "Branches",
        [
          .init("edge"), .init("passed", numeric: true), .init("of", numeric: true), .init("p", numeric: true),
          .init("95% interval", numeric: true),
        ],
        value.branches.map {
          [
            words.edge($0.source, $0.target, $0.label), words.format.count($0.passes), words.format.count($0.visits),
            words.format.number($0.probability, digits: 6), words.interval($0.interval),
          ]
        }),
      Exhibit.Section(
        "Durations",
        words: "The law with the least AIC of exponential, lognormal and Weibull; open cases are censored.",
        [.init("node"), .init("law"), .init("times", numeric: true), .init("censored", numeric: true)],
        value.times.map {
          ["\($0.label) (\($0.node))", $0.law.text, words.format.count($0.times), words.format.count($0.censored)]
        }),
    ]
    exhibit.notes = value.notices
    exhibit.provenance = [("verdict", ToolVersion.current)]
    return exhibit
  }

  private static func json(_ value: FlowFit) -> JSONValue {
    [
      "schema": "verdict.flow-fit/1",
      "branches": .array(
        value.branches.map {
          .object(
            JSONObject(
              [
                ("source", .string($0.source)), ("target", .string($0.target)), ("label", .text($0.label)),
                ("passes", .integer($0.passes)), ("visits", .integer($0.visits)),
                ("probability", .finite($0.probability)),
              ] + JSONValue.limits($0.interval)))
        }),
      "durations": .array(
        value.times.map {
          [
            "node": .string($0.node), "law": .string($0.law.text), "times": .integer($0.times),
            "censored": .integer($0.censored),
          ]
        }), "fittingCases": .integer(value.conformance.fittingCases), "cases": .integer(value.conformance.cases),
      "notices": .array(value.notices.map(JSONValue.string)), "provenance": ["version": .string(ToolVersion.current)],
    ]
  }

  private static func csv(_ value: FlowFit) -> String {
    var csv = CSVText(header: ["source", "target", "label", "passes", "visits", "p", "lower", "upper"])
    for branch in value.branches {
      csv.add([
        branch.source, branch.target, branch.label ?? "", CSVText.number(branch.passes), CSVText.number(branch.visits),
        CSVText.number(branch.probability), CSVText.number(branch.interval.lower),
        CSVText.number(branch.interval.upper),
      ])
    }
    return csv.text
  }

  // MARK: - Power

  private static func exhibit(_ value: [MetricForecast], unicode: Bool = true) -> Exhibit {
    let words = FlowWords(unicode: unicode)
    func shown(_ number: Double, _ metric: FlowMetric) -> String {
      metric.kind == .rate ? words.rate(number) : words.format.number(number)
    }
    var exhibit = Exhibit(
      badge: "Power from the model", title: "Power of the model's metrics",
      summary: "From the closed form of both arms, one case a unit, arms of equal size.")
    exhibit.sections = [
      Exhibit.Section(
        "Metrics",
        [
          .init("metric"), .init("role"), .init("at"), .init("control", numeric: true),
          .init("treatment", numeric: true),
          .init("difference", numeric: true), .init("units needed", numeric: true), .init("power", numeric: true),
        ],
        value.map { forecast in
          let difference = forecast.treatment - forecast.control
          return [
            forecast.metric.name, forecast.metric.role.rawValue, forecast.metric.place,
            shown(forecast.control, forecast.metric), shown(forecast.treatment, forecast.metric),
            forecast.metric.kind == .rate
              ? words.format.points(difference) : words.format.number(difference, signed: true),
            forecast.units.map { words.format.count($0.total) } ?? "not moved",
            forecast.power.map { words.format.percent($0) } ?? "",
          ]
        })
    ]
    exhibit.provenance = [("verdict", ToolVersion.current)]
    return exhibit
  }

  private static func json(_ value: [MetricForecast]) -> JSONValue {
    [
      "schema": "verdict.flow-power/1",
      "metrics": .array(
        value.map { forecast in
          [
            "name": .string(forecast.metric.name), "kind": .string(forecast.metric.kind.rawValue),
            "role": .string(forecast.metric.role.rawValue), "place": .string(forecast.metric.place),
            "control": .finite(forecast.control), "treatment": .finite(forecast.treatment),
            "controlDeviation": .finite(forecast.controlDeviation),
            "treatmentDeviation": .finite(forecast.treatmentDeviation),
            "units": forecast.units.map { .integer($0.total) } ?? .null, "power": .finite(forecast.power),
          ]
        }), "provenance": ["version": .string(ToolVersion.current)],
    ]
  }

  private static func csv(_ value: [MetricForecast]) -> String {
    var csv = CSVText(header: ["metric", "kind", "role", "place", "control", "treatment", "units", "power"])
    for forecast in value {
      csv.add([
        forecast.metric.name, forecast.metric.kind.rawValue, forecast.metric.role.rawValue, forecast.metric.place,
        CSVText.number(forecast.control), CSVText.number(forecast.treatment), CSVText.number(forecast.units?.total),
        CSVText.number(forecast.power),
      ])
    }
    return csv.text
  }
}
