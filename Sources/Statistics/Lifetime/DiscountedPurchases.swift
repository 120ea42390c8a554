import Foundation

/// Purchases of coming periods, each period's own discounted at its end: the sum over m of
/// (E[Y(m L)] - E[Y((m-1) L)]) / (1 + d)^m.
///
/// - Source: Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing Research 42, 415-430. Cumulative purchases are
///   not discounted; each period's increment is.
/// - Checked against: mpmath at 50 digits, Datasets/References/bg-nbd.json.
public struct DiscountedPurchases: Sendable, Hashable {
  /// How many periods are summed.
  public let periods: Int
  /// In the unit of time of the model.
  public let periodLength: Double
  /// Per period.
  public let rate: Double

  /// - Throws: `DomainError` unless there is at least one period, of positive length, and the rate is above -1.
  public init(periods: Int, periodLength: Double, rate: Double) throws(DomainError) {
    guard periods >= 1 else { throw DomainError("periods", Double(periods), "must be at least 1") }
    guard periodLength > 0, periodLength.isFinite else {
      throw DomainError("length of a period", periodLength, "must be positive and finite")
    }
    guard rate > -1, rate.isFinite else { throw DomainError("discount rate", rate, "must be above -1 and finite") }
    self.periods = periods
    self.periodLength = periodLength
    self.rate = rate
  }

  /// Over all periods.
  public func expected(_ model: some PurchaseModel, _ row: CustomerHistory.Row) -> Double {
    cumulative(model, row).last ?? 0
  }

  /// Up to the end of each period.
  public func cumulative(_ model: some PurchaseModel, _ row: CustomerHistory.Row) -> [Double] {
    var (sum, before, factor) = (0.0, 0.0, 1.0)
    return (1...periods).map { period in
      let reached = model.expectedPurchases(row, horizon: Double(period) * periodLength)
      factor /= 1 + rate
      sum += (reached - before) * factor
      before = reached
      return sum
    }
  }
}
