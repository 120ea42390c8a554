import Foundation

/// The plan of an experiment: of units, effect and power any two give the third.
///
/// Units are counted over all arms. With several treatments the power is that of each comparison alone (for unequal
/// weights: of the smallest treatment), at the critical value that the correction asks for.
/// - Source: means: noncentral t, as R's `power.t.test`; proportions: Fleiss, Levin & Paik (2003), Statistical Methods for
///   Rates and Proportions, eq. 4.14 (pooled) and Cohen (1988), Statistical Power Analysis, section 6.2 (arcsine);
///   margins: Chow, Shao, Wang & Lokhnytska (2018), Sample Size Calculations in Clinical Research, sections 3.2 and 4.2;
///   covariates: Deng, Xu, Kohavi & Walker (2013), WSDM, eq. 5.
/// - Checked against: mpmath, R, pwr and statsmodels, Datasets/References/power.json; simulation in the tests.
public struct ExperimentDesign: Sendable, Hashable {
  /// What is measured, with its variance.
  public var outcome: DesignOutcome
  /// Which test will be made.
  public var test: DesignTest
  /// What is to be shown.
  public var hypothesis: DesignHypothesis
  /// Two-sided for `.different`, else one-sided.
  public var alpha: Double
  /// How units are divided over the arms.
  public var split: ArmSplit
  /// How alpha is shared by several treatments.
  public var correction = ArmCorrection.none
  /// r²: the share of variance that covariates explain (CUPED), in [0, 1).
  public var varianceExplained = 0.0
  /// Clusters of units that are assigned together; nil for single units.
  public var clusters: ClusterDesign?
  /// How often the data are looked at.
  public var monitoring = DesignMonitoring.once
  /// Whether a two-sided test that rejects in the wrong direction counts as power; most programs do not for proportions.
  public var countsFarTail = true

  /// - Parameter test: the test that `analyze` makes if not given: Welch's for means, z with each arm's own variance else.
  public init(
    _ outcome: DesignOutcome, test: DesignTest? = nil, hypothesis: DesignHypothesis = .different, alpha: Double = 0.05,
    split: ArmSplit = .even
  ) {
    self.outcome = outcome
    self.test = test ?? outcome.tests[0]
    self.hypothesis = hypothesis
    self.alpha = alpha
    self.split = split
  }

  // MARK: - Power

  /// The probability that an experiment of this size shows what is to be shown.
  ///
  /// - Parameters:
  ///   - units: of all arms together, not rounded.
  ///   - effect: treatment minus control, in the metric's unit.
  /// - Throws: `DesignFault` for arguments outside their domain.
  public func power(units: Double, effect: Double) throws(DesignFault) -> Double {
    try validate()
    try require(units: units)
    try require(effect: effect)
    return try rejection(units: units, effect: effect)
  }

  /// The units needed.
  ///
  /// - Throws: `DesignFault` if no number of units has that power, with the reason.
  public func units(power: Double, effect: Double) throws(DesignFault) -> PlannedUnits {
    try validate()
    try require(power: power)
    try require(effect: effect)
    guard hypothesis.distance(effect) > 0 else {
      throw DesignFault(.effectUnderNull(effect: effect, hypothesis: hypothesis.words))
    }
    guard smallestUnits < 1e18 else { throw DesignFault(.tooManyUnits(smallestUnits)) }
    var fault: DesignFault?
    let miss = { (logUnits: Double) -> Double in
      do throws(DesignFault) {
        return try rejection(units: exp(logUnits), effect: effect) - power
      } catch {
        fault = error
        return .nan
      }
    }
    let start = log(max(approximateUnits(power: power, effect: effect), smallestUnits))
    let found = MonotoneRoot.find(near: start, step: 0.1, within: log(smallestUnits)...log(1e18), miss)
    if let fault { throw fault }
    guard let found else {
      // The ends: either the smallest experiment is enough, or the largest is not.
      if try rejection(units: smallestUnits, effect: effect) >= power { return try planned(smallestUnits, effect) }
      throw DesignFault(.tooManyUnits(1e18))
    }
    return try planned(exp(found), effect)
  }

