import Basics
import Engines
import Experiments
import Processes
import Tables
import Workflow

/// An experiment on a workflow model: the metrics that the model declares, from an event log to a verdict.
///
/// A unit is exposed when it first enters the node with `split=`; everything before does not count. Its row has one value a
/// metric, over all its cases, so that units are independent; the rows go through the same analysis as any experiment's.
public struct FlowExperiment: Sendable {
  public let model: Model
  public var measure: MeasurePlan
  public var control: String
  public var weights: [String: Double]?
  public var alpha = 0.05
  public var minimumUnits = 50

  public init(_ model: Model, measure: MeasurePlan = MeasurePlan(), control: String = "control") {
    (self.model, self.measure, self.control) = (model, measure, control)
  }

  public struct Outcome: Sendable {
    public let analysis: Analysis
    public let measurement: FlowMeasurement
    /// `unit_id,variant,exposed_at,METRIC,…`
    public let units: [UInt8]
    public let notices: [String]
  }

  /// The metrics of a model as an experiment spec has them.
  ///
  /// A rate is a proportion, counts and times are means. `role=primary` is a goal, `info` a secondary metric; `margin=` is how far
  /// a guardrail may move, such as `0.01` or `2%`.
  /// - Throws: `ProcessFault` for a declaration that is none, `PipelineFault` if there is none at all.
  public static func metrics(of model: Model) throws -> [Metric] {
    let declared = try FlowMetric.all(in: model)
    guard !declared.isEmpty else { throw PipelineFault(.noFlowMetric) }
    return try declared.map { metric in
      var options = Metric.Options()
      options.role = [.primary: .goal, .guardrail: .guardrail, .info: .secondary][metric.role] ?? .secondary
      options.direction = metric.increaseIsBetter ? .up : .down
      options.margin = try margin(of: metric, in: model)
      return Metric(
        metric.name, metric.kind == .rate ? .proportion(metric.name) : .mean(metric.name, covariates: []),
        options: options)
    }
  }

  /// `margin=` beside `metric=`.
  private static func margin(of metric: FlowMetric, in model: Model) throws -> Metric.Margin? {
    let all = model.nodes.map(\.attributes) + model.edges.map(\.attributes)
    let own = all.first { $0["metric"].map { $0 == metric.name || $0.hasSuffix("(\(metric.name))") } ?? false }
    guard let text = own?["margin"] else { return nil }
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text), number >= 0, number.isFinite else {
      throw PipelineFault(.badMargin(metric: metric.name, found: text))
    }
    return isPercent ? .relative(number / 100) : .absolute(number)
  }

  /// - Throws: `TableFault`, `ProcessFault`, `AnalysisFault` or `PipelineFault` if log, model or arms cannot be analysed.
  public func run(_ paths: [String], options: TableOptions = TableOptions()) throws -> Outcome {
    try run(EventLogReader(measure, options: options).read(paths), name: paths.first ?? "-")
  }

  package func run(_ log: EventLog, name: String) throws -> Outcome {
    let metrics = try Self.metrics(of: model)
    guard log.variants.count > 1 else { throw PipelineFault(.noVariants(found: log.variants)) }
    var measure = measure
    measure.control = control
    let outcome = try FlowMeasurer(model, measure).outcome(log)
    let table = outcome.units
    guard !table.rows.isEmpty else { throw PipelineFault(.noExposure) }
    let bytes = table.csv
    let source = try TableSource(files: [TableFile(name: "units of \(name)", bytes: bytes)])
    var request = MeasurementRequest(files: [], variantColumn: "variant", unitColumn: "unit_id", metrics: metrics)
    request.allowedBadRows = 0
    let measurements = try CSVEngine().measure(request, source)
    var plan = AnalysisPlan(metrics: metrics, control: control, weights: weights, alpha: alpha)
    plan.minimumUnits = minimumUnits
    plan.requiresGuardrails = metrics.allSatisfy { $0.options.role != .guardrail || $0.options.margin != nil }
    let analysis = try Analysis(measurements, plan: plan, isClustered: false)
    var notices = outcome.measurement.notices
    if table.unexposed > 0 { notices.append("\(table.unexposed.grouped) units were never exposed; they do not count.") }
    if table.immature > 0 {
      notices.append("\(table.immature) units have not had their window yet; they do not count.")
    }
    return Outcome(analysis: analysis, measurement: outcome.measurement, units: bytes, notices: notices)
  }

  /// An experiment spec on the units' table, to go on with `verdict run`.
  public func spec(name: String, unitsFile: String, arms: [String]) throws -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }
    let split = model.nodes.compactMap { $0.attributes["split"] }.first ?? name
    let lines =
      [
        "version: 1", "kind: experiment", "name: \(quoted(name))", "variants:",
      ] + arms.map { "  \(quoted($0)): \(quoted($0))" } + [
        "control: \(quoted(control))", "allocation:", "  scheme: verdict/1", "  salt: \(quoted(split))", "  weights:",
      ] + arms.map { "    \(quoted($0)): \(weights?[$0] ?? 1)" } + [
        "  coverage: 1", "data:", "  files: [\(quoted(unitsFile))]", "  unit: unit_id", "  variant: variant",
        "  final: true", "metrics:",
      ] + (try Self.metrics(of: model).map { "  - \(quoted($0.text))" }) + [
        "method:", "  name: fixed", "  alpha: \(alpha)", "  correction: holm", "",
      ]
    return lines.joined(separator: "\n")
  }
}
