import Foundation
import Statistics

/// Quantiles of a time to an event with censored times, from millions of them: the product-limit estimate without its curve.
///
/// A time is a key: its milliseconds doubled, plus 1 if it is censored, so that events come before censorings of the same time.
/// - Source: Kaplan & Meier (1958); limits: Brookmeyer, R. and Crowley, J. (1982), Biometrics 38, 29-41, on the log-log scale.
/// - Checked against: `KaplanMeier` of this library, of which it is the fast form for the median.
public struct KaplanMeierQuantiles: Sendable, Hashable {
  public struct Quantile: Sendable, Hashable {
    public let probability: Double
    /// Seconds; nil if the curve does not come down so far.
    public let estimate: Double?
    public let lower: Double?
    public let upper: Double?
  }
  public let events: Int
  public let censored: Int
  public let quantiles: [Quantile]

  public var median: Quantile { quantiles[0] }

  package static let probabilities = [0.5, 0.9, 0.95]

  package static func key(milliseconds: Int64, censored: Bool) -> UInt64 {
    UInt64(clamping: milliseconds) << 1 | (censored ? 1 : 0)
  }

  package init(keys: [UInt64], level: ConfidenceLevel) {
    let sorted = SortedTimes.ascending(keys)
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    var crossings = Self.probabilities.map { Crossing(survival: 1 - $0) }
    var (survival, greenwood) = (1.0, 0.0)
    var index = 0
    var events = 0
    while index < sorted.count {
      let time = sorted[index] >> 1
      let atRisk = Double(sorted.count - index)
      var died = 0
      while index < sorted.count, sorted[index] >> 1 == time {
        if sorted[index] & 1 == 0 { died += 1 }
        index += 1
      }
      guard died > 0 else { continue }
      events += died
      let d = Double(died)
      survival *= (atRisk - d) / atRisk
      greenwood += atRisk > d ? d / (atRisk * (atRisk - d)) : 0
      let seconds = Double(time) / 1000
      for place in crossings.indices { crossings[place].pass(seconds, survival, greenwood.squareRoot(), z) }
    }
    let last = sorted.last.map { Double($0 >> 1) / 1000 }
    self.events = events
    censored = sorted.count - events
    quantiles = zip(Self.probabilities, crossings).map { $1.quantile($0, last: last) }
  }

  /// Where a falling curve and its limits come down to a level.
  private struct Crossing {
    let survival: Double
    private var first: Double?
    private var isFlat = false
    private var next: Double?
    private var lower: Double?
    private var upper: Double?
    private let target: Double
    /// Rounding of the product is forgiven.
    private static let tolerance = 1e-8

    init(survival: Double) {
      self.survival = survival
      target = log(-log(survival))
    }

    mutating func pass(_ time: Double, _ s: Double, _ root: Double, _ z: Double) {
      if first == nil, s <= survival + Self.tolerance {
        first = time
        isFlat = s >= survival - Self.tolerance
      } else if isFlat, next == nil, s < survival - Self.tolerance {
        next = time
      }
      guard s > 0, s < 1, lower == nil || upper == nil else { return }
      let logarithm = log(s)
      let height = log(-logarithm)
      let spread = z * root / -logarithm
      if lower == nil, height + spread >= target { lower = time }
      if upper == nil, height - spread >= target { upper = time }
    }

    /// Where the curve is level at the quantile, the middle of that stretch.
    func quantile(_ probability: Double, last: Double?) -> Quantile {
      let estimate = first.map { isFlat ? ($0 + (next ?? last ?? $0)) / 2 : $0 }
      return Quantile(probability: probability, estimate: estimate, lower: lower, upper: upper)
    }
  }
}
