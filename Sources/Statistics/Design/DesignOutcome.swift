/// What a metric is known to be before the experiment.
///
/// All values are per randomised unit and in the metric's unit.
public struct DesignOutcome: Sendable, Hashable {
  /// What is measured on a unit.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case mean, proportion, ratio }
  /// What is measured on a unit.
  public let kind: Kind
  /// The control's expected value; nil where only the spread is known, and then there are no relative effects.
  public let baseline: Double?
  private let controlVariance: Double
  private let treatmentVariance: Double

  private init(_ kind: Kind, _ baseline: Double?, _ controlVariance: Double, _ treatmentVariance: Double) {
    self.kind = kind
    self.baseline = baseline
    self.controlVariance = controlVariance
    self.treatmentVariance = treatmentVariance
  }

  /// A mean per unit; the treatment's standard deviation is the control's if not given.
  ///
  /// - Throws: `DesignFault` unless the deviations are positive and all is finite.
  public static func mean(
    baseline: Double? = nil, standardDeviation: Double, treatmentStandardDeviation: Double? = nil
  ) throws(DesignFault) -> DesignOutcome {
    let other = treatmentStandardDeviation ?? standardDeviation
    for deviation in [standardDeviation, other] where !(deviation > 0 && deviation.isFinite) {
      throw .outside("standard deviation", deviation, "must be positive and finite")
    }
    return DesignOutcome(
      .mean, try finite(baseline), standardDeviation * standardDeviation, other * other)
  }

  /// A share of units; the effect decides the treatment's variance.
  ///
  /// - Throws: `DesignFault` unless the baseline is in (0, 1).
  public static func proportion(_ baseline: Double) throws(DesignFault) -> DesignOutcome {
    guard baseline > 0, baseline < 1 else { throw .outside("baseline proportion", baseline, "must be in (0, 1)") }
    return DesignOutcome(.proportion, baseline, baseline * (1 - baseline), 0)
  }

  /// A ratio of two sums, with the variance per unit by the delta method:
  /// (var(num) - 2 R cov + R² var(den)) / mean(den)².
  ///
  /// - Parameter moments: of numerator and denominator in history, or as assumed.
  /// - Throws: `DesignFault` if the denominator's mean is 0 or the variance not positive.
  /// - Source: Deng, Knoblich & Lu (2018), KDD, eq. 3.
  public static func ratio(
    numeratorMean: Double, denominatorMean: Double, numeratorVariance: Double, denominatorVariance: Double,
    covariance: Double
  ) throws(DesignFault) -> DesignOutcome {
    guard denominatorMean != 0, denominatorMean.isFinite else {
      throw .outside("mean of the denominator", denominatorMean, "must not be 0")
    }
    let ratio = numeratorMean / denominatorMean
    let spread = numeratorVariance - 2 * ratio * covariance + ratio * ratio * denominatorVariance
    return try Self.ratio(baseline: ratio, unitVariance: spread / (denominatorMean * denominatorMean))
  }

  /// A ratio of two sums whose variance per unit is known: n · (standard error)².
  public static func ratio(baseline: Double, unitVariance: Double) throws(DesignFault) -> DesignOutcome {
    guard unitVariance > 0, unitVariance.isFinite else {
      throw .outside("variance of the ratio per unit", unitVariance, "must be positive and finite")
    }
    return DesignOutcome(.ratio, try finite(baseline), unitVariance, unitVariance)
  }

  private static func finite(_ baseline: Double?) throws(DesignFault) -> Double? {
    if let baseline, !baseline.isFinite { throw .outside("baseline", baseline, "must be finite") }
    return baseline
  }

  /// Variance per unit of the control, and of a treatment with this effect.
  public func variances(effect: Double) -> (control: Double, treatment: Double) {
    guard kind == .proportion, let baseline else { return (controlVariance, treatmentVariance) }
    let rate = baseline + effect
    return (controlVariance, max(0, rate * (1 - rate)))
  }

  /// The effects that the metric can have.
  var effects: ClosedRange<Double> {
    guard kind == .proportion, let baseline else { return -1e300...1e300 }
    return -baseline...(1 - baseline)
  }

  /// Which tests can be planned for the kind.
  var tests: [DesignTest] {
    switch kind {
    case .mean: [.welch, .pooled, .z]
    case .proportion: [.z, .pooled, .arcsine, .welch]
    case .ratio: [.z, .welch]
    }
  }
}

/// The test that will be made.
public enum DesignTest: String, Sendable, Hashable, Codable, CaseIterable {
  /// Normal law, each arm's own variance.
  case z
  /// t law, each arm's own variance, Satterthwaite's degrees of freedom; with clusters, those of the clusters.
  case welch
  /// Means: t law with one variance. Proportions: normal law, the null hypothesis' common rate in the standard error.
  case pooled
  /// Proportions: normal law of 2 asin √p.
  case arcsine
}
