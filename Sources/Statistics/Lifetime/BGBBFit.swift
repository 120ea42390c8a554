import Foundation

/// A BG/BB model fitted by maximum likelihood.
///
/// - Source: Fader, Hardie & Shang (2010), Marketing Science 29, section 3.
/// - Checked against: the paper's estimates for 11,104 donors (in the tests).
public struct BGBBFit: Sendable {
  /// At the maximum of the likelihood.
  public let model: BGBB
  /// Summed over customers, at the maximum.
  public let logLikelihood: Double
  /// Customers that were fitted to.
  public let customers: Int
  /// Of the start that won.
  public let iterations: Int
  /// False if the search stopped where the gradient is not zero, or at the edge of the parameter space.
  public let converged: Bool
  /// Covariance of the logarithms of the parameters; nil where the observed information is not positive definite.
  public let logCovariance: [[Double]]?

  /// - Throws: `DomainError` if no customer ever came back, or the likelihood is not finite at any starting point.
  public init(_ rows: [BGBB.Row]) throws(DomainError) {
    guard rows.contains(where: { $0.frequency > 0 }) else {
      throw DomainError("customers with a repeat purchase", 0, "must be at least 1")
    }
    let counts = rows.reduce(into: [BGBB.Row: Double]()) { $0[$1, default: 0] += 1 }.sorted {
      ($0.key.opportunities, $0.key.recency, $0.key.frequency)
        < ($1.key.opportunities, $1.key.recency, $1.key.frequency)
    }
    let longest = rows.reduce(0) { max($0, $1.opportunities) }
    let objective: Maximizer.Objective = { point in
      let p = point.map { exp($0) }
      guard let model = try? BGBB(alpha: p[0], beta: p[1], gamma: p[2], delta: p[3]) else {
        return (-.infinity, [0, 0, 0, 0])
      }
      let terms = BGBBTerms(model, upTo: longest)
      var (value, gradient) = (0.0, SIMD4<Double>())
      for (row, count) in counts {
        value += count * terms.logTotal(row)
        gradient += count * terms.gradient(row)
      }
      return (value, (0..<4).map { p[$0] * gradient[$0] })
    }
    let starts: [[Double]] = [[1, 1, 0.5, 2], [0.5, 2, 1, 5], [3, 3, 2, 20]].map { $0.map { log($0) } }
    guard let optimum = Maximizer(objective: objective).maximize(from: starts) else {
      throw DomainError("likelihood", .nan, "is not finite at any starting point")
    }
    let p = optimum.logParameters.map { exp($0) }
    model = try BGBB(alpha: p[0], beta: p[1], gamma: p[2], delta: p[3])
    logLikelihood = optimum.value
    customers = rows.count
    iterations = optimum.iterations
    converged = optimum.converged
    logCovariance = optimum.covariance
  }

  /// Of alpha, beta, gamma, delta, by the delta method.
  public var standardErrors: [Double?] {
    let parameters = [model.alpha, model.beta, model.gamma, model.delta]
    return parameters.indices.map { i in logCovariance.map { parameters[i] * $0[i][i].squareRoot() } }
  }
}
