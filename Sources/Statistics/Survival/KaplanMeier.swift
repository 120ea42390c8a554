import Foundation

/// The product-limit estimate of a survival curve, with Greenwood's variance and pointwise intervals.
///
/// - Source: Kaplan, E. L. and Meier, P. (1958), JASA 53, 457-481; intervals: Kalbfleisch, J. D. and Prentice, R. L. (2002),
///   "The Statistical Analysis of Failure Time Data", section 1.4.
/// - Checked against: R survival 3.5-3 and lifelines 0.30.3, Datasets/References/survival.json, median-survival.json.
public struct KaplanMeier: Sendable, Hashable {
  /// The scale on which the normal interval is made.
  public enum IntervalScale: String, Sendable, Hashable, Codable, CaseIterable {
    /// log(-log S): stays in [0, 1], the best coverage of the three in small samples.
    case logLog = "log-log"
    case log
    /// S itself, cut to [0, 1].
    case plain
  }

  public let data: SurvivalData
  /// S after each of `data.times`.
  public let survival: [Double]
  /// Greenwood's standard error of S; nil where the curve is 0.
  public let standardErrors: [Double?]
  /// Pointwise limits; nil where they do not exist: the curve is 0, or it is 1 and the scale is log-log.
  public let lower: [Double?]
  public let upper: [Double?]
  /// Smallest time with S <= 1/2; the middle of the flat stretch where S is exactly 1/2. Nil if not reached.
  public let median: Double?
  public let medianLower: Double?
  public let medianUpper: Double?

  public init(_ data: SurvivalData, level: ConfidenceLevel = .ninetyFive, scale: IntervalScale = .logLog) {
    self.data = data
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    var (survival, errors, lower, upper): ([Double], [Double?], [Double?], [Double?]) = ([], [], [], [])
    var (s, greenwood) = (1.0, 0.0)
    for (n, d) in zip(data.atRisk, data.events) {
      if d > 0 {
        s *= (n - d) / n
        greenwood += d / (n * (n - d))
      }
      survival.append(s)
      guard s > 0 else {
        errors.append(nil)
        lower.append(nil)
        upper.append(nil)
        continue
      }
      let root = greenwood.squareRoot()
      errors.append(s * root)
      let limits = Self.limits(s, root, z, scale)
      lower.append(limits?.lower)
      upper.append(limits?.upper)
    }
    self.survival = survival
    standardErrors = errors
    self.lower = lower
    self.upper = upper
    median = Self.crossing(data.times, survival.map { $0 })
    medianLower = Self.crossing(data.times, lower)
    medianUpper = Self.crossing(data.times, upper)
  }

  /// Limits of S from the standard error of log S.
  private static func limits(_ s: Double, _ root: Double, _ z: Double, _ scale: IntervalScale) -> Interval? {
    guard s < 1 else { return scale == .logLog ? nil : Interval(1, 1) }
    switch scale {
    case .logLog:
      let spread = z * root / log(s)
      return Interval(pow(s, exp(-spread)), pow(s, exp(spread)))
    case .log: return Interval(s * exp(-z * root), min(1, s * exp(z * root)))
    case .plain: return Interval(max(0, s * (1 - z * root)), min(1, s * (1 + z * root)))
    }
  }

  /// Where a step curve comes down to 1/2: rounding of the product is forgiven.
  ///
  /// - Source: R survival, `quantile.survfit`: the midpoint of the stretch on which the curve is 1/2, up to the last time if it
  ///   never falls below.
  private static func crossing(_ times: [Double], _ curve: [Double?]) -> Double? {
    let tolerance = 1e-8
    guard let first = curve.firstIndex(where: { $0.map { $0 <= 0.5 + tolerance } ?? false }), let value = curve[first]
    else { return nil }
    guard abs(value - 0.5) <= tolerance else { return times[first] }
    let next = curve[first...].firstIndex { $0.map { $0 < 0.5 - tolerance } ?? false }
    let end = next ?? curve.lastIndex { $0 != nil } ?? first
    return (times[first] + times[end]) / 2
  }

  /// S at a time: of the last step at or before it; 1 before the first.
  public func survival(at time: Double) -> Double {
    let step = data.times.lastIndex { $0 <= time }
    return step.map { survival[$0] } ?? 1
  }
}

/// The cumulative hazard, sum of events over units at risk.
///
/// - Source: Aalen, O. (1978), Annals of Statistics 6, 701-726; ties as one step.
/// - Checked against: R survival 3.5-3, Datasets/References/survival.json.
public struct NelsonAalen: Sendable, Hashable {
  public let data: SurvivalData
  public let cumulativeHazard: [Double]
  public let standardErrors: [Double]

  public init(_ data: SurvivalData) {
    self.data = data
    var (hazard, variance) = (0.0, 0.0)
    var (hazards, errors): ([Double], [Double]) = ([], [])
    for (n, d) in zip(data.atRisk, data.events) {
      if d > 0 {
        hazard += d / n
        variance += d / (n * n)
      }
      hazards.append(hazard)
      errors.append(variance.squareRoot())
    }
    cumulativeHazard = hazards
    standardErrors = errors
  }
}
