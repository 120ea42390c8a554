import Foundation
import Statistics

/// The Gamma-Gamma model of a log's purchases, with the check of its assumption.
struct SpendModel {
  let fit: GammaGammaFit
  let correlation: CohortEstimate?

  /// - Returns: nil if there are no amounts, or too few customers with repeat purchases of positive value.
  init?(_ customers: [PurchaseLog.Customer], level: ConfidenceLevel) {
    let spends = customers.filter { $0.row.frequency > 0 && $0.meanValue > 0 }.map {
      GammaGamma.Spend(frequency: $0.row.frequency, meanValue: $0.meanValue)
    }
    guard let fit = try? GammaGammaFit(spends) else { return nil }
    self.fit = fit
    correlation = Self.correlation(spends, level)
  }

  /// Pearson's, with Fisher's interval.
  static func correlation(_ spends: [GammaGamma.Spend], _ level: ConfidenceLevel) -> CohortEstimate? {
    guard let r = pearson(spends.map { Double($0.frequency) }, spends.map(\.meanValue)) else { return nil }
    guard spends.count > 3, abs(r) < 1 else { return CohortEstimate(estimate: r, lower: nil, upper: nil) }
    let half = Normal.standard.inverseSurvival(level.alpha / 2) / Double(spends.count - 3).squareRoot()
    return CohortEstimate(estimate: r, lower: tanh(atanh(r) - half), upper: tanh(atanh(r) + half))
  }

  static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
    let n = Double(x.count)
    guard n > 1 else { return nil }
    let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    var (sxx, syy, sxy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      sxx += (a - mx) * (a - mx)
      syy += (b - my) * (b - my)
      sxy += (a - mx) * (b - my)
    }
    guard sxx > 0, syy > 0 else { return nil }
    return max(-1, min(1, sxy / (sxx * syy).squareRoot()))
  }

  func reported(level: ConfidenceLevel) -> LifetimeValue.SpendFit {
    let names = GammaGamma.parameterNames
    let estimates = [fit.model.p, fit.model.q, fit.model.gamma]
    return LifetimeValue.SpendFit(
      fit: LifetimeValue.Fit(
        timeUnit: "none",
        parameters: names.indices.map {
          LifetimeValue.Parameter(name: names[$0], estimate: estimates[$0], standardError: fit.standardErrors[$0])
        },
        logLikelihood: fit.logLikelihood, customers: fit.customers, converged: fit.converged, iterations: fit.iterations
      ),
      populationMean: populationMean(level), frequencyCorrelation: correlation)
  }

  private func populationMean(_ level: ConfidenceLevel) -> CohortEstimate? {
    guard let mean = fit.model.populationMean else { return nil }
    // On the log scale: d log(mean) = d log p + d log gamma - q / (q - 1) d log q.
    let slope = [1, -fit.model.q / (fit.model.q - 1), 1]
    guard let covariance = fit.logCovariance else { return CohortEstimate(estimate: mean, lower: nil, upper: nil) }
    let error = max(0, quadraticForm(slope, covariance)).squareRoot()
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    return CohortEstimate(estimate: mean, lower: mean * exp(-z * error), upper: mean * exp(z * error))
  }

  /// E[value] and E[1/ν²]-type second moment of the purchases of a customer, under a model.
  static func moments(_ model: GammaGamma, _ customer: PurchaseLog.Customer) -> (mean: Double, inverseSquare: Double?)?
  {
    let x = customer.meanValue > 0 ? Double(customer.row.frequency) : 0
    let (shape, rate) = (model.q + model.p * x, model.gamma + x * customer.meanValue)
    guard shape > 1 else { return nil }
    let square = shape > 2 ? rate * rate / ((shape - 1) * (shape - 2)) : nil
    return (model.p * rate / (shape - 1), square)
  }
}

func quadraticForm(_ vector: [Double], _ matrix: [[Double]]) -> Double {
  var sum = 0.0
  for i in vector.indices { for j in vector.indices { sum += vector[i] * vector[j] * matrix[i][j] } }
  return sum
}
