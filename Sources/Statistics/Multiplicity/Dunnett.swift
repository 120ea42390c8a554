import Foundation

/// Several treatments against one control: the law of the greatest of their t statistics, single step.
///
/// The statistics share the control, so corr(i, j) = λ_i λ_j with λ_i² = v₀ / (v₀ + v_i), v the variances of the arms'
/// means (for equal variances n_i / (n₀ + n_i)). Given the control's deviation z and the deviation s of the variance
/// estimate the statistics are independent:
/// P(max |T| > c) = ∫∫ [1 - Π_i (1 - t_i(z, cs))] φ(z) dz f_ν(s) ds, with t_i the normal tails beyond cs.
/// The bracket is formed without cancellation, so small p-values keep their digits; both integrals are of analytic
/// functions that decay on both sides, for which the trapezoidal rule converges geometrically.
/// - Source: Dunnett, C. W. (1955), "A multiple comparison procedure for comparing several treatments with a control",
///   JASA 50, 1096-1121, eq. 7; trapezoidal rule: Trefethen & Weideman (2014), SIAM Review 56, theorem 5.1.
/// - Checked against: Gauss-Legendre quadrature, scipy and R multcomp, Datasets/References/multiple-testing.json.
public struct Dunnett: Sendable, Hashable {
  /// How a treatment's statistic comes of the control's deviation and of its own.
  private struct Loading: Hashable {
    /// λ and √(1 - λ²).
    let shared, own: Double
    /// - Parameter ratio: the treatment's variance, the control's being 1; rounding may make it 0.
    init(ratio: Double) {
      shared = 1 / (1 + ratio).squareRoot()
      own = max(1e-150, 1 / (1 + 1 / ratio).squareRoot())
    }
  }
  private let loadings: [Loading]
  public let degreesOfFreedom: Double

  /// Arms of unequal variance whose errors are known or well estimated (large samples).
  ///
  /// - Parameters: variances of the arms' means, all in one unit; `degreesOfFreedom` of a common variance estimate,
  ///   infinity for the normal law.
  /// - Throws: `DomainError` unless there is a treatment and all variances and the degrees of freedom are positive.
  public init(
    controlVariance: Double, treatmentVariances: [Double], degreesOfFreedom: Double = .infinity
  ) throws(DomainError) {
    guard !treatmentVariances.isEmpty else { throw DomainError("treatments", 0, "must be at least 1") }
    for variance in [controlVariance] + treatmentVariances where !(variance > 0 && variance.isFinite) {
      throw DomainError("variance of an arm's mean", variance, "must be positive and finite")
    }
    guard degreesOfFreedom > 0 else { throw DomainError("degrees of freedom", degreesOfFreedom, "must be positive") }
    loadings = treatmentVariances.map { Loading(ratio: $0 / controlVariance) }
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// Arms of one common variance: only the counts matter.
  public init(controlUnits: Double, treatmentUnits: [Double], degreesOfFreedom: Double) throws(DomainError) {
    try self.init(
      controlVariance: 1 / controlUnits, treatmentVariances: treatmentUnits.map { 1 / $0 },
      degreesOfFreedom: degreesOfFreedom)
  }

  /// Arms that are compared with the control.
  public var treatments: Int { loadings.count }

  // MARK: - Answers

  /// The probability, if no treatment has an effect, that any statistic is as extreme: the adjusted p-value of `statistic`.
  public func adjustedPValue(_ statistic: Double, _ alternative: Alternative = .twoSided) -> Double {
    switch alternative {
    case .twoSided: min(1, exceedance(abs(statistic), twoSided: true))
    case .greater: min(1, exceedance(statistic, twoSided: false))
    case .less: min(1, exceedance(-statistic, twoSided: false))
    }
  }

  /// The value that the greatest statistic exceeds with probability alpha: estimate ± critical · standard error are
  /// simultaneous intervals, and exclude 0 exactly when the adjusted p-value is below alpha.
  public func critical(_ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided) -> Double {
    let isTwoSided = alternative == .twoSided
    let law: ReferenceLaw = degreesOfFreedom.isInfinite ? .normal : .studentT(degreesOfFreedom: degreesOfFreedom)
    let tail = isTwoSided ? level.alpha / 2 : level.alpha
    // One test alone from below, Bonferroni from above.
    let alone = law.inverseSurvival(tail)
    guard treatments > 1, alone.isFinite else { return alone }
    let bonferroni = law.inverseSurvival(tail / Double(treatments))
    func shortfall(_ c: Double) -> Double { log(level.alpha / exceedance(c, twoSided: isTwoSided)) }
    // Rounding, where all the error is the control's and the treatments are one.
    if shortfall(alone) >= 0 { return alone }
    return MonotoneRoot.find(in: alone...max(bonferroni, alone), relative: 1e-14, shortfall) ?? bonferroni
  }

  // MARK: - Integrals

  /// P(max T > c), or P(max |T| > c).
  private func exceedance(_ c: Double, twoSided: Bool) -> Double {
    guard !c.isNaN else { return .nan }
    guard degreesOfFreedom.isFinite else { return union(beyond: c, twoSided: twoSided) }
    let v = degreesOfFreedom
    let step = min(0.1, 0.4 / v.squareRoot())
    // Where the law of log s meets the normal tail: s² = ν / (ν + c²).
    let start = c > 0 ? -0.5 * log1p(c * c / v) : 0
    return step
      * Trapezoid.sum(from: start, step: step) { u in
        let density = exp(0.6931471805599453 + Special.logGammaKernel(v / 2, logRatio: 2 * u))
        return density > 0 ? density * union(beyond: c * exp(u), twoSided: twoSided) : 0
      }
  }

  /// The same for a known variance: ∫ [1 - Π (1 - t_i(z))] φ(z) dz.
  private func union(beyond c: Double, twoSided: Bool) -> Double {
    guard !c.isNaN else { return .nan }
    let reach = min(9 + (loadings.map(\.shared).max() ?? 0) * max(0, c), 38)
    let narrowest = loadings.map(\.own).min() ?? 1
    return narrowest < Self.narrow
      ? unionByPanels(beyond: c, twoSided: twoSided, reach: reach, narrowest: narrowest)
      : unionByTrapezoids(beyond: c, twoSided: twoSided, reach: reach)
  }

  /// A step narrower than this is not for equal steps.
  private static let narrow = 0.02

  package func unionByTrapezoids(beyond c: Double, twoSided: Bool, reach: Double) -> Double {
    // The integrand is entire; a factor Φ((c - λz)/τ), τ² = 1 - λ², grows in the complex plane as exp(y² λ²/(2τ²)).
    let growth = loadings.reduce(1) { $0 + $1.shared * $1.shared / ($1.own * $1.own) }
    let step = 0.7 / growth.squareRoot()
    let count = Int(reach / step) + 1
    var sum = 0.0
    for k in (twoSided ? 0 : -count)...count {
      let weight = twoSided && k > 0 ? 2.0 : 1
      sum += weight * integrand(c, Double(k) * step, twoSided)
    }
    return step * sum
  }

  package func unionByPanels(beyond c: Double, twoSided: Bool, reach: Double, narrowest: Double) -> Double {
    let lowest = twoSided ? 0 : -reach
    var cuts = Array(stride(from: lowest, to: reach, by: 0.5)) + [reach]
    for loading in Set(loadings) where loading.own < 0.5 {
      let step = c / loading.shared
      for multiple in stride(from: -9, through: 9, by: 1.5) { cuts.append(step + multiple * loading.own) }
    }
    cuts = cuts.filter { $0 >= lowest && $0 <= reach }.sorted()
    var (sum, low) = (0.0, lowest)
    // Steps of several treatments lie close together; half of the narrowest is fine enough.
    for high in cuts where high > low && (high - low >= 0.5 * narrowest || high == reach) {
      for node in GaussLegendre.nodes {
        sum += (high - low) * node.weight * integrand(c, low + node.x * (high - low), twoSided)
      }
      low = high
    }
    return twoSided ? 2 * sum : sum
  }

  /// [1 - Π (1 - t_i)] φ(z), given the control's deviation z.
  private func integrand(_ c: Double, _ z: Double, _ twoSided: Bool) -> Double {
    var logNone = 0.0
    for loading in loadings {
      var tail = Normal.upperTail((c - loading.shared * z) / loading.own)
      if twoSided { tail += Normal.upperTail((c + loading.shared * z) / loading.own) }
      logNone += log1p(-min(tail, 1))
    }
    return -expm1(logNone) * exp(-0.5 * z * z - Special.halfLogTwoPi)
  }
}

/// Sums of a function at equal steps, outwards until nothing more counts.
enum Trapezoid {
  /// Σ f(start + k step) over all k, for an f with one maximum that decays on both sides.
  static func sum(from start: Double, step: Double, _ f: (Double) -> Double) -> Double {
    var sum = f(start)
    for direction in [step, -step] {
      var (u, previous) = (start, 0.0)
      for _ in 0..<20_000 {
        u += direction
        let value = f(u)
        sum += value
        if value <= sum * 1e-18, value <= previous || value == 0 { break }
        previous = value
      }
    }
    return sum
  }
}

/// Dunnett's test on data: pooled variance of all arms.
public struct DunnettTest: Sendable {
  public let law: Dunnett
  /// Treatment minus control, in the order of the treatments.
  public let differences: [Estimate]