  /// The smallest effect beyond the null hypothesis that has the power: the minimal detectable effect. For equivalence the
  /// largest effect at which it is still shown.
  ///
  /// - Parameter direction: of the effect looked for, where the hypothesis has none of its own.
  /// - Throws: `DesignFault` if no effect that the metric can have is found with that power.
  public func effect(
    power: Double, units: Double, direction: DesignHypothesis.Direction = .up
  ) throws(DesignFault) -> Double {
    try validate()
    try require(power: power)
    try require(units: units)
    let sign = self.direction(default: direction) == .up ? 1.0 : -1.0
    let (null, limit) = effectRange(sign)
    let isEquivalence = if case .equivalent = hypothesis { true } else { false }
    var fault: DesignFault?
    let miss = { (effect: Double) -> Double in
      do throws(DesignFault) {
        let found = try rejection(units: units, effect: effect)
        return (isEquivalence ? power - found : found - power) * sign
      } catch {
        fault = error
        return .nan
      }
    }
    let (start, step) = try searchStart(units: units, power: power, null: null, sign: sign)
    let bracket = min(null, limit)...max(null, limit)
    let found = MonotoneRoot.find(near: start, step: step, within: bracket, miss)
    if let fault { throw fault }
    if let found { return found }
    let best = try rejection(units: units, effect: isEquivalence ? 0 : limit)
    if isEquivalence { throw DesignFault(.tooFewForMargin(power: best, wanted: power)) }
    throw DesignFault(.noEffectLargeEnough(limit: limit, power: best, wanted: power))
  }

  /// The units of each cluster needed when the number of clusters is fixed.
  ///
  /// - Parameter total: clusters of all arms together.
  /// - Throws: `DesignFault` if the clusters are too few whatever their size.
  public func clusterSize(power wanted: Double, effect: Double, clusters total: Int) throws(DesignFault) -> Double {
    guard let clusters else { throw DesignFault(.combination("a cluster size needs a design with clusters.")) }
    func design(_ size: Double) throws(DesignFault) -> ExperimentDesign {
      var design = self
      design.clusters = try ClusterDesign(
        size: size, intraclassCorrelation: clusters.intraclassCorrelation, sizeVariation: clusters.sizeVariation)
      return design
    }
    func excess(_ size: Double) throws(DesignFault) -> Double {
      try design(size).power(units: Double(total) * size, effect: effect) - wanted
    }
    try require(power: wanted)
    guard hypothesis.distance(effect) > 0 else {
      throw DesignFault(.effectUnderNull(effect: effect, hypothesis: hypothesis.words))
    }
    let largest = 1e9
    if try excess(1) >= 0 { return 1 }
    guard try excess(largest) >= 0 else {
      let needed = try design(largest).units(power: wanted, effect: effect)
      throw DesignFault(.tooFewClusters(found: total, needed: needed.clusters?.reduce(0, +) ?? total + 1))
    }
    var fault: DesignFault?
    let found = MonotoneRoot.find(in: 0...log(largest)) { logSize in
      do throws(DesignFault) { return try excess(exp(logSize)) } catch {
        fault = error
        return .nan
      }
    }
    if let fault { throw fault }
    return found.map(exp) ?? 1
  }
}

/// Units that reach a power.
public struct PlannedUnits: Sendable, Hashable, Codable {
  /// Of all arms together, before rounding.
  public let exact: Double
  /// Whole units of each arm, control first: each rounded up, to whole clusters where there are some.
  public let arms: [Int]
  /// Clusters of each arm, control first.
  public let clusters: [Int]?
  /// Of the whole units.
  public let power: Double
  /// Units of all arms.
  public var total: Int { arms.reduce(0, +) }
}
