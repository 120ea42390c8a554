import Basics

/// Why a design has no answer.
public struct DesignFault: InputFault, Hashable {
  /// Why there is no answer.
  public enum Kind: Sendable, Hashable {
    /// An argument outside its domain.
    case outside(quantity: String, value: Double, requirement: String)
    /// A test that the kind of metric does not have.
    case notForMetric(test: String, metric: String)
    /// The assumed effect is where the hypothesis to be rejected holds.
    case effectUnderNull(effect: Double, hypothesis: String)
    case powerNotAboveAlpha(power: Double, alpha: Double)
    /// Even the largest effect that the metric can have is not found.
    case noEffectLargeEnough(limit: Double, power: Double, wanted: Double)
    /// Even without any effect an equivalence trial of this size has less power.
    case tooFewForMargin(power: Double, wanted: Double)
    /// More units than there are on earth.
    case tooManyUnits(Double)
    /// More units in the clusters there are cannot help: the clusters' own differences remain.
    case tooFewClusters(found: Int, needed: Int)
    case trafficEnds(units: Double, needed: Double)
    case combination(String)
  }
  /// Why there is no answer, with what was asked.
  public let kind: Kind
  package init(_ kind: Kind) { self.kind = kind }

  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .outside(let quantity, let value, let requirement):
      DomainError(quantity, value, requirement).sentence
    case .notForMetric(let test, let metric): "the test '\(test)' is not for a \(metric)."
    case .effectUnderNull(let effect, let hypothesis):
      "an effect of \(effect) is not \(hypothesis), so no number of units can show that it is. Assume another effect or margin."
    case .powerNotAboveAlpha(let power, let alpha):
      "power = \(power), must be above alpha = \(alpha): a test without any data has that power."
    case .noEffectLargeEnough(let limit, let power, let wanted):
      "even the largest effect that the metric can have, \(limit), is found with power \(shortened(power)) only, not \(wanted). More units are needed."
    case .tooFewForMargin(let power, let wanted):
      "even if there is no effect at all, equivalence is shown with power \(shortened(power)) only, not \(wanted). More units or a wider margin are needed."
    case .tooManyUnits(let units):
      "\(units) units would be needed, more than there can be. A larger effect, less variance or less power is needed."
    case .tooFewClusters(let found, let needed):
      "\(found) clusters are too few, however many units each has: at least \(needed) are needed, for units of one cluster are alike."
    case .trafficEnds(let units, let needed):
      "\(whole(needed.rounded(.up))) units are needed, but the traffic levels off at \(whole(units))."
    case .combination(let sentence): sentence
    }
  }

  private func whole(_ units: Double) -> Int { Int(exactly: min(units, 9e18).rounded(.down)) ?? .max }

  private func shortened(_ power: Double) -> Double { (power * 1e4).rounded() / 1e4 }

  static func outside(_ quantity: String, _ value: Double, _ requirement: String) -> DesignFault {
    DesignFault(.outside(quantity: quantity, value: value, requirement: requirement))
  }
}
