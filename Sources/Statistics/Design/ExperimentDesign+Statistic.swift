import Foundation

extension ExperimentDesign {
  /// The statistic to be expected: distances from the null hypothesis in standard errors, and the law.
  private struct Expected {
    var standardError: Double
    var degreesOfFreedom: Double
    /// Standard error under the null hypothesis over that under the effect.
    var nullScale = 1.0
    var distance: Double
    /// Variances of the arms' means, control first.
    var armVariances: [Double]
  }

  /// The power of so many units, shared out by the split.
  func rejection(units: Double, effect: Double) throws(DesignFault) -> Double {
    try rejection(arms: split.units(of: units), effect: effect)
  }

  func rejection(arms: [Double], effect: Double) throws(DesignFault) -> Double {
    let expected = try expected(arms, effect)
    let critical = try critical(expected, units: arms.reduce(0, +)) * expected.nullScale
    if case .equivalent(let margin) = hypothesis {
      return PowerFunction.equivalence(
        toUpper: (margin - effect) / expected.standardError, toLower: (margin + effect) / expected.standardError,
        critical: critical, degreesOfFreedom: expected.degreesOfFreedom)
    }
    return PowerFunction.rejection(
      shift: expected.distance / expected.standardError, critical: critical,
      degreesOfFreedom: expected.degreesOfFreedom, farTail: hypothesis.isTwoSided && countsFarTail)
  }

  // MARK: - The statistic

  private func expected(_ arms: [Double], _ effect: Double) throws(DesignFault) -> Expected {
    let (raw, inflation) = (outcome.variances(effect: effect), varianceInflation)
    let control = inflation * raw.control / arms[0]
    let treatments = arms.dropFirst().map { inflation * raw.treatment / $0 }
    // The smallest treatment is compared with the least power.
    let smallest = arms.dropFirst().min() ?? arms[0]
    let treatment = inflation * raw.treatment / smallest
    var expected = Expected(
      standardError: (control + treatment).squareRoot(),
      degreesOfFreedom: try degreesOfFreedom(arms, smallest, control, treatment),
      distance: hypothesis.distance(effect), armVariances: [control] + treatments)
    let harmonic = (1 / arms[0] + 1 / smallest) * inflation
    if outcome.kind == .proportion, let baseline = outcome.baseline {
      if test == .pooled {
        let common = (arms[0] * baseline + smallest * (baseline + effect)) / (arms[0] + smallest)
        expected.nullScale = (common * (1 - common) * harmonic).squareRoot() / expected.standardError
      } else if test == .arcsine {
        let h = Self.cohenH(treatment: min(1, max(0, baseline + effect)), control: baseline)
        expected.distance = hypothesis.distance(h)
        expected.standardError = harmonic.squareRoot()
        expected.armVariances = arms.map { inflation / $0 }
      }
    }
    guard expected.standardError > 0, expected.standardError.isFinite else {
      throw .outside("standard error of the effect", expected.standardError, "must be positive")
    }
    return expected
  }

  /// Cohen's h = 2 asin √p₁ - 2 asin √p₀.
  package static func cohenH(treatment: Double, control: Double) -> Double {
    2 * asin(treatment.squareRoot()) - 2 * asin(control.squareRoot())
  }

  /// What clusters, covariates and further looks do to the variance of an arm's mean.
  private var varianceInflation: Double {
    var factor = (1 - varianceExplained) * (clusters?.designEffect ?? 1)
    if case .inflated(let by) = monitoring { factor *= by }
    return factor
  }

  private var isNormal: Bool { test == .z || test == .arcsine || (test == .pooled && outcome.kind == .proportion) }

