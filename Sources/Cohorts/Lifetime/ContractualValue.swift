import Foundation
import Statistics

/// The shifted beta-geometric model fitted to the retention table: how long customers under contract stay, and what they are worth.
///
/// A unit is a customer from its start to its last period with activity; whoever stops does not come back.
public struct ContractualValue: Sendable, Codable, Equatable {
  public var fit: LifetimeValue.Fit
  /// Share of customers left after each renewal: observed over the cohorts that got so far, and by the model.
  public var survival: [Point]
  /// Discounted periods that a new customer pays within the horizon, the first included.
  public var expectedPeriods: CohortEstimate
  /// Mean amount of a customer's period; nil without amounts.
  public var valuePerPeriod: Double?
  /// Discounted value of a new customer within the horizon, with the uncertainty of the parameters.
  public var newCustomerValue: CohortEstimate?
  public var cohorts: [Cohort]
  /// The model fitted without the last third of the periods, against what then happened; nil with too few periods.
  public var holdout: Holdout?

  public struct Point: Sendable, Codable, Equatable {
    /// Renewals.
    public var period: Int
    public var observed: CohortEstimate?
    public var projected: CohortEstimate
  }
  public struct Cohort: Sendable, Codable, Equatable {
    public var cohort: String
    public var size: Int
    /// Customers left at the end of observation.
    public var active: Int
    /// Discounted periods that one of them is still to pay, without horizon; nil where the sum has no finite mean.
    public var residualPeriods: CohortEstimate?
  }
  public struct Holdout: Sendable, Codable, Equatable {
    public var periods: Int
    /// Customers left at the end, over the cohorts of the calibration.
    public var expected: Double
    public var observed: Int
  }

  /// - Throws: `DomainError` if no cohort has two renewals with a loss in between.
  init(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings, _ wanted: LifetimeValueSettings
  ) throws(DomainError) {
    let table = Self.survivors(log, assignment, settings)
    let fitted = try ShiftedBetaGeometricFit(table.map(\.active))
    let delta = ParameterUncertainty(fitted, settings.level)
    let (rate, horizon) = (wanted.discountRate, wanted.horizon)
    fit = Self.reported(fitted)
    let periods = delta.positive { Self.periods($0, horizon: horizon, rate: rate) }
    survival = (0...horizon).map { t in
      Point(
        period: t, observed: Self.observedShare(table, t, settings.level),
        projected: delta.share { $0.survival(periods: t)[t] })
    }
    cohorts = table.map { cohort in
      Cohort(
        cohort: cohort.name, size: cohort.active[0], active: cohort.active[cohort.active.count - 1],
        residualPeriods: delta.positiveIfAny {
          try? $0.discountedExpectedResidualLifetime(renewals: cohort.active.count, discount: rate)
        })
    }
    expectedPeriods = periods
    let value = Self.valuePerPeriod(log, assignment, table)
    valuePerPeriod = value
    newCustomerValue = value.map { mean in
      CohortEstimate(
        estimate: mean * periods.estimate, lower: periods.lower.map { $0 * mean },
        upper: periods.upper.map { $0 * mean })
    }
    holdout = Self.holdout(table)
  }

  struct Survivors {
    var name: String
    /// Customers left after 0, 1, ... renewals.
    var active: [Int]
  }

  /// From the retention table on or after each age, over complete calendar periods.
  static func survivors(
    _ log: EventLog, _ assignment: CohortAssignment, _ settings: CohortSettings
  ) -> [Survivors] {
    var settings = settings
    settings.retention = .onOrAfter
    settings.window = .calendar
    settings.maximumAge = nil
    guard let table = try? Retention.tables(log: log, assignment: assignment, settings: settings).all else { return [] }
    return table.cohorts.compactMap { cohort in
      let active = cohort.cells.compactMap(\.retained)
      return active.isEmpty ? nil : Survivors(name: cohort.cohort, active: active)
    }
  }

  private static func reported(_ fitted: ShiftedBetaGeometricFit) -> LifetimeValue.Fit {
    let estimates = [fitted.model.alpha, fitted.model.beta]
    return LifetimeValue.Fit(
      timeUnit: "none",
      parameters: estimates.indices.map {
        LifetimeValue.Parameter(
          name: ShiftedBetaGeometric.parameterNames[$0], estimate: estimates[$0],
          standardError: fitted.standardErrors[$0])
      },
      logLikelihood: fitted.logLikelihood, customers: fitted.customers, converged: fitted.converged,
      iterations: fitted.iterations)
  }