  /// - Throws: `DomainError` if there is no treatment, an arm is empty, or nothing varies within the arms.
  public init(treatments: [Moments], control: Moments, column: Int = 0) throws(DomainError) {
    let arms = [control] + treatments
    for arm in arms { try arm.requireCount(atLeast: 1, arm: "smallest") }
    let degrees = Double(arms.reduce(0) { $0 + $1.count } - arms.count)
    guard degrees > 0 else { throw DomainError("units beyond one in each arm", degrees, "must be positive") }
    let variance = arms.reduce(0) { $0 + $1.crossProduct(column, column) } / degrees
    try requirePositive(variance)
    law = try Dunnett(
      controlUnits: Double(control.count), treatmentUnits: treatments.map { Double($0.count) },
      degreesOfFreedom: degrees)
    differences = treatments.map { arm in
      Estimate(
        arm.meanDifference(from: control, column: column),
        standardError: (variance * (1 / Double(arm.count) + 1 / Double(control.count))).squareRoot())
    }
  }

  /// One t statistic a treatment, in their order.
  public var statistics: [Double] { differences.map { $0.value / $0.standardError } }

  /// Single-step: the chance that the largest of the statistics is as large as each.
  public func adjustedPValues(_ alternative: Alternative = .twoSided) -> [Double] {
    statistics.map { law.adjustedPValue($0, alternative) }
  }

  /// Intervals that hold all differences at once with the level's probability; each excludes 0 exactly when its adjusted
  /// p-value is below alpha.
  public func intervals(_ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided) -> [Interval] {
    let critical = law.critical(level, alternative)
    return differences.map { difference in
      switch alternative {
      case .twoSided: Interval(center: difference.value, halfWidth: critical * difference.standardError)
      case .greater: Interval(difference.value - critical * difference.standardError, .infinity)
      case .less: Interval(-.infinity, difference.value + critical * difference.standardError)
      }
    }
  }
}
