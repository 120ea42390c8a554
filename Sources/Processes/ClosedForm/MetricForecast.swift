import Statistics
import Workflow

/// What a change of branch probabilities does to a model's metrics, and how many units show it: power from the model alone.
///
/// A metric's value in each arm, and its variance, are closed forms of the chain from the exposure (`split=`) on, one case a unit.
/// Times have none within a window: simulate them.
public struct MetricForecast: Sendable, Hashable {
  public let metric: FlowMetric
  public let control: Double
  public let treatment: Double
  public let controlDeviation: Double
  public let treatmentDeviation: Double
  /// Nil if the change does not move the metric.
  public let units: PlannedUnits?
  /// Of the treatment at the number of units asked about; nil if none was.
  public let power: Double?

  /// The forecasts of all metrics that are rates and counts.
  ///
  /// - Parameters:
  ///   - changes: the branch probabilities of the treatment.
  ///   - power: for which units are sought.
  ///   - units: of both arms together, for which the power is computed.
  /// - Throws: `ProcessFault` as `ClosedForm`, `DesignFault` for a level or a power outside (0, 1).
  public static func all(
    _ model: Model, changes: [BranchOverride], alpha: Double = 0.05, power: Double = 0.8, units: Double? = nil,
    folder: String = "."
  ) throws -> [MetricForecast] {
    let base = try ProcessModel(model, folder: folder)
    let changed = try ProcessModel(model, overrides: changes, folder: folder)
    let (before, after) = (try Chain(base), try Chain(changed))
    let origin = base.splits.keys.min() ?? base.net.start
    return try FlowMetric.all(in: base.net).filter { $0.kind != .time }.map { metric in
      let control = before.visits(to: place(metric, base), from: origin)
      let treatment = after.visits(to: place(metric, changed), from: origin)
      return try MetricForecast(
        metric, control, treatment, alpha: alpha, power: power, units: units)
    }
  }

  private static func place(_ metric: FlowMetric, _ model: ProcessModel) -> Chain.MetricPlace {
    switch metric.target {
    case .station(let station): return .station(station)
    case .arc(let arc):
      return .arc(
        source: model.net.arcs[arc].source, target: model.net.arcs[arc].target, probability: model.probabilities[arc])
    }
  }

  private typealias Visits = (mean: Double, variance: Double, reached: Double)

  private init(
    _ metric: FlowMetric, _ control: Visits, _ treatment: Visits, alpha: Double, power: Double, units: Double?
  ) throws {
    self.metric = metric
    let isRate = metric.kind == .rate
    self.control = isRate ? control.reached : control.mean
    self.treatment = isRate ? treatment.reached : treatment.mean
    func deviation(_ visits: Visits) -> Double {
      (isRate ? max(0, visits.reached * (1 - visits.reached)) : visits.variance).squareRoot()
    }
    (controlDeviation, treatmentDeviation) = (deviation(control), deviation(treatment))
    let effect = self.treatment - self.control
    guard abs(effect) > 1e-12, controlDeviation > 0, treatmentDeviation > 0 else {
      (self.units, self.power) = (nil, nil)
      return
    }
    let outcome =
      isRate
      ? try DesignOutcome.proportion(self.control)
      : try DesignOutcome.mean(
        baseline: self.control, standardDeviation: controlDeviation, treatmentStandardDeviation: treatmentDeviation)
    let design = ExperimentDesign(outcome, alpha: alpha)
    self.units = try design.units(power: power, effect: effect)
    self.power = try units.map { try design.power(units: $0, effect: effect) }
  }
}
