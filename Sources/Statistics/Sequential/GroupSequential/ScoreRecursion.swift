import Foundation

/// A score process B(t) ~ N(drift t, t) with independent increments, seen at looks for as long as it stays between bounds.
///
/// It holds the sub-density of the score over the continuation region of the last look as a quadrature: scores and masses.
/// The canonical joint distribution of the z-statistics is Z = B(t) / √t. Panels of the 20-point Gauss-Legendre rule are
/// sized by the increments of information before and after the look, which bound how fast the integrand changes, so looks
/// that lie close together are as exact as others. Buffers are swapped, not reallocated.
/// - Source: Armitage, P., McPherson, C. K. and Rowe, B. C. (1969), "Repeated significance tests on accumulating data",
///   Journal of the Royal Statistical Society A 132, pp. 235-244; Jennison, C. and Turnbull, B. W. (2000), "Group
///   Sequential Methods with Applications to Clinical Trials", chapter 19.
struct ScoreRecursion {
  private(set) var drift: Double
  /// Information of the last look taken, 0 before the first.
  private(set) var information = 0.0
  private var scores: [Double] = [0]
  private var masses: [Double] = [1]
  private var nextScores: [Double] = []
  private var nextMasses: [Double] = []

  /// Standard deviations of the score that are kept on either side of its mean.
  private static let reach = 10.0
  /// Width of a panel, in standard deviations of the product of the two densities that meet in the integrand.
  private static let panelWidth = 6.5

  init(drift: Double = 0) { self.drift = drift }

  /// Back to before the first look; the buffers are kept.
  mutating func restart(drift: Double) {
    self.drift = drift
    information = 0
    scores.removeAll(keepingCapacity: true)
    masses.removeAll(keepingCapacity: true)
    scores.append(0)
    masses.append(1)
  }

  /// P(not stopped before, and the score at information `t` is at least `score`).
  func upperTail(_ score: Double, at t: Double) -> Double {
    tail(score, at: t) { Normal.upperTail($0) }
  }

  /// P(not stopped before, and the score at information `t` is at most `score`).
  func lowerTail(_ score: Double, at t: Double) -> Double {
    tail(score, at: t) { Normal.upperTail(-$0) }
  }

  @inline(__always)
  private func tail(_ score: Double, at t: Double, _ law: (Double) -> Double) -> Double {
    let step = t - information
    let (scale, shift) = (1 / step.squareRoot(), score - drift * step)
    return scores.withUnsafeBufferPointer { scores in
      masses.withUnsafeBufferPointer { masses in
        var sum = 0.0
        for i in 0..<scores.count { sum += masses[i] * law((shift - scores[i]) * scale) }
        return sum
      }
    }
  }

  /// The sub-density of the score at information `t`.
  func density(_ score: Double, at t: Double) -> Double {
    let step = t - information
    let shift = score - drift * step
    var sum = 0.0
    for i in scores.indices {
      let gap = shift - scores[i]
      sum += masses[i] * exp(-0.5 * gap * gap / step)
    }
    return sum / (2 * .pi * step).squareRoot()
  }

  /// Takes the look at information `t` and goes on if the score lies between the bounds.
  ///
  /// - Parameter next: information of the look after this one, which decides how fine the quadrature must be.
  mutating func advance(between lower: Double, _ upper: Double, at t: Double, next: Double) {
    let step = t - information
    let spread = Self.reach * t.squareRoot()
    let (low, high) = (max(lower, drift * t - spread), min(upper, drift * t + spread))
    layPanels(low, high, width: Self.panelWidth / (1 / step + 1 / (next - t)).squareRoot())
    fillMasses(step: step)
    swap(&scores, &nextScores)
    swap(&masses, &nextMasses)
    information = t
  }

  private mutating func layPanels(_ low: Double, _ high: Double, width: Double) {
    nextScores.removeAll(keepingCapacity: true)
    nextMasses.removeAll(keepingCapacity: true)
    // A drift that is no number leaves no mass.
    guard low < high, low.isFinite, high.isFinite else { return }
    let panels = Int(min(max(1, ((high - low) / width).rounded(.up)), 1e6))
    let size = (high - low) / Double(panels)
    for panel in 0..<panels {
      let start = low + Double(panel) * size
      for node in Self.rule {
        nextScores.append(start + size * node.x)
        nextMasses.append(size * node.weight)
      }
    }
  }

  /// Ascending, so that a window over the scores can move on.
  private static let rule = GaussLegendre.nodes.sorted { $0.x < $1.x }

  /// Multiplies the weights in `nextMasses` by the sub-density, a convolution with the increment's normal density.
  private mutating func fillMasses(step: Double) {
    let (halfPrecision, norm) = (-0.5 / step, 1 / (2 * .pi * step).squareRoot())
    let (shift, window) = (drift * step, Self.reach * step.squareRoot())
    scores.withUnsafeBufferPointer { scores in
      masses.withUnsafeBufferPointer { masses in
        nextScores.withUnsafeBufferPointer { nextScores in
          nextMasses.withUnsafeMutableBufferPointer { nextMasses in
            var (first, end) = (0, 0)
            for j in 0..<nextScores.count {
              let center = nextScores[j] - shift
              while first < scores.count, scores[first] < center - window { first += 1 }
              while end < scores.count, scores[end] <= center + window { end += 1 }
              var sum = 0.0
              for i in first..<max(first, end) {
                let gap = center - scores[i]
                sum += masses[i] * exp(halfPrecision * gap * gap)
              }
              nextMasses[j] *= sum * norm
            }
          }
        }
      }
    }
  }

  /// The score at information `t` above which `probability` lies; infinite if there is nothing to spend.
  func upperScore(spending probability: Double, at t: Double) -> Double {
    score(spending: probability, at: t, side: 1) { upperTail($0, at: t) }
  }

  /// The score at information `t` below which `probability` lies; -infinity if there is nothing to spend.
  func lowerScore(spending probability: Double, at t: Double) -> Double {
    score(spending: probability, at: t, side: -1) { lowerTail($0, at: t) }
  }

  /// Newton's method on the logarithm of the tail, which is concave. It starts outside of the root and so comes in to it
  /// without overshooting.
  private func score(
    spending probability: Double, at t: Double, side: Double, tail: (Double) -> Double
  ) -> Double {
    guard probability > 0 else { return side * .infinity }
    let (step, reach) = (t - information, Normal.upperQuantile(min(probability, 1)))
    // Two scores that are not inside of the root: the quantile without stopping, and the one from the edge of the region.
    let edge = (side > 0 ? scores.last : scores.first) ?? 0
    let free = drift * t + side * t.squareRoot() * reach
    let fromEdge = edge + drift * step + side * step.squareRoot() * reach
    var score = side > 0 ? min(free, fromEdge) : max(free, fromEdge)
    guard probability > Self.negligible, information > 0, score.isFinite else { return score }
    let precision = 1e-14 * step.squareRoot()
    for _ in 0..<100 {
      let beyond = tail(score)
      let move = log(beyond / probability) * beyond / density(score, at: t)
      guard move.isFinite else { return score }
      score += side * move
      if abs(move) < precision + 0x1p-51 * abs(score) { break }
    }
    return score
  }

  /// Below this, what was stopped earlier is not resolved: the quantile without stopping is taken, which spends no more.
  private static let negligible = 1e-20
}
