import Foundation

/// A model of when customers buy and leave.
public protocol PurchaseModel: Sendable {
  static var name: String { get }
  static var parameterNames: [String] { get }
  var parameters: [Double] { get }
  /// - Throws: `DomainError` unless all parameters are positive and finite.
  init(parameters: [Double]) throws(DomainError)
  /// log-likelihood of one customer.
  func logLikelihood(_ row: CustomerHistory.Row) -> Double
  /// The log-likelihood of all customers, and its gradient with respect to the logarithms of the parameters.
  func logLikelihoodAndGradient(_ history: CustomerHistory) -> (value: Double, gradient: [Double])
  /// Minus the Hessian of that log-likelihood with respect to the logarithms of the parameters; by differences of the gradient
  /// unless the model knows better.
  ///
  /// - Parameter gradient: what `logLikelihoodAndGradient` gives.
  func observedInformation(_ history: CustomerHistory, gradient: [Double]) -> [[Double]]
  /// P(not yet gone at the end of observation | history).
  func probabilityAlive(_ row: CustomerHistory.Row) -> Double
  /// Purchases in the next `horizon` units of time, given the history.
  func futurePurchases(_ row: CustomerHistory.Row, horizon: Double) -> PurchaseMoments
  /// The same at several horizons, what does not depend on them computed once.
  func futurePurchases(_ row: CustomerHistory.Row, horizons: [Double]) -> [PurchaseMoments]
  /// E[repeat purchases of a new customer in `horizon` units of time].
  func expectedPurchases(horizon: Double) -> Double
  /// Starting points in the data's own unit of time.
  static func starts(_ history: CustomerHistory) -> [[Double]]
  /// Exponents of the unit of time in the parameters: a rate parameter alpha in time units has 1.
  static var timeExponents: [Double] { get }
}

extension PurchaseModel {
  /// Minus the Hessian by the logarithms of the parameters, by central differences of the gradient.
  public func observedInformation(_ history: CustomerHistory, gradient: [Double]) -> [[Double]] {
    Maximizer.differences(of: Self.objective(history), at: parameters.map { Foundation.log($0) })
  }

  /// The log-likelihood of all customers as a function of the logarithms of the parameters.
  static func objective(_ history: CustomerHistory) -> Maximizer.Objective {
    { point in
      guard let model = try? Self(parameters: point.map { exp($0) }) else {
        return (-.infinity, [Double](repeating: 0, count: point.count))
      }
      return model.logLikelihoodAndGradient(history)
    }
  }

  /// E[purchases in the next `horizon` units of time | history].
  public func expectedPurchases(_ row: CustomerHistory.Row, horizon: Double) -> Double {
    futurePurchases(row, horizon: horizon).mean
  }

  /// Each horizon on its own.
  public func futurePurchases(_ row: CustomerHistory.Row, horizons: [Double]) -> [PurchaseMoments] {
    horizons.map { futurePurchases(row, horizon: $0) }
  }

  /// Summed over customers.
  public func logLikelihood(_ history: CustomerHistory) -> Double {
    zip(history.rows, history.counts).reduce(0) { $0 + $1.1 * logLikelihood($1.0) }
  }
}

/// A model whose gradient and information are had together.
protocol ExactlyDifferentiated: PurchaseModel {
  func evaluation(_ history: CustomerHistory) -> Maximizer.Evaluation
}

/// Mean and variance of a number of purchases, the model's parameters being known.
public struct PurchaseMoments: Sendable, Hashable {
  public let mean: Double
  /// Of the number of purchases.
  public let variance: Double

  /// - Parameters: `first`: E[Y]; `secondFactorial`: E[Y (Y - 1)].
  init(first: Double, secondFactorial: Double) {
    mean = first
    variance = max(0, secondFactorial + first * (1 - first))
  }
}
