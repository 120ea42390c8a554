import Foundation
import LinearAlgebra

/// Whether hazards are proportional: the score tests that a coefficient changes as θ g(t), for each covariate and for all.
///
/// With U, I the score and information of an event time, the score of θ is Σ g U, and its variance
/// Σ g² I - (Σ g I)(Σ I)⁻¹(Σ g I), everything at the fitted coefficients.
/// - Source: Grambsch, P. M. and Therneau, T. M. (1994), Biometrika 81, 515-526, in the score form of Therneau's `cox.zph` since
///   survival 3.0: the exact score test, without the paper's approximation of I by its mean.
/// - Checked against: numeric derivatives of the extended likelihood.
public struct ProportionalHazardsTest: Sendable, Hashable {
  /// g(t).
  public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1 less the Kaplan-Meier curve of all units just before t: robust against late outliers.
    case kaplanMeier = "km"
    case identity
    /// Times must be positive.
    case log
  }

  /// For each covariate, one degree of freedom.
  public let covariates: [CoxRegression.GlobalTest]
  /// Of all covariates together.
  public let all: CoxRegression.GlobalTest

  /// - Throws: `DomainError` if the events lie at one time, or a logarithm of 0 is asked for.
  public init(_ model: CoxRegression, scale: Scale = .kaplanMeier) throws(DomainError) {
    let sample = model.likelihood.sample
    let p = sample.p
    let g = try Self.transform(sample, scale)
    var (information, crossed, squared) = (
      Matrix(rows: p, columns: p), Matrix(rows: p, columns: p), Matrix(rows: p, columns: p)
    )
    var score = [Double](repeating: 0, count: p)
    model.likelihood.walk(model.standardised) { step in
      guard step.events > 0, let weight = g[step.time] else { return }
      for j in 0..<p {
        score[j] += weight * step.score[j]
        for i in 0..<p {
          let value = step.information[max(i, j) + min(i, j) * p]
          information[i, j] += value
          crossed[i, j] += weight * value
          squared[i, j] += weight * weight * value
        }
      }
    }
    guard let explained = try? crossed.times(Cholesky(information).solve(crossed)) else { throw Self.oneTime }
    var remaining = squared
    for j in 0..<p { for i in 0..<p { remaining[i, j] -= explained[i, j] } }
    for j in 0..<p where !(remaining[j, j] > 1e-12 * squared[j, j]) { throw Self.oneTime }
    guard let solved = try? Cholesky(remaining).solve(score) else { throw Self.oneTime }
    covariates = (0..<p).map {
      CoxRegression.GlobalTest(statistic: score[$0] * score[$0] / remaining[$0, $0], degreesOfFreedom: 1)
    }
    all = CoxRegression.GlobalTest(statistic: CoxFit.dot(solved, score), degreesOfFreedom: p)
  }

  private static var oneTime: DomainError {
    DomainError("distinct times of events", .nan, "are too few to see whether a coefficient changes")
  }

  /// g by time of events, centred on its mean over the events so that products of it keep their digits.
  private static func transform(_ sample: CoxSample, _ scale: Scale) throws(DomainError) -> [Double: Double] {
    let data = try SurvivalData(time: sample.time, event: sample.event, entry: sample.entry)
    var g: [Double: Double] = [:]
    var (survival, sum, events) = (1.0, 0.0, 0.0)
    for (k, time) in data.times.enumerated() where data.events[k] > 0 {
      if scale == .log, !(time > 0) {
        throw DomainError("time of an event", time, "must be positive for the log scale")
      }
      let value =
        switch scale {
        case .kaplanMeier: 1 - survival
        case .identity: time
        case .log: log(time)
        }
      survival *= (data.atRisk[k] - data.events[k]) / data.atRisk[k]
      g[time] = value
      sum += value * data.events[k]
      events += data.events[k]
    }
    return g.mapValues { $0 - sum / events }
  }
}
