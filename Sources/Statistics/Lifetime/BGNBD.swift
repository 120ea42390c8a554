/// The BG/NBD model of repeat purchases: a customer buys at a Gamma(r, alpha) rate and leaves after each repeat purchase with a
/// Beta(a, b) probability.
///
/// - Source: Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers the easy way", Marketing Science 24,
///   275-284, eqs. 6, 10; Fader, Hardie & Lee (2008), "Computing P(alive) using the BG/NBD model".
/// - Checked against: mpmath at 50 digits, Datasets/References/bg-nbd.json; the paper's CDNOW estimates.
public struct BGNBD: PurchaseModel, Hashable {
  public static let name = "bg-nbd"
  public static let parameterNames = ["r", "alpha", "a", "b"]
  public static let timeExponents: [Double] = [0, 1, 0, 0]
  private let kernel: BetaGeometricKernel

  public init(parameters: [Double]) throws(DomainError) {
    try requirePositive(parameters, Self.parameterNames)
    kernel = BetaGeometricKernel(
      r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3], immediateChances: 0)
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

extension CustomerHistory.Row {
  /// Just after the first purchase.
  static let newCustomer = CustomerHistory.Row(frequency: 0, recency: 0, age: 0)
}
