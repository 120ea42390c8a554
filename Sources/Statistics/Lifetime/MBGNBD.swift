/// The modified BG/NBD model: as `BGNBD`, but a customer may also leave right after the first purchase, so that P(alive) of a
/// customer who never came back is below 1.
///
/// - Source: Batislam, E. P., Denizel, M. and Filiztekin, A. (2007), "Empirical validation and comparison of models for customer
///   base analysis", International Journal of Research in Marketing 24, 201-209.
/// - Checked against: direct numerical integration over rate and leaving probability (in the tests).
public struct MBGNBD: PurchaseModel, Hashable {
  public static let name = "mbg-nbd"
  public static let parameterNames = ["r", "alpha", "a", "b"]
  public static let timeExponents: [Double] = [0, 1, 0, 0]
  private let kernel: BetaGeometricKernel

  public init(parameters: [Double]) throws(DomainError) {
    try requirePositive(parameters, Self.parameterNames)
    kernel = BetaGeometricKernel(
      r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3], immediateChances: 1)
  }

  public var parameters: [Double] { [kernel.r, kernel.alpha, kernel.a, kernel.b] }
  public func logLikelihood(_ row: CustomerHistory.Row) -> Double { kernel.logLikelihood(row) }
  public func probabilityAlive(_ row: CustomerHistory.Row) -> Double { kernel.probabilityAlive(row) }
  public func futurePurchases(_ row: CustomerHistory.Row, horizon: Double) -> PurchaseMoments {
    kernel.futurePurchases(row, horizon: horizon)
  }
  public func expectedPurchases(horizon: Double) -> Double {
    kernel.futurePurchases(.newCustomer, horizon: horizon).mean
  }
  public func logLikelihoodAndGradient(_ history: CustomerHistory) -> (value: Double, gradient: [Double]) {
    kernel.logLikelihoodAndGradient(history)
  }
  public func observedInformation(_ history: CustomerHistory, gradient: [Double]) -> [[Double]] {
    kernel.observedInformation(history, gradient: gradient)
  }
  public static func starts(_ history: CustomerHistory) -> [[Double]] { BetaGeometricKernel.starts }
}