  private static func periods(_ model: ShiftedBetaGeometric, horizon: Int, rate: Double) -> Double {
    model.survival(periods: horizon - 1).reversed().reduce(0) { $1 + $0 / (1 + rate) }
  }

  private static func observedShare(_ table: [Survivors], _ t: Int, _ level: ConfidenceLevel) -> CohortEstimate? {
    let reached = table.filter { $0.active.count > t }
    return CohortEstimate(
      share: reached.reduce(0) { $0 + $1.active[t] }, of: reached.reduce(0) { $0 + $1.active[0] }, level: level)
  }

  private static func valuePerPeriod(
    _ log: EventLog, _ assignment: CohortAssignment, _ table: [Survivors]
  ) -> Double? {
    guard let amounts = log.amounts else { return nil }
    var total = 0.0
    for event in 0..<log.count where PurchaseLog.isPurchase(log, assignment, event) {
      if assignment.calendar.periodIndex(of: log.times[event]) < assignment.asOfPeriod { total += amounts[event] }
    }
    let periods = table.reduce(0) { $0 + $1.active.reduce(0, +) }
    return periods > 0 ? total / Double(periods) : nil
  }

  private static func holdout(_ table: [Survivors]) -> Holdout? {
    let longest = table.reduce(0) { max($0, $1.active.count) }
    let kept = longest * 2 / 3
    let early = table.map { Array($0.active.dropLast(longest - kept)) }.filter { !$0.isEmpty }
    guard kept >= 3, let fitted = try? ShiftedBetaGeometricFit(early) else { return nil }
    var (expected, observed) = (0.0, 0)
    for cohort in table {
      let (end, known) = (cohort.active.count - 1, cohort.active.count - 1 - (longest - kept))
      guard known >= 0 else { continue }
      let curve = fitted.model.survival(periods: end)
      expected += Double(cohort.active[known]) * curve[end] / curve[known]
      observed += cohort.active[end]
    }
    return Holdout(periods: longest - kept, expected: expected, observed: observed)
  }
}

/// Intervals of functions of the two parameters by the delta method, slopes by central differences on the log-parameters.
private struct ParameterUncertainty {
  private let model: ShiftedBetaGeometric
  private let covariance: [[Double]]?
  private let z: Double
  private static let step = 1e-4

  init(_ fit: ShiftedBetaGeometricFit, _ level: ConfidenceLevel) {
    model = fit.model
    covariance = fit.logCovariance
    z = Normal.standard.inverseSurvival(level.alpha / 2)
  }

  /// On the log-odds scale.
  func share(_ function: (ShiftedBetaGeometric) -> Double) -> CohortEstimate {
    let value = function(model)
    guard value > 0, value < 1 else { return CohortEstimate(estimate: value, lower: value, upper: value) }
    guard let error = standardError({ log(function($0) / (1 - function($0))) }) else {
      return CohortEstimate(estimate: value, lower: nil, upper: nil)
    }
    let odds = value / (1 - value)
    let (low, high) = (odds * exp(-z * error), odds * exp(z * error))
    return CohortEstimate(estimate: value, lower: low / (1 + low), upper: high / (1 + high))
  }

  /// On the log scale.
  func positive(_ function: (ShiftedBetaGeometric) -> Double) -> CohortEstimate {
    let value = function(model)
    guard value > 0, let error = standardError({ log(function($0)) }) else {
      return CohortEstimate(estimate: value, lower: nil, upper: nil)
    }
    return CohortEstimate(estimate: value, lower: value * exp(-z * error), upper: value * exp(z * error))
  }

  func positiveIfAny(_ function: (ShiftedBetaGeometric) -> Double?) -> CohortEstimate? {
    guard function(model) != nil else { return nil }
    return positive { function($0) ?? .nan }
  }

  private func standardError(_ function: (ShiftedBetaGeometric) -> Double) -> Double? {
    guard let covariance else { return nil }
    var slopes: [Double] = []
    for (a, b) in [(Self.step, 0), (0, Self.step)] {
      guard
        let ahead = try? ShiftedBetaGeometric(alpha: model.alpha * exp(a), beta: model.beta * exp(b)),
        let behind = try? ShiftedBetaGeometric(alpha: model.alpha * exp(-a), beta: model.beta * exp(-b))
      else { return nil }
      slopes.append((function(ahead) - function(behind)) / (2 * Self.step))
    }
    let variance = quadraticForm(slopes, covariance)
    return variance.isFinite && variance >= 0 ? variance.squareRoot() : nil
  }
}
