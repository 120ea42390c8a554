import Foundation

/// Intervals for the mean of values in [0, 1] that hold at every sample size at once, whatever their law.
///
/// No normal approximation and no smallest sample: the error rate is kept from the first value on, for values whose
/// conditional mean is constant. Their width adapts to the variance. Values in [a, b]: rescale by (x - a) / (b - a).
/// - Source: Waudby-Smith, I. and Ramdas, A. (2024), "Estimating means of bounded random variables by betting", Journal of
///   the Royal Statistical Society B 86, theorem 2 (predictable plug-in); Howard, S. R., Ramdas, A., McAuliffe, J. and
///   Sekhon, J. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49, theorem 4.
/// - Checked against: mpmath at 50 digits and confseq, Datasets/References/empirical-bernstein.json, relative 1e-11.
public struct EmpiricalBernsteinSequence: Sendable {
  /// What a value is compared with: any guess from the values before it is valid.
  public enum Predictor: String, Sendable, Hashable, CaseIterable {
    /// The mean so far; at first the far end of the scale: 0 for the lower limit, 1 for the upper.
    case mean
    /// The mean so far, drawn towards 1/2 as by one more value; the paper's.
    case regularised
  }

  /// Chance of ever missing the truth, at most.
  public let alpha: Double
  /// What the next value is predicted by.
  public let predictor: Predictor
  /// The largest bet, in (0, 1).
  public let truncation: Double
  private var state: PredictablePlugIn
  private var bets = 0.0
  private var betValues = 0.0
  private var lowerMargin: Double
  private var upperMargin: Double

  /// - Parameter alpha: error rate over all sample sizes, both sides together.
  /// - Throws: `DomainError` unless alpha and the truncation lie in (0, 1).
  public init(
    alpha: Double, predictor: Predictor = .regularised, truncation: Double = 0.5
  ) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    guard truncation > 0, truncation < 1 else { throw DomainError("truncation", truncation, "must be in (0, 1)") }
    self.alpha = alpha
    self.predictor = predictor
    self.truncation = truncation
    state = PredictablePlugIn(alpha: alpha / 2)
    lowerMargin = -log(alpha / 2)
    upperMargin = lowerMargin
  }

  /// Values that were taken.
  public var count: Int { state.count }

  /// Takes the next value; O(1).
  ///
  /// - Throws: `DomainError` unless it lies in [0, 1].
  public mutating func take(_ value: Double) throws(DomainError) {
    try requireUnitInterval(CollectionOfOne(value), after: count)
    let bet = min(truncation, state.bet)
    let penalty = -log1p(-bet) - bet
    let gap = value - (predictor == .mean ? state.mean : state.regularisedMean)
    let mirrored = predictor == .mean && count == 0 ? 1 - value : gap
    bets += bet
    betValues += bet * value
    lowerMargin += gap * gap * penalty
    upperMargin += mirrored * mirrored * penalty
    state.take(value)
  }

  /// The interval after the values so far, within [0, 1]; all of it before the first.
  ///
  /// Intervals of all sample sizes may be intersected.
  public var interval: Interval {
    guard count > 0 else { return Interval(0, 1) }
    return Interval(max(0, (betValues - lowerMargin) / bets), min(1, (betValues + upperMargin) / bets))
  }

  /// The interval after each value.
  public static func intervals(
    of values: [Double], alpha: Double, predictor: Predictor = .regularised, truncation: Double = 0.5
  ) throws(DomainError) -> [Interval] {
    var sequence = try EmpiricalBernsteinSequence(alpha: alpha, predictor: predictor, truncation: truncation)
    var intervals: [Interval] = []
    intervals.reserveCapacity(values.count)
    for value in values {
      try sequence.take(value)
      intervals.append(sequence.interval)
    }
    return intervals
  }
}
