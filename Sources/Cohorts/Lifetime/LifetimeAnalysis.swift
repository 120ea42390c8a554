import Basics
import Foundation
import Statistics

/// The steps from purchases to a projection of lifetime value; each gives a value and can be called by itself.
public enum LifetimeAnalysis {
  /// Enough data for a model and its check: at least `minimumPeriods` complete periods since the first cohort, and
  /// `minimumReturning` customers who came back.
  public static let minimumPeriods = 4
  public static let minimumReturning = 30

  /// - Returns: nil if there is enough, or a sentence that says what is missing.
  public static func missingForModel(_ purchases: PurchaseLog, _ assignment: CohortAssignment) -> String? {
    let complete = assignment.asOfPeriod - (assignment.cohortPeriods.first ?? assignment.asOfPeriod)
    guard complete >= minimumPeriods else {
      return "complete periods since the first cohort: \(complete); a model needs \(minimumPeriods)."
    }
    let returning = purchases.customers(asOf: purchases.asOfDay).count { $0.row.frequency > 0 }
    guard returning >= minimumReturning else {
      return "customers who came back: \(returning); a model needs \(minimumReturning)."
    }
    return nil
  }

  /// Fits the purchase model and, with amounts, the spend model, to all that was observed.
  ///
  /// - Throws: `DomainError` if no customer came back or the likelihood is not finite.
  public static func fit(
    _ purchases: PurchaseLog, model: LifetimeValueSettings.Model, level: ConfidenceLevel = .ninetyFive
  ) throws(DomainError) -> FittedLifetime {
    let customers = purchases.customers(asOf: purchases.asOfDay)
    let fitted = try fitPurchases(try CustomerHistory(customers.map(\.row)), model)
    let spend = purchases.hasAmounts ? SpendModel(customers, level: level) : nil
    let summary = LifetimeValue(
      model: model.rawValue, purchases: fitted.reported, spend: spend?.reported(level: level),
      probabilityAlive: fitted.aliveSummary(customers))
    return FittedLifetime(summary: summary, purchases: fitted, spend: spend?.fit, customers: customers)
  }

  /// Fits the model to the earlier part of the log and predicts the purchases of the rest: of the last `days`, or a third.
  ///
  /// Passes if the observed total lies in the interval of the predicted one, or within 15 % of it: with many customers the
  /// interval is narrower than any model is true.
  /// - Throws: `DomainError` if the model cannot be fitted to the earlier part.
  public static func holdout(
    _ purchases: PurchaseLog, model: LifetimeValueSettings.Model, level: ConfidenceLevel = .ninetyFive,
    days: Int? = nil
  ) throws(DomainError) -> LifetimeValue.Holdout {
    let first = purchases.days.min().map(Int.init) ?? purchases.asOfDay
    let span = purchases.asOfDay - first
    if let days, days >= span {
      throw DomainError("days held out", Double(days), "must leave some of the \(span) days of the log for the fit")
    }
    let end = days.map { purchases.asOfDay - $0 } ?? first + span * 2 / 3
    let customers = purchases.customers(asOf: end)
    let weeks = Double(purchases.asOfDay - end) / 7
    guard weeks > 0 else { throw DomainError("days after calibration", 0, "must be at least 1") }
    let fitted = try fitPurchases(try CustomerHistory(customers.map(\.row)), model)
    let totals = try fitted.totals(
      ProjectionRequest(
        customers: customers, groupOfCustomer: customers.map { _ in 0 }, groups: 1, horizons: [weeks], discountRate: 0,
        spend: nil, level: level))
    guard let expected = totals.overall.first?.purchases else {
      throw DomainError("horizons", 0, "must be at least 1")
    }
    let observed = customers.reduce(0) { $0 + $1.later }
    let each = customers.map { fitted.expected($0, weeks: weeks) }
    let ratio = expected.estimate > 0 ? Double(observed) / expected.estimate : .infinity
    let inside = (expected.lower ?? 0) <= Double(observed) && Double(observed) <= (expected.upper ?? -1)
    let passed = fitted.isConverged && (inside || abs(ratio - 1) <= holdoutTolerance)
    return LifetimeValue.Holdout(
      calibrationEnd: CivilDay.iso(end), customers: customers.count, expectedPurchases: expected,
      observedPurchases: observed, correlation: SpendModel.pearson(each, customers.map { Double($0.later) }),
      groups: calibrationGroups(customers, each), passed: passed,
      detail: holdoutSentence(observed, ratio: ratio, inside: inside, converged: fitted.isConverged))
  }

