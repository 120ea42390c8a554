import LinearAlgebra

/// Controlled experiments using pre-experiment data: the effect adjusted by covariates that the treatment cannot touch.
///
/// With y the outcome (for a ratio metric its influence value) and x the covariates,
/// theta = (Σ arms Sxx)⁻¹ Σ arms Sxy from within-arm cross-products, and the effect is
/// (ȳt - ȳc) - theta·(x̄t - x̄c). Its standard error is Welch's on y - theta·x. The lift divides by the control's
/// *unadjusted* value, and its variance holds the covariance between the two.
///
/// - Source: Deng, A., Xu, Y., Kohavi, R. and Walker, T. (2013), "Improving the sensitivity of online controlled
///   experiments by utilizing pre-experiment data", WSDM, eqs. 3 and 4; ratio metrics by linearisation as in Deng et al.
///   (2018), KDD.
/// - Checked against: mpmath, R `lm` and gbstats, Datasets/References/cuped.json, gbstats-effect.json.
public struct CUPED: HypothesisTest {
  public static let name = "Welch t-test, CUPED"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law: ReferenceLaw
  /// One coefficient for each covariate; 0 for those that were dropped.
  public let theta: [Double]
  /// Places in `covariates` of those that are constant or depend on earlier ones.
  public let dropped: [Int]
  /// Share of the variance of the difference that the covariates explain; not below 0.
  public let varianceReduction: Double
  /// Covariance of the effect with the control's unadjusted value.
  public let covarianceWithControl: Double
  /// Adjusted values at the pooled mean of the covariates, control first, with their variances.
  public let adjusted: (control: Estimate, treatment: Estimate)

  /// The control's value as it is, with its standard error.
  public let unadjustedControl: Estimate

  /// The relative effect: the adjusted effect over the control's unadjusted value, by the delta method with the covariance
  /// of the two.
  ///
  /// - Throws: `DomainError` if the control's value is 0.
  public func lift(_ level: ConfidenceLevel = .ninetyFive) throws(DomainError) -> Interval {
    let control = unadjustedControl
    let variance = standardError * standardError + 2 * covarianceWithControl + control.variance
    let treatment = Estimate(control.value + estimate, standardError: max(0, variance).squareRoot())
    return try Lift.delta(
      treatment: treatment, control: control, covariance: covarianceWithControl + control.variance, level: level,
      law: law)
  }

  /// Where the coefficients come from.
  public enum Theta: Sendable, Hashable {
    /// Cross-products about each arm's own means: not touched by the effect.
    case withinArms
    /// Cross-products about the means of both arms together, as some programs do.
    case pooled
  }

  /// The adjusted difference of means.
  ///
  /// - Parameters:
  ///   - outcome: the column of y. - covariates: the columns of x; none gives Welch's test.
  /// - Throws: `DomainError` if an arm has fewer than 2 units or nothing varies.
  public static func mean(
    treatment: Moments, control: Moments, outcome: Int = 0, covariates: [Int], theta: Theta = .withinArms
  ) throws(DomainError) -> CUPED {
    let columns = [outcome] + covariates
    return try CUPED(treatment.selecting(columns), control.selecting(columns), theta)
  }

  /// The adjusted difference of ratios of sums. Influence value of a unit: R + (num - R den) / mean(den).
  ///
  /// - Throws: `DomainError` as for `mean`, or if a denominator's mean is 0.
  public static func ratio(
    treatment: Moments, control: Moments, numerator: Int = 0, denominator: Int = 1, covariates: [Int],
    theta: Theta = .withinArms
  ) throws(DomainError) -> CUPED {
    func linearised(_ arm: Moments, _ name: String) throws(DomainError) -> Moments {
      let ratio = try RatioEstimate(arm, numerator: numerator, denominator: denominator, arm: name).value
      let scale = 1 / arm.mean[denominator]
      var combination = [Double](repeating: 0, count: arm.columns)
      combination[numerator] = scale
      combination[denominator] = -ratio * scale
      let influence = arm.combining([combination] + covariates.map { arm.unit($0) })
      return influence.shifted(column: 0, to: ratio)
    }
    return try CUPED(linearised(treatment, "treatment"), linearised(control, "control"), theta)
  }

