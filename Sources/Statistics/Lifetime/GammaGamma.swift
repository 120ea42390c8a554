import Foundation

/// The Gamma-Gamma model of the value per purchase, independent of how often a customer buys.
///
/// A purchase's value is Gamma(p, ν) and ν is Gamma(q, gamma); the mean value of x repeat purchases is sufficient.
///
/// - Source: Fader, P. S. and Hardie, B. G. S. (2013), "The Gamma-Gamma model of monetary value", eqs. 1a, 3, 5.
/// - Checked against: mpmath at 50 digits, Datasets/References/gamma-gamma.json.
public struct GammaGamma: Sendable, Hashable {
  public static let name = "gamma-gamma"
  /// In the order of the paper.
  public static let parameterNames = ["p", "q", "gamma"]
  /// Shape of the value of one transaction, > 0.
  public let p: Double
  /// Shape of the customers' rates, > 0.
  public let q: Double
  /// Scale of the customers' rates, > 0, in the unit of the values.
  public let gamma: Double

  /// - Throws: `DomainError` unless all are positive and finite.
  public init(p: Double, q: Double, gamma: Double) throws(DomainError) {
    try requirePositive([p, q, gamma], Self.parameterNames)
    (self.p, self.q, self.gamma) = (p, q, gamma)
  }

  /// One customer's repeat purchases (at least 1) and their mean value (positive).
  public struct Spend: Sendable, Hashable {
    /// Transactions that the mean is of, >= 1.
    public var frequency: Int
    /// Mean value of a transaction, > 0.
    public var meanValue: Double
    /// A customer's transactions and their mean value.
    public init(frequency: Int, meanValue: Double) {
      self.frequency = frequency
      self.meanValue = meanValue
    }
  }

  /// E[value of a purchase] of a customer about whom nothing is known; nil where q <= 1 and it does not exist.
  public var populationMean: Double? { q > 1 ? p * gamma / (q - 1) : nil }

  /// E[value of a purchase | mean of x purchases]: the mean drawn to the population's. Nil where it does not exist.
  public func expectedSpend(_ spend: Spend) -> Double? {
    let x = Double(spend.frequency)
    guard spend.frequency > 0 else { return populationMean }
    let denominator = p * x + q - 1
    return denominator > 0 ? p * (gamma + x * spend.meanValue) / denominator : nil
  }

  /// Summed over customers.
  public func logLikelihood(_ spends: [Spend]) -> Double { valueAndGradient(Columns(spends)).value }

  /// Value and gradient on the logarithms of p, q, gamma.
  fileprivate func valueAndGradient(_ columns: Columns) -> (value: Double, gradient: [Double]) {
    var constants: [(value: Double, shape: Double, sum: Double)] = []
    let (logGammaQ, digammaQ) = (Special.logGamma(q), Special.digamma(q))
    for x in columns.frequencies {
      let shape = p * x
      let value = Special.logGamma(shape + q) - Special.logGamma(shape) - logGammaQ + q * log(gamma) + shape * log(x)
      constants.append((value, Special.digamma(shape), Special.digamma(shape + q)))
    }
    var (value, dp, dq, dGamma) = (0.0, 0.0, 0.0, 0.0)
    for i in columns.means.indices {
      let (k, z, logZ) = (columns.place[i], columns.means[i], columns.logMeans[i])
      let x = columns.frequencies[k]
      let total = gamma + x * z
      let logTotal = log(total)
      value += constants[k].value + (p * x - 1) * logZ - (p * x + q) * logTotal
      dp += x * (constants[k].sum - constants[k].shape + logZ + log(x) - logTotal)
      dq += constants[k].sum - digammaQ + log(gamma) - logTotal
      dGamma += q / gamma - (p * x + q) / total
    }
    return (value, [p * dp, q * dq, gamma * dGamma])
  }

  /// Customers with what depends only on x kept once per distinct x.
  fileprivate struct Columns: Sendable {
    var frequencies: [Double] = []
    var place: [Int] = []
    var means: [Double] = []
    var logMeans: [Double] = []

    init(_ spends: [Spend], scale: Double = 1) {
      var places: [Int: Int] = [:]
      for spend in spends {
        let place = places[spend.frequency] ?? frequencies.count
        if place == frequencies.count {
          places[spend.frequency] = place
          frequencies.append(Double(spend.frequency))
        }
        self.place.append(place)
        means.append(spend.meanValue / scale)
        logMeans.append(log(spend.meanValue / scale))
      }
    }
  }
}

/// A fitted Gamma-Gamma model.
public struct GammaGammaFit: Sendable {
  /// At the maximum of the likelihood.
  public let model: GammaGamma
  /// Summed over customers, at the maximum.
  public let logLikelihood: Double
  /// Customers that were fitted to.
  public let customers: Int
  /// Of the start that won.
  public let iterations: Int
  /// Whether the gradient vanished.
  public let converged: Bool
  /// Covariance of the logarithms of p, q, gamma; nil where the observed information is not positive definite.
  public let logCovariance: [[Double]]?

  /// - Throws: `DomainError` if there are fewer than 3 customers, or a frequency or mean value is not positive.
  public init(_ spends: [GammaGamma.Spend]) throws(DomainError) {
    guard spends.count >= 3 else {
      throw DomainError("customers with a repeat purchase", Double(spends.count), "must be at least 3")
    }
    for spend in spends {
      guard spend.frequency > 0 else { throw DomainError("frequency", Double(spend.frequency), "must be at least 1") }
      guard spend.meanValue > 0, spend.meanValue.isFinite else {
        throw DomainError("mean value of the purchases", spend.meanValue, "must be positive and finite")
      }
    }
    let scale = spends.reduce(0) { $0 + $1.meanValue } / Double(spends.count)
    let columns = GammaGamma.Columns(spends, scale: scale)
    let objective: Maximizer.Objective = { point in
      guard let model = try? GammaGamma(p: exp(point[0]), q: exp(point[1]), gamma: exp(point[2])) else {
        return (-.infinity, [0, 0, 0])
      }
      return model.valueAndGradient(columns)
    }
    let starts: [[Double]] = [[2, 3, 1], [6, 4, 0.5], [1, 10, 5]].map { $0.map { log($0) } }
    guard let optimum = Maximizer(objective: objective).maximize(from: starts) else {
      throw DomainError("likelihood", .nan, "is not finite at any starting point")
    }
    let point = optimum.logParameters
    model = try GammaGamma(p: exp(point[0]), q: exp(point[1]), gamma: exp(point[2]) * scale)
    logLikelihood = model.logLikelihood(spends)
    customers = spends.count
    iterations = optimum.iterations
    converged = optimum.converged
    logCovariance = optimum.covariance
  }

  /// Of p, q and gamma, by the observed information; nil where it is not positive definite.
  public var standardErrors: [Double?] {
    let parameters = [model.p, model.q, model.gamma]
    return parameters.indices.map { i in logCovariance.map { parameters[i] * $0[i][i].squareRoot() } }
  }
}
