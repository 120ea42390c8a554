import Foundation

/// Which of several independent arms is the best.
///
/// P(arm i is best) = ∫ f_i Π_{j≠i} F_j. The expected loss E[max - own] = ∫ F_i (1 - Π_{j≠i} F_j) dx is taken in parts,
/// 1 - Π F_j = Σ_j (1 - F_j) Π_{l<j} F_l: each part is positive with one maximum. k arms cost k (k + 1) integrals.
/// - Checked against: Gauss-Legendre rules on scipy's beta and mpmath, Datasets/References/probability-best.json,
///   bayesian.json.
public enum BestArm {
  /// The probability of each arm that its parameter is the greatest; they add up to 1. One arm is the best for sure.
  public static func probabilities<Arm: Posterior>(_ arms: [Arm]) -> [Double] {
    guard arms.count > 1 else { return arms.map { _ in 1 } }
    return arms.indices.map { i in
      exp(
        integral(arms) { u in
          arms.indices.reduce(arms[i].logDensity(natural: u)) { sum, j in
            j == i ? sum : sum + arms[j].logTails(natural: u).lower
          }
        })
    }
  }

  /// For each arm, E[greatest - own], in the parameter's unit.
  public static func expectedLosses<Arm: Posterior>(_ arms: [Arm]) -> [Double] {
    arms.indices.map { i in
      let others = arms.indices.filter { $0 != i }
      return others.indices.reduce(0) { $0 + exp(loss(arms, of: i, others, part: $1)) }
    }
  }

  /// log ∫ F_i (1 - F_j) Π_{l before j} F_l dx.
  private static func loss<Arm: Posterior>(_ arms: [Arm], of i: Int, _ others: [Int], part: Int) -> Double {
    integral(arms) { u in
      let last = arms[others[part]].logTails(natural: u).upper + arms[i].logSlope(natural: u)
      return others[..<part].reduce(last + arms[i].logTails(natural: u).lower) { sum, l in
        sum + arms[l].logTails(natural: u).lower
      }
    }
  }

  private static func integral<Arm: Posterior>(_ arms: [Arm], _ h: @escaping (Double) -> Double) -> Double {
    let start = arms.map(\.naturalMean).max() ?? 0
    let scale = arms.map(\.naturalDeviation).min() ?? 1
    return PosteriorIntegral.log(from: start, scale: scale, h)
  }
}
