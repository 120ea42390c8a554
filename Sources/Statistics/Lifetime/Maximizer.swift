import Foundation
import LinearAlgebra

/// Maximum likelihood of a few positive parameters, on their logarithms, by damped Newton steps.
///
/// The gradient is the model's own (exact). So is the Hessian where the model has one; else it is the gradient's central
/// difference, accurate to about ten digits. It serves the steps and the standard errors. Where it is not negative definite it is
/// shifted until it is (Levenberg's damping). Several starts; the best optimum is kept, and a start that leads to an optimum
/// already found is not followed to its end.
struct Maximizer: Sendable {
  /// The sum of the log-likelihoods, and its gradient with respect to the logarithms of the parameters.
  typealias Objective = @Sendable ([Double]) -> (value: Double, gradient: [Double])

  /// The objective at a point; minus its Hessian, symmetric, if it is asked for.
  struct Evaluation {
    var value: Double
    var gradient: [Double]
    var information: () -> [[Double]]

    /// Of parameters that no model has.
    static func impossible(_ point: [Double]) -> Evaluation {
      Evaluation(value: -.infinity, gradient: [Double](repeating: 0, count: point.count)) { [] }
    }
  }

  struct Optimum: Sendable {
    var logParameters: [Double]
    var value: Double
    var gradientNorm: Double
    var iterations: Int
    var converged: Bool
    /// Covariance of the log-parameters, from the observed information; nil where it is not positive definite.
    var covariance: [[Double]]?
  }

  /// Logarithms are kept within these bounds; an optimum at a bound has not converged.
  static let bound = 18.0
  private static let maximumIterations = 200
  /// Per unit of log-likelihood: a gradient below this times (1 + |value|) is zero to rounding.
  private static let gradientTolerance = 1e-9
  /// In logarithms: a path that comes this near to an optimum is taken to end there.
  private static let basin = 0.05

  private let evaluate: @Sendable ([Double]) -> Evaluation

  init(_ evaluate: @escaping @Sendable ([Double]) -> Evaluation) { self.evaluate = evaluate }

  /// With the Hessian by differences of the gradient.
  init(objective: @escaping Objective) {
    self.init { point in
      let (value, gradient) = objective(point)
      return Evaluation(value: value, gradient: gradient) { Self.differences(of: objective, at: point) }
    }
  }

  func maximize(from starts: [[Double]]) -> Optimum? {
    var best: Optimum?
    for start in starts {
      guard let found = climb(from: start, known: best) else { continue }
      if let kept = best, kept.value >= found.value - 1e-9 * abs(kept.value), kept.converged || !found.converged {
        continue
      }
      best = found
    }
    return best
  }

  /// Nil where the start has no likelihood, or leads to the optimum that is known.
  private func climb(from start: [Double], known: Optimum?) -> Optimum? {
    var point = start
    var here = evaluate(point)
    guard here.value.isFinite else { return nil }
    var damping = 1e-3
    var iteration = 0
    while iteration < Self.maximumIterations, Self.norm(here.gradient) > Self.gradientTolerance * (1 + abs(here.value))
    {
      if let known, known.converged, Self.norm(zip(point, known.logParameters).map(-)) < Self.basin { return nil }
      iteration += 1
      let information = here.information()
      var moved = false
      for _ in 0..<30 {
        guard let step = Self.step(information, here.gradient, damping) else {
          damping = max(10 * damping, 1e-6)
          continue
        }
        let next = zip(point, step).map { min(max($0 + $1, -Self.bound), Self.bound) }
        let there = evaluate(next)
        let isBetter =
          there.value > here.value
          || (there.value >= here.value && Self.norm(there.gradient) < Self.norm(here.gradient))
        if there.value.isFinite, isBetter {
          (point, here) = (next, there)
          damping = damping < 1e-7 ? 0 : damping / 10
          moved = true
          break
        }
        damping = max(10 * damping, 1e-6)
      }
      if !moved { break }
    }
    let norm = Self.norm(here.gradient)
    let isInside = point.allSatisfy { abs($0) < Self.bound - 1e-6 }
    return Optimum(
      logParameters: point, value: here.value, gradientNorm: norm, iterations: iteration,
      converged: isInside && norm <= 1e-6 * (1 + abs(here.value)), covariance: Self.inverse(here.information()))
  }

  /// Minus the Hessian by central differences of the gradient.
  static func differences(of objective: Objective, at point: [Double]) -> [[Double]] {
    let h = 1e-5
    let columns = point.indices.map { j in
      var (ahead, behind) = (point, point)
      ahead[j] += h
      behind[j] -= h
      return zip(objective(ahead).gradient, objective(behind).gradient).map { ($1 - $0) / (2 * h) }
    }
    return point.indices.map { i in point.indices.map { j in (columns[i][j] + columns[j][i]) / 2 } }
  }

  /// Solves (information + damping · diagonal) step = gradient, cut to a length of 3 in logarithms.
  private static func step(_ information: [[Double]], _ gradient: [Double], _ damping: Double) -> [Double]? {
    var damped = information
    let scale = information.indices.map { abs(information[$0][$0]) }.max() ?? 1
    for i in damped.indices { damped[i][i] += damping * max(abs(information[i][i]), 1e-3 * scale, 1e-12) }
    guard let matrix = try? Matrix(rows: damped), let solved = try? Cholesky(matrix).solve(gradient) else { return nil }
    let length = norm(solved)
    return length > 3 ? solved.map { $0 * 3 / length } : solved
  }

  private static func inverse(_ information: [[Double]]) -> [[Double]]? {
    guard let matrix = try? Matrix(rows: information), let inverse = try? Cholesky(matrix).inverse() else { return nil }
    return inverse.rowList
  }

  private static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
