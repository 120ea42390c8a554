import Foundation
import Statistics

/// The look that an analysis takes: which it is, what its bound is at any level, and when the next one is due.
struct GroupSequentialLook: Sendable {
  let plan: GroupSequentialPlan
  let units: Int
  let plannedUnits: Int
  /// Nothing may be left for later: the data are final, or the planned units are in.
  let isFinal: Bool
  /// Information at this look and those before it.
  private let fractions: [Double]

  /// nil where the plan is of another method.
  ///
  /// - Throws: `AnalysisFault` without planned units, with fewer units than at an earlier look, or after the last look.
  init?(_ plan: AnalysisPlan, units: Int) throws {
    guard plan.method == .groupSequential else { return nil }
    guard let planned = plan.plannedUnits, planned > 0 else { throw AnalysisFault(.noPlannedUnits) }
    let group = plan.groupSequential ?? GroupSequentialPlan()
    try group.function.validate()
    // Seen again, the same data are the same look.
    let earlier = group.earlierUnits.last == units ? group.earlierUnits.dropLast() : group.earlierUnits[...]
    var last = 0
    for seen in earlier + [units] {
      guard seen > last else { throw AnalysisFault(.unitsShrank(from: last, to: seen)) }
      last = seen
    }
    if let spent = earlier.firstIndex(where: { $0 >= planned }) {
      throw AnalysisFault(.alphaSpent(look: spent + 1, units: earlier[spent]))
    }
    self.plan = group
    self.units = units
    plannedUnits = planned
    isFinal = plan.isFinal || units >= planned
    fractions = (earlier + [units]).map { Double($0) / Double(planned) }
  }

  var number: Int { fractions.count }

  func design(alpha: Double) throws(DomainError) -> GroupSequentialDesign {
    try GroupSequentialDesign(observed: fractions, isFinal: isFinal, alpha: alpha, spending: plan.function)
  }

  /// The two-sided level at which this look tests by itself, so that all looks together keep `alpha`.
  ///
  /// The bound is in z; a test by another law is done at the bound's level.
  /// - Source: Jennison, C. and Turnbull, B. W. (2000), "Group Sequential Methods with Applications to Clinical Trials",
  ///   section 3.8 (the significance level approach).
  func nominalLevel(alpha: Double) throws(DomainError) -> Double {
    try design(alpha: alpha).nominalLevels[number - 1]
  }

  /// The repeated p-value of a result whose p-value at one look would be `pValue`, both sides together.
  func repeated(pValue: Double) throws(DomainError) -> Double {
    let z = Normal.standard.inverseSurvival(min(1, pValue) / 2)
    // The level of the design only bounds the search; the value does not depend on it.
    return min(1, try design(alpha: 0.05).repeatedPValue(look: number, z: z) ?? 1)
  }

  /// Units at which the next look is planned; nil after the last.
  var nextUnits: Int? {
    guard !isFinal else { return nil }
    return plan.looks.map { Int(($0 * Double(plannedUnits)).rounded(.up)) }.first { $0 > units }
  }

  /// P(one of the planned looks to come rejects), averaged over what this look says about the effect under a flat prior; nil
  /// at the last look.
  func predictivePower(z: Double, alpha: Double) throws(DomainError) -> Double? {
    guard !isFinal, z.isFinite else { return nil }
    let seen = fractions[number - 1]
    let coming = plan.looks.filter { $0 - seen > 1e-6 }
    let whole = try GroupSequentialDesign(observed: fractions + coming, alpha: alpha, spending: plan.function)
    return coming.isEmpty ? nil : try whole.predictivePower(look: number, z: z).last
  }

  func summary(alpha: Double) throws(DomainError) -> Analysis.GroupSequential {
    let design = try design(alpha: alpha)
    let bound = design.boundary.upper[number - 1]
    return Analysis.GroupSequential(
      look: number, plannedUnits: plannedUnits, informationFractions: fractions, isFinal: isFinal,
      spending: plan.spending.rawValue, parameter: plan.parameter ?? plan.spending.defaultParameter,
      bound: bound.isFinite ? bound : nil, nominalLevel: design.nominalLevels[number - 1],
      alphaSpent: isFinal ? alpha : min(alpha, 2 * plan.function.spent(at: fractions[number - 1], of: alpha / 2)),
      nextUnits: nextUnits)
  }
}

extension Analysis {
  /// Where a group-sequential run stands, for an effect that is tested at the whole of alpha.
  public struct GroupSequential: Sendable, Codable, Equatable {
    /// 1, 2, 3, …
    public var look: Int
    public var plannedUnits: Int
    /// Units over the planned ones, at this look and those before it.
    public var informationFractions: [Double]
    /// This look spends all that is left.
    public var isFinal: Bool
    public var spending: String
    public var parameter: Double?
    /// |z| at which this look rejects; nil if it spends too little to reject anything.
    public var bound: Double?
    /// The two-sided level of that bound.
    public var nominalLevel: Double
    /// Up to and with this look.
    public var alphaSpent: Double
    /// When the next look is planned; nil after the last.
    public var nextUnits: Int?
  }
}
