import Foundation

/// A curve of the width √(v log log v) that a sub-gamma sum crosses at any time with probability at most alpha.
///
/// - Source: Howard, S. R., Ramdas, A., McAuliffe, J. and Sekhon, J. (2021), "Time-uniform, nonparametric, nonasymptotic
///   confidence sequences", Annals of Statistics 49, theorem 1 and eq. 10 (polynomial stitching).
/// - Checked against: confseq 0.0.11, Datasets/References/always-valid.json, relative 1e-10.
public struct StitchedBoundary: Sendable, Hashable {
  /// Chance of ever crossing.
  public let alpha: Double
  /// Intrinsic time from which on the curve grows; before it is flat.
  public let minimumTime: Double
  /// Scale c of the sub-gamma tail; 0 is sub-Gaussian.
  public let scale: Double
  /// How the error is shared over epochs: epoch k gets k^(-s).
  public let exponent: Double
  /// Ratio of the epochs.
  public let epochRatio: Double

  /// - Throws: `DomainError` unless 0 < alpha < 1, the time is positive, scale >= 0, exponent > 1 and ratio > 1.
  public init(
    alpha: Double, minimumTime: Double, scale: Double = 0, exponent: Double = 1.4, epochRatio: Double = 2
  ) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard minimumTime > 0, minimumTime.isFinite else {
      throw DomainError("minimum time", minimumTime, "must be positive and finite")
    }
    guard scale >= 0, scale.isFinite else { throw DomainError("scale", scale, "must be finite and not negative") }
    guard exponent > 1, exponent <= 100 else { throw DomainError("exponent", exponent, "must be in (1, 100]") }
    guard epochRatio > 1, epochRatio.isFinite else {
      throw DomainError("ratio of the epochs", epochRatio, "must be above 1 and finite")
    }
    self.alpha = alpha
    self.minimumTime = minimumTime
    self.scale = scale
    self.exponent = exponent
    self.epochRatio = epochRatio
  }

  /// The bound on the sum at an intrinsic time.
  public func bound(time: Double) -> Double {
    let v = max(time, minimumTime)
    let level =
      exponent * log(log(epochRatio * v / minimumTime))
      + log(Special.riemannZeta(exponent) / (alpha * pow(log(epochRatio), exponent)))
    let root = epochRatio.squareRoot()
    let k1 = (root.squareRoot() + 1 / root.squareRoot()) / 2.0.squareRoot()
    let k2 = (root + 1) / 2
    let linear = k2 * scale * level
    return (k1 * k1 * v * level + linear * linear).squareRoot() + linear
  }
}

extension Special {
  /// Σ k^(-s) for s > 1, by Euler and Maclaurin's summation from the 20th term.
  ///
  /// - Source: NIST Digital Library of Mathematical Functions, eq. 25.2.9.
  static func riemannZeta(_ s: Double) -> Double {
    let n = 20.0
    var sum = 0.0
    for k in 1..<20 { sum += pow(Double(k), -s) }
    sum += pow(n, 1 - s) / (s - 1) + 0.5 * pow(n, -s)
    // B_2j / (2j)! · s (s+1) … (s+2j-2) · n^(1-s-2j)
    let ratios = [1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1_209_600, 1.0 / 47_900_160]
    var factor = s * pow(n, -s - 1)
    for (j, ratio) in ratios.enumerated() {
      sum += ratio * factor
      let next = s + 2 * Double(j) + 1
      factor *= next * (next + 1) / (n * n)
    }
    return sum
  }
}