  private func degreesOfFreedom(
    _ arms: [Double], _ smallest: Double, _ control: Double, _ treatment: Double
  ) throws(DesignFault) -> Double {
    guard !isNormal else { return .infinity }
    let members = clusters?.size ?? 1
    let least = min(arms[0], smallest) / members
    guard least >= 2 * (1 - 1e-9) else {
      throw .outside(
        clusters == nil ? "units of the smallest arm" : "clusters of the smallest arm", least, "must be at least 2")
    }
    if test == .pooled { return arms.reduce(0, +) / members - Double(arms.count) }
    if clusters != nil { return (arms[0] + smallest) / members - 2 }
    return satterthwaite([(control, arms[0] - 1), (treatment, smallest - 1)])
  }

  // MARK: - The critical value

  /// In standard errors of the null hypothesis.
  private func critical(_ expected: Expected, units: Double) throws(DesignFault) -> Double {
    let tests = correction == .bonferroni ? Double(split.treatments.count) : 1
    let whole = alpha / tests
    if case .alwaysValid = monitoring { return try alwaysValid(alpha: whole) }
    if correction == .dunnett, split.treatments.count > 1 { return try dunnett(expected) }
    let law: ReferenceLaw =
      expected.degreesOfFreedom.isFinite ? .studentT(degreesOfFreedom: expected.degreesOfFreedom) : .normal
    return law.inverseSurvival(hypothesis.isTwoSided ? whole / 2 : whole)
  }

  private func dunnett(_ expected: Expected) throws(DesignFault) -> Double {
    do throws(DomainError) {
      let law = try Dunnett(
        controlVariance: expected.armVariances[0], treatmentVariances: Array(expected.armVariances.dropFirst()),
        degreesOfFreedom: expected.degreesOfFreedom)
      return law.critical(try ConfidenceLevel(alpha: alpha), hypothesis.isTwoSided ? .twoSided : .greater)
    } catch {
      throw .outside(error.quantity, error.value, error.requirement)
    }
  }

  /// The width of a confidence sequence at the number of units that it is tuned for; it is the same for each number.
  private func alwaysValid(alpha: Double) throws(DesignFault) -> Double {
    let units = 1e4
    do throws(DomainError) {
      if hypothesis.isTwoSided {
        return try AsymptoticConfidenceSequence(alpha: alpha, optimisedFor: units)
          .halfWidth(standardError: 1, units: units)
      }
      let rho = try AsymptoticConfidenceSequence(alpha: min(2 * alpha, 0.999), optimisedFor: units).rho
      return try AsymptoticConfidenceSequence(alpha: alpha, rho: rho).oneSidedWidth(standardError: 1, units: units)
    } catch {
      throw .outside(error.quantity, error.value, error.requirement)
    }
  }

  // MARK: - Searching

  /// Below this nothing is computed: two units (or clusters) an arm where a variance must be estimated.
  var smallestUnits: Double {
    let least = isNormal ? 1e-6 : 2 * (clusters?.size ?? 1)
    return least / min(split.controlShare, split.treatmentShare)
  }

  /// By the normal law, for a start.
  func approximateUnits(power: Double, effect: Double) -> Double {
    let z = reach(power)
    return pow(z * unitError(effect) / hypothesis.distance(effect), 2)
  }

  /// The standard error of the effect for one unit in all.
  private func unitError(_ effect: Double) -> Double {
    let raw = outcome.variances(effect: effect)
    let sum = raw.control / split.controlShare + raw.treatment / split.treatmentShare
    return (sum * varianceInflation).squareRoot()
  }

  private func reach(_ power: Double) -> Double {
    let normal = Normal.standard
    return max(0.1, normal.inverseSurvival(hypothesis.isTwoSided ? alpha / 2 : alpha) + normal.quantile(power))
  }

  func direction(default direction: DesignHypothesis.Direction) -> DesignHypothesis.Direction {
    switch hypothesis {
    case .superior(_, let better), .nonInferior(_, let better): better
    case .different, .equivalent: direction
    }
  }

