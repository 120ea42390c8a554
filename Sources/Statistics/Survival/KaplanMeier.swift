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

  /// Times with their numbers at risk and of events.
  public let data: SurvivalData
  /// S after each of `data.times`.
  public let survival: [Double]
  /// Greenwood's standard error of log S.
  private let logStandardErrors: [Double]
  /// Pointwise limits; nil where they do not exist: the curve is 0, or it is 1 and the scale is log-log.
  public let lower: [Double?]
  /// Upper limits at the data's times; nil where undefined.
  public let upper: [Double?]
  /// Smallest time with S <= 1/2; the middle of the flat stretch where S is exactly 1/2. Nil if not reached.
  public let median: Double?
  /// Where the lower confidence curve crosses 1/2; nil if it is not reached.
  public let medianLower: Double?
  /// Where the upper confidence curve crosses 1/2; nil if it is not reached.
  public let medianUpper: Double?

  /// Pointwise intervals at a level, made on a scale.
  public init(_ data: SurvivalData, level: ConfidenceLevel = .ninetyFive, scale: IntervalScale = .logLog) {
    self.data = data
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let (survival, roots) = Self.curve(data)
    let limits = Self.limits(survival, roots, z, scale)
    self.survival = survival
    logStandardErrors = roots
    (lower, upper) = limits
    median = Self.crossing(data.times, survival.lazy.map { Optional($0) })
    medianLower = Self.crossing(data.times, limits.lower)
    medianUpper = Self.crossing(data.times, limits.upper)
  }

  /// Greenwood's standard error of S; nil where the curve is 0.
  public var standardErrors: [Double?] { zip(survival, logStandardErrors).map { $0 > 0 ? $0 * $1 : nil } }

  /// The products, and Greenwood's standard errors of their logarithms.
  private static func curve(_ data: SurvivalData) -> (survival: [Double], roots: [Double]) {
    var (survival, roots): ([Double], [Double]) = ([], [])
    survival.reserveCapacity(data.times.count)
    roots.reserveCapacity(data.times.count)
    var (s, greenwood) = (1.0, 0.0)
    for (n, d) in zip(data.atRisk, data.events) {
      if d > 0 {
        s *= (n - d) / n
        greenwood += d / (n * (n - d))
      }
      survival.append(s)
      roots.append(greenwood.squareRoot())
    }
    return (survival, roots)
  }

  /// Limits at each time, in parts of a fixed size on all processors.
  private static func limits(
    _ survival: [Double], _ roots: [Double], _ z: Double, _ scale: IntervalScale
  ) -> (lower: [Double?], upper: [Double?]) {
    let part = 4096
    var lower = [Double?](repeating: nil, count: survival.count)
    var upper = lower
    lower.withUnsafeMutableBufferPointer { lower in
      upper.withUnsafeMutableBufferPointer { upper in
        nonisolated(unsafe) let (low, high) = (lower, upper)
        inParallel((survival.count + part - 1) / part, threads: nil) { index in
          for k in index * part..<min(survival.count, (index + 1) * part) where survival[k] > 0 {
            let interval = Self.limits(survival[k], roots[k], z, scale)
            (low[k], high[k]) = (interval?.lower, interval?.upper)
          }
        }
      }
    }
    return (lower, upper)
  }

  /// Limits of S from the standard error of log S.
  private static func limits(_ s: Double, _ root: Double, _ z: Double, _ scale: IntervalScale) -> Interval? {
    guard s < 1 else { return scale == .logLog ? nil : Interval(1, 1) }
    switch scale {
    case .logLog:
      let hazard = log(s)
      let factor = exp(z * root / hazard)
      return Interval(exp(hazard / factor), exp(hazard * factor))
    case .log: return Interval(s * exp(-z * root), min(1, s * exp(z * root)))
    case .plain: return Interval(max(0, s * (1 - z * root)), min(1, s * (1 + z * root)))
    }
  }

  /// Where a step curve comes down to 1/2: rounding of the product is forgiven.
  ///
  /// - Source: R survival, `quantile.survfit`: the midpoint of the stretch on which the curve is 1/2, up to the last time if it
  ///   never falls below.
  private static func crossing(_ times: [Double], _ curve: some Sequence<Double?>) -> Double? {
    let tolerance = 1e-8
    let steps = zip(times, curve).lazy.compactMap { time, value in value.map { (time: time, value: $0) } }
    guard let first = steps.first(where: { $0.value <= 0.5 + tolerance }) else { return nil }
    guard abs(first.value - 0.5) <= tolerance else { return first.time }
    let flat = steps.drop { $0.time < first.time }
    let end = flat.first { $0.value < 0.5 - tolerance } ?? flat.reduce(first) { $1 }
    return (first.time + end.time) / 2
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
  /// Times with their numbers at risk and of events.
  public let data: SurvivalData
  /// Σ d / n up to each of the data's times.
  public let cumulativeHazard: [Double]
  /// √ Σ d / n² up to each of the data's times.
  public let standardErrors: [Double]

  /// Events tied at one time count as one step.
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
