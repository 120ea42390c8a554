/// The modified BG/NBD model: as `BGNBD`, but a customer may also leave right after the first purchase, so that P(alive) of a
/// customer who never came back is below 1.
///
/// - Source: Batislam, E. P., Denizel, M. and Filiztekin, A. (2007), "Empirical validation and comparison of models for customer
///   base analysis", International Journal of Research in Marketing 24, 201-209.
/// - Checked against: direct numerical integration over rate and leaving probability (in the tests).
public struct MBGNBD: PurchaseModel, Hashable {
  public static let name = "mbg-nbd"
  /// In the order of the paper.
  public static let parameterNames = ["r", "alpha", "a", "b"]
  /// Only alpha is a time.
  public static let timeExponents: [Double] = [0, 1, 0, 0]
  fileprivate let kernel: BetaGeometricKernel

  /// r, alpha, a, b, each > 0; alpha in the unit of time of the histories.
  public init(parameters: [Double]) throws(DomainError) {
    try requirePositive(parameters, Self.parameterNames)
    kernel = BetaGeometricKernel(
      r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3], immediateChances: 1)
  }

  /// r, alpha, a, b.
  public var parameters: [Double] { [kernel.r, kernel.alpha, kernel.a, kernel.b] }
  /// Of one customer.
  public func logLikelihood(_ row: CustomerHistory.Row) -> Double { kernel.logLikelihood(row) }
  /// At the end of the history.
  public func probabilityAlive(_ row: CustomerHistory.Row) -> Double { kernel.probabilityAlive(row) }
  /// Mean and variance of the purchases in the horizon after the history.
  public func futurePurchases(_ row: CustomerHistory.Row, horizon: Double) -> PurchaseMoments {
    kernel.futurePurchases(row, horizon: horizon)
  }
  /// Of a new customer, in the horizon.
  public func expectedPurchases(horizon: Double) -> Double {
    kernel.futurePurchases(.newCustomer, horizon: horizon).mean
  }
  /// Summed over customers; the gradient by the logarithms of the parameters.
  public func logLikelihoodAndGradient(_ history: CustomerHistory) -> (value: Double, gradient: [Double]) {
    kernel.logLikelihoodAndGradient(history)
  }
  /// Minus the Hessian by the logarithms of the parameters.
  public func observedInformation(_ history: CustomerHistory, gradient: [Double]) -> [[Double]] {
    kernel.observedInformation(history)
  }
  /// Points from which fits begin, as logarithms, for histories whose time is scaled.
  public static func starts(_ history: CustomerHistory) -> [[Double]] { BetaGeometricKernel.starts }
}

extension MBGNBD: ExactlyDifferentiated {
  func evaluation(_ history: CustomerHistory) -> Maximizer.Evaluation { kernel.evaluation(history) }
}
