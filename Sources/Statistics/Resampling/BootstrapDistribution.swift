import Foundation

/// The replicates of an estimate, and the intervals read from them.
public struct BootstrapDistribution: Sendable, Hashable {
  /// How limits are read from the replicates.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Quantiles of the replicates.
    case percentile
    /// Twice the estimate less those quantiles.
    case basic
    /// Quantiles at levels corrected for bias and for a standard error that changes with the estimate: second-order accurate.
    case bca
  }

  public let estimate: Double
  /// Ascending.
  public let replicates: [Double]
  /// A sixth of the skewness of the jackknife; nil if it was not made or is undefined.
  public let acceleration: Double?

  /// - Parameter jackknife: for each sample the estimates without one row.
  init(estimate: Double, replicates: [Double], jackknife: [[Double]]?) throws(DomainError) {
    guard estimate.isFinite else { throw DomainError("estimate", estimate, "must be finite to be bootstrapped") }
    let undefined = replicates.count { !$0.isFinite }
    guard undefined == 0 else {
      throw DomainError(
        "replicates without a finite value", Double(undefined),
        "must be 0; a divisor is 0 in some resamples, or the functional reads cross-products that it did not ask for")
    }
    self.estimate = estimate
    self.replicates = replicates.sorted()
    acceleration = jackknife.map(BiasCorrection.acceleration).flatMap { $0.isFinite ? $0 : nil }
  }

  public var mean: Double { Moments(columns: [replicates]).mean[0] }
  /// Standard deviation of the replicates.
  public var standardError: Double { Moments(columns: [replicates]).variance().squareRoot() }

  /// Linear between order statistics at (B + 1) q, the smallest or largest beyond them.
  ///
  /// - Source: Davison, A. C. and Hinkley, D. V. (1997), "Bootstrap Methods and their Application", section 5.2.
  public func quantile(_ q: Double) -> Double {
    let place = min(max(q * Double(replicates.count + 1), 1), Double(replicates.count))
    let index = Int(place)
    guard index < replicates.count else { return replicates[replicates.count - 1] }
    return replicates[index - 1] + (place - Double(index)) * (replicates[index] - replicates[index - 1])
  }

  /// - Throws: `DomainError` for BCa without a jackknife, or if all replicates lie on one side of the estimate.
  public func interval(_ level: ConfidenceLevel = .ninetyFive, _ method: Method = .bca) throws(DomainError) -> Interval
  {
    switch method {
    case .percentile: return Interval(quantile(level.alpha / 2), quantile(1 - level.alpha / 2))
    case .basic:
      return Interval(2 * estimate - quantile(1 - level.alpha / 2), 2 * estimate - quantile(level.alpha / 2))
    case .bca:
      let levels = try biasCorrection().levels(level)
      return Interval(quantile(levels.lower), quantile(levels.upper))
    }
  }

  /// The levels of BCa limits.
  package func biasCorrection() throws(DomainError) -> BiasCorrection {
    guard let acceleration else {
      throw DomainError(
        "acceleration", .nan, "was not asked for, or is undefined without one of the rows; BCa intervals need it")
    }
    // A replicate equal to the estimate but for rounding is not below it.
    let tolerance = 1e-12 * max(abs(estimate), (replicates.last ?? 0) - (replicates.first ?? 0))
    var (low, high) = (0, replicates.count)
    while low < high {
      let middle = (low + high) / 2
      if replicates[middle] < estimate - tolerance { low = middle + 1 } else { high = middle }
    }
    return try BiasCorrection(shareBelow: Double(low) / Double(replicates.count), acceleration: acceleration)
  }
}

/// The two constants of bias-corrected and accelerated intervals.
///
/// - Source: Efron, B. (1987), "Better bootstrap confidence intervals", JASA 82, 171-185, eqs. 2.3, 4.4, 6.6; several samples: Efron
///   and Tibshirani (1993), eq. 14.15, as in DiCiccio, T. J. and Efron, B. (1996), Statistical Science 11.
package struct BiasCorrection: Sendable, Hashable {
  package let bias: Double
  package let acceleration: Double

  package init(shareBelow: Double, acceleration: Double) throws(DomainError) {
    guard shareBelow > 0, shareBelow < 1 else {
      throw DomainError(
        "share of replicates below the estimate", shareBelow, "must be in (0, 1) for BCa; take percentile limits")
    }
    bias = Normal.standard.quantile(shareBelow)
    self.acceleration = acceleration
  }

  /// The levels whose quantiles are the limits.
  package func levels(_ level: ConfidenceLevel) -> Interval {
    func corrected(_ z: Double) -> Double {
      let shifted = bias + z
      let stretch = 1 - acceleration * shifted
      guard stretch > 0 else { return acceleration > 0 ? 1 : 0 }
      return Normal.standard.cdf(bias + shifted / stretch)
    }
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    return Interval(corrected(-z), corrected(z))
  }

  /// Σ u³ / n³ / (6 (Σ u² / n²)^1.5) with u = (n - 1)(mean - value) over the samples; 0 where nothing varies.
  static func acceleration(_ jackknife: [[Double]]) -> Double {
    var (cubes, squares) = (0.0, 0.0)
    for values in jackknife {
      let n = Double(values.count)
      let mean = Moments(columns: [values]).mean[0]
      for value in values {
        let u = (n - 1) * (mean - value) / n
        squares += u * u
        cubes += u * u * u
      }
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
  }
}
