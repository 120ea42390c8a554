import Statistics

/// A group-sequential design laid over a design with one look.
///
/// Its bounds are those of the normal law; a t law of many degrees of freedom is near it. The drift that it has where a
/// single look has power P is z_alpha + z_P.
/// - Source: Jennison, C. and Turnbull, B. W. (2000), Group Sequential Methods, section 2.4 and 3.2.
struct PlannedLooks {
  let inflation: Double
  private let bounds: DesignSpec.Looks.Bounds
  private let design: GroupSequentialDesign

  /// - Throws: `DesignSpecFault` for designs that have no such bounds, `DomainError` for impossible looks.
  init(_ looks: DesignSpec.Looks, _ single: ExperimentDesign, power: Double) throws {
    guard case .once = single.monitoring else { throw DesignSpecFault(.looksTwice) }
    if case .equivalent = single.hypothesis { throw DesignSpecFault(.looksNotFor("equivalence")) }
    let comparisons = Double(single.split.treatments.count)
    if single.correction == .dunnett, comparisons > 1 {
      throw DesignSpecFault(.looksNotFor("Dunnett's critical value"))
    }
    bounds = looks.bounds
    design = try GroupSequentialDesign(
      looks: looks.count, alpha: single.correction == .bonferroni ? single.alpha / comparisons : single.alpha,
      sides: single.hypothesis.isTwoSided ? .two : .one, efficacy: looks.bounds.efficacy)
    inflation = try design.inflation(power: power)
  }

  /// The power over all looks where a single look at the end has this one.
  func power(single power: Double) -> Double { design.power(drift: drift(power)) }

  func summary(power: Double) -> DesignResult.Looks? {
    guard let drift = try? design.drift(power: power) else { return nil }
    return DesignResult.Looks(
      bounds: bounds.rawValue, informationFractions: design.informationFractions,
      criticalValues: design.boundary.upper, inflation: inflation,
      expectedShare: design.expectedInformation(drift: drift))
  }

  private func drift(_ power: Double) -> Double {
    let normal = Normal.standard
    return normal.inverseSurvival(design.alpha / Double(design.sides.rawValue)) + normal.quantile(power)
  }
}
