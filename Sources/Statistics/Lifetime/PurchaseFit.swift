import Foundation

/// A fitted purchase model, its uncertainty, and whether the search came to rest.
public struct PurchaseFit<Model: PurchaseModel>: Sendable {
  /// At the maximum of the likelihood.
  public let model: Model
  /// Summed over customers, at the maximum.
  public let logLikelihood: Double
  /// Customers that were fitted to.
  public let customers: Int
  /// Of the start that won.
  public let iterations: Int
  /// False if the search stopped where the gradient is not zero, or at the edge of the parameter space.
  public let converged: Bool
  /// Norm of the gradient on the logarithms of the parameters.
  public let gradientNorm: Double
  /// Covariance of the logarithms of the parameters; nil where the observed information is not positive definite.
  public let logCovariance: [[Double]]?

  /// Standard errors of the parameters by the delta method.
  public var standardErrors: [Double?] {
    model.parameters.indices.map { i in logCovariance.map { model.parameters[i] * $0[i][i].squareRoot() } }
  }

  /// Maximum likelihood by Newton's method from several starts, with time scaled to the data.
  ///
  /// - Throws: `DomainError` if no start gives a finite likelihood, or no customer ever came back.
  public init(_ history: CustomerHistory) throws(DomainError) {
    guard history.rows.contains(where: { $0.frequency > 0 }) else {
      throw DomainError("customers with a repeat purchase", 0, "must be at least 1")
    }
    let (scaled, scale) = try Self.scaled(history)
    let shift = Model.timeExponents.map { $0 * log(scale) }
    let search = Maximizer { point in
      guard let model = try? Model(parameters: point.map { exp($0) }) else { return .impossible(point) }
      if let model = model as? any ExactlyDifferentiated { return model.evaluation(scaled) }
      let (value, gradient) = model.logLikelihoodAndGradient(scaled)
      return Maximizer.Evaluation(value: value, gradient: gradient) {
        model.observedInformation(scaled, gradient: gradient)
      }
    }
    let starts = Model.starts(scaled).map { $0.map { log($0) } }
    guard let optimum = search.maximize(from: starts) else {
      throw DomainError("likelihood", .nan, "is not finite at any starting point")
    }
    model = try Model(parameters: zip(optimum.logParameters, shift).map { exp($0 + $1) })
    logLikelihood = model.logLikelihood(history)
    customers = history.customers
    iterations = optimum.iterations
    converged = optimum.converged
    gradientNorm = optimum.gradientNorm
    logCovariance = optimum.covariance
  }

  /// Times divided so that the mean age is 10: the parameters are then of the order of 1 whatever the unit.
  private static func scaled(_ history: CustomerHistory) throws(DomainError) -> (CustomerHistory, Double) {
    let total = zip(history.rows, history.counts).reduce(0) { $0 + $1.0.age * $1.1 }
    let scale = total / Double(history.customers) / 10
    guard scale > 0, scale.isFinite else { throw DomainError("mean age of the customers", scale, "must be positive") }
    return (history.timeDivided(by: scale), scale)
  }

  /// Half width of the normal interval of a smooth function of the parameters, by the delta method on their logarithms.
  ///
  /// - Parameter slope: with respect to the logarithms.
  public func standardError(slope: [Double]) -> Double? {
    guard let logCovariance else { return nil }
    var variance = 0.0
    for i in slope.indices { for j in slope.indices { variance += slope[i] * slope[j] * logCovariance[i][j] } }
    return max(0, variance).squareRoot()
  }

  /// The models at a small step forwards and backwards in each log-parameter, for slopes by central differences.
  public func neighbours(step: Double = 1e-4) -> [(ahead: Model, behind: Model)] {
    model.parameters.indices.compactMap { i in
      var (ahead, behind) = (model.parameters, model.parameters)
      ahead[i] *= exp(step)
      behind[i] *= exp(-step)
      guard let a = try? Model(parameters: ahead), let b = try? Model(parameters: behind) else { return nil }
      return (a, b)
    }
  }
}
