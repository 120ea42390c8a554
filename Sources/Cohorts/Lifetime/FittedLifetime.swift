import Statistics

/// Models of purchases and spend fitted to a log: what a projection is made from.
public struct FittedLifetime: Sendable {
  /// Model, parameters, fit quality and P(alive), as reported.
  public let summary: LifetimeValue
  let purchases: any FittedPurchases
  let spend: GammaGammaFit?
  let customers: [PurchaseLog.Customer]
}

/// A fitted purchase model whose kind is chosen at run time.
protocol FittedPurchases: Sendable {
  var isConverged: Bool { get }
  var reported: LifetimeValue.Fit { get }
  func aliveSummary(_ customers: [PurchaseLog.Customer]) -> LifetimeValue.AliveSummary
  func expected(_ customer: PurchaseLog.Customer, weeks: Double) -> Double
  func probabilityAlive(_ customer: PurchaseLog.Customer) -> Double
  func totals(_ request: ProjectionRequest) throws(DomainError) -> ProjectedTotals
}

/// Whose purchases are summed, how far ahead.
struct ProjectionRequest {
  var customers: [PurchaseLog.Customer]
  var groupOfCustomer: [Int]
  var groups: Int
  /// Weeks, ascending.
  var horizons: [Double]
  var discountRate: Double
  var spend: GammaGammaFit?
  var level: ConfidenceLevel
  var covers = Coverage.outcome

  /// What an interval is of.
  enum Coverage {
    /// What will be observed: the parameters' uncertainty and the customers' own randomness.
    case outcome
    /// Its expectation: the parameters' uncertainty alone.
    case expectation
  }
}

/// Estimates by group and horizon, and over all groups.
struct ProjectedTotals {
  var groups: [[LifetimeValue.Projection.Point]]
  var overall: [LifetimeValue.Projection.Point]
}

extension PurchaseFit: FittedPurchases {
  var isConverged: Bool { converged }

  var reported: LifetimeValue.Fit {
    LifetimeValue.Fit(
      timeUnit: "week",
      parameters: Model.parameterNames.indices.map {
        LifetimeValue.Parameter(
          name: Model.parameterNames[$0], estimate: model.parameters[$0], standardError: standardErrors[$0])
      },
      logLikelihood: logLikelihood, customers: customers, converged: converged, iterations: iterations)
  }

  func aliveSummary(_ customers: [PurchaseLog.Customer]) -> LifetimeValue.AliveSummary {
    let sorted = customers.map { model.probabilityAlive($0.row) }.sorted()
    func quantile(_ p: Double) -> Double {
      let place = p * Double(sorted.count - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
    return LifetimeValue.AliveSummary(
      mean: sorted.reduce(0, +) / Double(sorted.count), lowerQuartile: quantile(0.25), median: quantile(0.5),
      upperQuartile: quantile(0.75))
  }

  func expected(_ customer: PurchaseLog.Customer, weeks: Double) -> Double {
    model.expectedPurchases(customer.row, horizon: weeks)
  }

  func probabilityAlive(_ customer: PurchaseLog.Customer) -> Double { model.probabilityAlive(customer.row) }

  func totals(_ request: ProjectionRequest) throws(DomainError) -> ProjectedTotals {
    try Projector(fit: self, request: request).totals()
  }
}

/// Fits the model that the settings name.
func fitPurchases(
  _ history: CustomerHistory, _ model: LifetimeValueSettings.Model
) throws(DomainError) -> any FittedPurchases {
  switch model {
  case .bgNBD: try PurchaseFit<BGNBD>(history)
  case .mbgNBD: try PurchaseFit<MBGNBD>(history)
  case .paretoNBD: try PurchaseFit<ParetoNBD>(history)
  case .shiftedBetaGeometric:
    throw DomainError("purchases of a contractual model", 0, "are not modelled; use bg-nbd, mbg-nbd or pareto-nbd")
  }
}