  /// Column 0 is y, the others are x.
  private init(_ treatment: Moments, _ control: Moments, _ kind: Theta) throws(DomainError) {
    try treatment.requireCount(atLeast: 2, arm: "treatment")
    try control.requireCount(atLeast: 2, arm: "control")
    (theta, dropped) = Self.coefficients(treatment, control, kind)
    let combination = [[1] + theta.map { -$0 }]
    let (t, c) = (treatment.combining(combination), control.combining(combination))
    let welch = try WelchTTest(t, against: c)
    estimate = welch.estimate
    standardError = welch.standardError
    law = welch.law
    let raw = treatment.meanVariance() + control.meanVariance()
    varianceReduction = raw > 0 ? max(0, 1 - (t.meanVariance() + c.meanVariance()) / raw) : 0
    // cov(effect, ȳc) = -cov(ȳc - theta·x̄c, ȳc)
    var remaining = control.meanVariance()
    for (j, coefficient) in theta.enumerated() { remaining -= coefficient * control.meanCovariance(0, j + 1) }
    covarianceWithControl = -remaining
    unadjustedControl = Estimate(control.mean[0], standardError: control.standardError())
    adjusted = (Self.atPooledMean(control, treatment, theta), Self.atPooledMean(treatment, control, theta))
  }

  /// ȳ - theta·(x̄ - pooled x̄), and its standard error with the pooled mean random too.
  private static func atPooledMean(_ arm: Moments, _ other: Moments, _ theta: [Double]) -> Estimate {
    let share = Double(other.count) / Double(arm.count + other.count)
    let shifted = theta.map { $0 * share }
    let own = arm.combining([[1] + shifted.map { -$0 }])
    let theirs = other.combining([[0] + shifted])
    return Estimate(
      own.mean[0] + theirs.mean[0], standardError: (own.meanVariance() + theirs.meanVariance()).squareRoot())
  }

  /// Least-squares coefficients of y on x; covariates that are constant or depend on earlier ones are dropped.
  private static func coefficients(_ treatment: Moments, _ control: Moments, _ kind: Theta) -> ([Double], [Int]) {
    let p = treatment.columns - 1
    guard p > 0 else { return ([], []) }
    var together = treatment
    together.merge(control)
    func cross(_ i: Int, _ j: Int) -> Double {
      switch kind {
      case .withinArms: treatment.crossProduct(i, j) + control.crossProduct(i, j)
      case .pooled: together.crossProduct(i, j)
      }
    }
    // On the correlation scale, so that units do not matter.
    let scale = (1...p).map { cross($0, $0).squareRoot() }
    var kept: [Int] = []
    for j in 0..<p where scale[j] > 0 && scale[j].isFinite {
      let candidate = kept + [j]
      let factor = try? Cholesky(correlation(candidate, scale, cross))
      // The last pivot is the share of the covariate that the earlier ones leave unexplained.
      if let factor, factor.lower[candidate.count - 1, candidate.count - 1] > 1e-5 { kept = candidate }
    }
    var theta = [Double](repeating: 0, count: p)
    let right = kept.map { cross(0, $0 + 1) / scale[$0] }
    if let factor = try? Cholesky(correlation(kept, scale, cross)), let solution = try? factor.solve(right) {
      for (k, j) in kept.enumerated() { theta[j] = solution[k] / scale[j] }
    }
    return (theta, (0..<p).filter { !kept.contains($0) })
  }

  private static func correlation(_ kept: [Int], _ scale: [Double], _ cross: (Int, Int) -> Double) -> Matrix {
    var matrix = Matrix(rows: kept.count, columns: kept.count)
    for (a, i) in kept.enumerated() {
      for (b, j) in kept.enumerated() { matrix[a, b] = cross(i + 1, j + 1) / (scale[i] * scale[j]) }
    }
    return matrix
  }
}

extension Moments {
  /// Moments of linear combinations of the columns; each row of `combinations` has one weight a column.
  package func combining(_ combinations: [[Double]]) -> Moments {
    let means = combinations.map { weights in
      weights.indices.reduce((sum: 0.0, error: 0.0)) { partial, i in
        let product = weights[i] * mean[i]
        let lost = product.isFinite ? (-product).addingProduct(weights[i], mean[i]) : 0
        let (sum, error) = Self.exactSum(partial.sum, product)
        return (sum, partial.error + error + lost + weights[i] * meanRemainder[i])
      }
    }
    var cross: [Double] = []
    for b in combinations {
      for a in combinations {
        var sum = 0.0
        for i in a.indices where a[i] != 0 {
          for j in b.indices where b[j] != 0 { sum += a[i] * b[j] * crossProduct(i, j) }
        }
        cross.append(sum)
      }
    }
    for k in combinations.indices { cross[k + k * combinations.count] = max(0, cross[k + k * combinations.count]) }
    return Moments(
      count: count, mean: means.map(\.sum), meanRemainder: means.map(\.error), crossProducts: cross)
  }

  func unit(_ column: Int) -> [Double] { (0..<columns).map { $0 == column ? 1 : 0 } }

  func shifted(column: Int, to value: Double) -> Moments {
    var means = mean
    means[column] = value
    return Moments(count: count, mean: means, crossProducts: crossProducts)
  }
}
