import Foundation

/// What has been seen of values in [0, 1], as the bets on their mean use it: everything before the next value.
///
/// - Source: Waudby-Smith, I. and Ramdas, A. (2024), "Estimating means of bounded random variables by betting", Journal of
///   the Royal Statistical Society B 86, pp. 1-27, eq. 15 and 16.
struct PredictablePlugIn {
  private let logLevel: Double
  private(set) var count = 0
  private var sum = 0.0
  private var squares = 0.25

  /// - Parameter alpha: the error rate of one side.
  init(alpha: Double) { logLevel = -log(alpha) }

  /// The mean so far, drawn towards 1/2 as by one more value.
  var regularisedMean: Double { (0.5 + sum) / Double(count + 1) }
  /// The mean so far, 0 before the first value.
  var mean: Double { count == 0 ? 0 : sum / Double(count) }

  /// The size of the next bet, before truncation: √(2 log(1/alpha) / (σ² t log(1 + t))), where σ², the variance before value
  /// t, is `squares` / t.
  var bet: Double {
    let t = Double(count + 1)
    return (2 * logLevel / (squares * log1p(t))).squareRoot()
  }

  mutating func take(_ value: Double) {
    count += 1
    sum += value
    let gap = value - regularisedMean
    squares += gap * gap
  }
}

/// - Throws: `DomainError` unless all values lie in [0, 1]. It names the place, not the value.
func requireUnitInterval(_ values: some Sequence<Double>, after count: Int = 0) throws(DomainError) {
  for (index, value) in values.enumerated() where !(value >= 0 && value <= 1) {
    throw DomainError("value \(count + index + 1)", .nan, "must be in [0, 1]; rescale the metric by its bounds")
  }
}
