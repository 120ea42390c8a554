/// The BG/NBD model of repeat purchases: a customer buys at a Gamma(r, alpha) rate and leaves after each repeat purchase with a
/// Beta(a, b) probability.
///
/// - Source: Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "Counting your customers the easy way", Marketing Science 24,
///   275-284, eqs. 6, 10; Fader, Hardie & Lee (2008), "Computing P(alive) using the BG/NBD model".
/// - Checked against: mpmath at 50 digits, Datasets/References/bg-nbd.json; the paper's CDNOW estimates.
public struct BGNBD: PurchaseModel, Hashable {
  public static let name = "bg-nbd"
  /// In the order of the paper.
  public static let parameterNames = ["r", "alpha", "a", "b"]
  /// Only alpha is a time.
  public static let timeExponents: [Double] = [0, 1, 0, 0]
  fileprivate let kernel: BetaGeometricKernel

  /// r, alpha, a, b, each > 0; alpha in the unit of time of the histories.
  public init(parameters: [Double]) throws(DomainError) {
    try requirePositive(parameters, Self.parameterNames)
    kernel = BetaGeometricKernel(
      r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3], immediateChances: 0)
  }

  /// r, alpha, a, b.
  public var parameters: [Double] { [kernel.r, kernel.alpha, kernel.a, kernel.b] }
  /// Of one customer.
  public func logLikelihood(_ row: CustomerHistory.Row) -> Double { kernel.logLikelihood(row) }
  /// At the end of the history; 1 for customers who never came back.
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

extension CustomerHistory.Row {
  /// Just after the first purchase.
  static let newCustomer = CustomerHistory.Row(frequency: 0, recency: 0, age: 0)
}

extension BGNBD: ExactlyDifferentiated {
  func evaluation(_ history: CustomerHistory) -> Maximizer.Evaluation { kernel.evaluation(history) }
}
