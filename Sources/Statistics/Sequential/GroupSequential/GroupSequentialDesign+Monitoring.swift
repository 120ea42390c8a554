extension GroupSequentialDesign {
  /// Looks as they fell, without any that were planned: errors are spent at the information they had.
  ///
  /// - Parameters:
  ///   - fractions: information over the planned one, increasing; 1 and more spends all that is left.
  ///   - isFinal: the last of these looks ends the test, although its information may be short of the plan.
  public init(
    observed fractions: [Double], isFinal: Bool = false, alpha: Double, sides: Sides = .two, spending: SpendingFunction
  ) throws(DomainError) {
    let whole = try GroupSequentialDesign(looks: 1, alpha: alpha, sides: sides, efficacy: .spending(spending))
    self = try whole.observed(at: fractions, isFinal: isFinal)
  }

  /// The design as it turned out: with the information that the looks so far really had.
  ///
  /// Errors are spent at the fractions observed, whatever was planned, so looks may be earlier, later, more or fewer than
  /// planned as long as their times do not depend on the results. A look with more than the planned information (over-running)
  /// spends all that is left and is tested with its real correlation to the looks before it; so does the last look of a test
  /// that ends early (under-running), `isFinal`. After that nothing is left: later bounds are infinite. Futility bounds that
  /// spend beta keep the drift of the plan.
  /// - Parameter isFinal: the last of these looks ends the test, although its information may be short of the plan.
  /// - Throws: `DomainError` for fractions that do not increase, and for bounds of a given shape (Wang-Tsiatis) at other
  ///   looks than the planned ones: only spending functions and Haybittle-Peto's bounds adapt.
  /// - Source: Lan, K. K. G. and DeMets, D. L. (1983), Biometrika 70, pp. 659-663; Jennison and Turnbull (2000), section
  ///   7.2.
  public func observed(at fractions: [Double], isFinal: Bool = false) throws(DomainError) -> GroupSequentialDesign {
    try GroupSequentialBoundary.validate(fractions)
    let closes = isFinal || fractions[fractions.count - 1] >= 1
    if case .wangTsiatis = efficacy {
      guard fractions.elementsEqual(informationFractions.prefix(fractions.count), by: { abs($0 - $1) < 1e-9 }) else {
        throw DomainError(
          "information fractions", .nan, "must be the planned ones, unless the bounds come from a spending function")
      }
      return self
    }
    var spending = fractions.map { min($0, 1) }
    if isFinal { spending[spending.count - 1] = 1 }
    return try GroupSequentialDesign(
      BoundarySolver(
        fractions: fractions, spendingFractions: spending, closes: closes, alpha: alpha, sides: sides,
        efficacy: efficacy, futility: futility),
      drift: plannedDrift)
  }

  /// What a look says about going on.
  public enum Advice: String, Sendable, Hashable, Codable {
    /// The upper bound is reached: the effect is positive.
    case stopForEfficacy
    /// The lower bound of a two-sided design is reached: the effect is negative.
    case stopForHarm
    /// The futility bound is reached, or the last look has not rejected.
    case stopForFutility
    case carryOn
  }

  /// What the z-statistic of a look (1-based) says.
  ///
  /// - Throws: `DomainError` unless the look exists and z is a number.
  public func advice(look: Int, z: Double) throws(DomainError) -> Advice {
    try require(look: look, z: z)
    if z >= boundary.upper[look - 1] { return .stopForEfficacy }
    if sides == .two, z <= boundary.lower[look - 1] { return .stopForHarm }
    if sides == .one, z <= boundary.lower[look - 1] { return .stopForFutility }
    return look == looks && solver.closes ? .stopForFutility : .carryOn
  }

  func require(look: Int, z: Double) throws(DomainError) {
    guard look >= 1, look <= looks else { throw DomainError("look", Double(look), "must be 1 to \(looks)") }
    guard !z.isNaN else { throw DomainError("z-statistic", z, "must be a number") }
  }
}