  static let holdoutTolerance = 0.15
  private static let lastGroup = 7

  private static func holdoutSentence(_ observed: Int, ratio: Double, inside: Bool, converged: Bool) -> String {
    guard converged else { return "the fit to the calibration part did not converge." }
    let percent = ratio.isFinite ? "\(Int((ratio * 100).rounded())) %" : "infinitely many times"
    return
      "\(observed.grouped) purchases after calibration are \(percent) of those expected, \(inside ? "inside" : "outside") the interval; passes inside it or between 85 % and 115 %."
  }

  private static func calibrationGroups(
    _ customers: [PurchaseLog.Customer], _ expected: [Double]
  ) -> [LifetimeValue.Holdout.Group] {
    var groups = (0...lastGroup).map {
      LifetimeValue.Holdout.Group(frequency: $0, customers: 0, expected: 0, observed: 0)
    }
    for (customer, mean) in zip(customers, expected) {
      let place = min(customer.row.frequency, lastGroup)
      groups[place].customers += 1
      groups[place].expected += mean
      groups[place].observed += Double(customer.later)
    }
    return groups.filter { $0.customers > 0 }.map { group in
      var mean = group
      mean.expected /= Double(group.customers)
      mean.observed /= Double(group.customers)
      return mean
    }
  }

  /// Future purchases and value of the log's customers, over all and by cohort.
  ///
  /// - Throws: `DomainError` if a customer's history is impossible.
  public static func project(
    _ fitted: FittedLifetime, _ purchases: PurchaseLog, _ assignment: CohortAssignment, settings: CohortSettings,
    lifetimeValue: LifetimeValueSettings
  ) throws(DomainError) -> LifetimeValue.Projection {
    let periodDays = settings.period.averageDays
    let groupOf = fitted.customers.map { Int(assignment.cohortOfUnit[$0.unit]) }
    let names = assignment.cohortNames
    let totals = try fitted.purchases.totals(
      ProjectionRequest(
        customers: fitted.customers, groupOfCustomer: groupOf, groups: names.count,
        horizons: (1...lifetimeValue.horizon).map { Double($0) * periodDays / 7 },
        discountRate: lifetimeValue.discountRate, spend: fitted.spend, level: settings.level))
    var observed = [(customers: Int, purchases: Int, value: Double)](repeating: (0, 0, 0), count: names.count)
    for customer in fitted.customers {
      let cohort = Int(assignment.cohortOfUnit[customer.unit])
      let slice = purchases.offsets[customer.unit]..<purchases.offsets[customer.unit + 1]
      observed[cohort].customers += 1
      observed[cohort].purchases += slice.count
      observed[cohort].value += slice.reduce(0) { $0 + purchases.values[$1] }
    }
    return LifetimeValue.Projection(
      periods: lifetimeValue.horizon, periodDays: periodDays, discountRate: lifetimeValue.discountRate,
      intervalCovers:
        "uncertainty of the parameters and the customers' own randomness, the model being right; not changes of the market",
      overall: totals.overall,
      cohorts: names.indices.filter { observed[$0].customers > 0 }.map { cohort in
        LifetimeValue.Projection.CohortProjection(
          cohort: names[cohort], size: observed[cohort].customers, observedPurchases: observed[cohort].purchases,
          observedValue: purchases.hasAmounts ? observed[cohort].value : nil, points: totals.groups[cohort])
      })
  }
}
