import Statistics

/// What one customer is expected to buy and to be worth from the end of observation to the horizon.
public struct CustomerValue: Sendable, Equatable {
  /// Index of the unit in the log.
  public var unit: Int
  /// First day of the cohort's period, ISO date.
  public var cohort: String
  /// Repeat purchases; weeks from the first purchase to the last, and to the end of observation.
  public var frequency: Int
  public var recency: Double
  public var age: Double
  public var meanValue: Double
  public var probabilityAlive: Double
  /// Expectations, with the uncertainty of the models' parameters (delta method), not the customer's own randomness.
  public var purchases: CohortEstimate
  /// Discounted per period; nil without amounts.
  public var value: CohortEstimate?

  /// - Throws: `CohortFault` if the log cannot be analysed; `DomainError` if the model cannot be fitted.
  public static func all(log: EventLog, settings: CohortSettings) throws -> [CustomerValue] {
    guard let wanted = settings.lifetimeValue else { return [] }
    let assignment = try CohortAssignment(log: log, settings: settings)
    let purchases = PurchaseLog(log: log, assignment: assignment)
    let fitted = try LifetimeAnalysis.fit(purchases, model: wanted.model, level: settings.level)
    let names = assignment.cohortNames
    let customers = fitted.customers
    let totals = try fitted.purchases.totals(
      ProjectionRequest(
        customers: customers, groupOfCustomer: Array(customers.indices), groups: customers.count,
        horizons: (1...wanted.horizon).map { Double($0) * settings.period.averageDays / 7 },
        discountRate: wanted.discountRate, spend: fitted.spend, level: settings.level, covers: .expectation))
    return zip(customers, totals.groups).compactMap { customer, points in
      guard let last = points.last else { return nil }
      return CustomerValue(
        unit: customer.unit, cohort: names[Int(assignment.cohortOfUnit[customer.unit])],
        frequency: customer.row.frequency, recency: customer.row.recency, age: customer.row.age,
        meanValue: customer.meanValue, probabilityAlive: fitted.purchases.probabilityAlive(customer),
        purchases: last.purchases, value: last.value)
    }
  }
}