  /// Where the search for an effect begins, where it ends.
  func effectRange(_ sign: Double) -> (null: Double, limit: Double) {
    let limit = sign > 0 ? outcome.effects.upperBound : outcome.effects.lowerBound
    switch hypothesis {
    case .different: return (0, limit)
    case .superior(let margin, _): return (sign * margin, limit)
    case .nonInferior(let margin, _):
      return (max(outcome.effects.lowerBound, min(outcome.effects.upperBound, -sign * margin)), limit)
    case .equivalent(let margin): return (0, sign * margin)
    }
  }

  func searchStart(
    units: Double, power: Double, null: Double, sign: Double
  ) throws(DesignFault) -> (start: Double, step: Double) {
    if case .equivalent(let margin) = hypothesis { return (sign * margin / 2, margin / 4) }
    let step = reach(power) * unitError(null) / units.squareRoot()
    return (null + sign * step, step / 8)
  }

  func planned(_ units: Double, _ effect: Double) throws(DesignFault) -> PlannedUnits {
    let members = clusters?.size ?? 1
    let fewest = isNormal && clusters == nil ? 1.0 : 2
    // Noise in the last digits must not add a unit.
    let groups = split.units(of: units).map { max(fewest, ($0 / members * (1 - 1e-12)).rounded(.up)) }
    let whole = groups.map { ($0 * members).rounded(.up) }
    guard whole.reduce(0, +) < 9e18 else { throw DesignFault(.tooManyUnits(units)) }
    return PlannedUnits(
      exact: units, arms: whole.map { Int($0) }, clusters: clusters.map { _ in groups.map { Int($0) } },
      power: try rejection(arms: whole, effect: effect))
  }

  // MARK: - Domains

  func validate() throws(DesignFault) {
    guard alpha > 0, alpha < 1 else { throw .outside("alpha", alpha, "must be in (0, 1)") }
    guard varianceExplained >= 0, varianceExplained < 1 else {
      throw .outside("share of variance that covariates explain", varianceExplained, "must be in [0, 1)")
    }
    guard outcome.tests.contains(test) else {
      throw DesignFault(.notForMetric(test: test.rawValue, metric: outcome.kind.rawValue))
    }
    if case .inflated(let by) = monitoring, !(by >= 1 && by.isFinite) {
      throw .outside("inflation of the units", by, "must be at least 1")
    }
    try hypothesis.requireMargin()
    try validateCombinations()
  }

  private func validateCombinations() throws(DesignFault) {
    if outcome.kind == .proportion, hypothesis.margin > 0, test == .pooled || test == .arcsine {
      throw DesignFault(
        .combination(
          "a margin on a proportion needs each arm's own variance; take the test 'z' instead of '\(test.rawValue)'."))
    }
    let spread = outcome.variances(effect: 0)
    if outcome.kind == .mean, test == .pooled, spread.control != spread.treatment {
      throw DesignFault(.combination("the pooled t test takes one standard deviation for both arms; take 'welch'."))
    }
    guard correction == .dunnett else { return }
    if case .equivalent = hypothesis {
      throw DesignFault(.combination("Dunnett's critical value is not for equivalence; take 'bonferroni'."))
    }
    if case .alwaysValid = monitoring {
      throw DesignFault(.combination("Dunnett's critical value is not for confidence sequences; take 'bonferroni'."))
    }
  }

  func require(power: Double) throws(DesignFault) {
    guard power > 0, power < 1 else { throw .outside("power", power, "must be in (0, 1)") }
    guard power > alpha else { throw DesignFault(.powerNotAboveAlpha(power: power, alpha: alpha)) }
  }

  func require(units: Double) throws(DesignFault) {
    guard units > 0, units < 1e18 else { throw .outside("units", units, "must be positive and below 1e18") }
  }

  func require(effect: Double) throws(DesignFault) {
    guard effect.isFinite else { throw .outside("effect", effect, "must be finite") }
    guard let baseline = outcome.baseline, outcome.kind == .proportion else { return }
    let rate = baseline + effect
    guard rate >= 0, rate <= 1 else {
      throw .outside("the treatment's proportion", rate, "must be in [0, 1]: the baseline is \(baseline)")
    }
  }
}
