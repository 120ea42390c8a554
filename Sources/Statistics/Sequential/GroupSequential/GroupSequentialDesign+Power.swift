extension GroupSequentialDesign {
  /// P(reject) when the expected z-statistic at the full information is `drift`; two-sided designs count both sides.
  public func power(drift: Double) -> Double {
    let exits = boundary.exitProbabilities(drift: drift)
    return exits.totalUpper + (sides == .two ? exits.totalLower : 0)
  }

  /// The drift at which the power is reached.
  ///
  /// - Throws: `DomainError` unless alpha < power < 1, or if the bounds cannot have it.
  public func drift(power: Double) throws(DomainError) -> Double {
    try requirePower(power)
    var recursion = ScoreRecursion()
    let root = try BracketedRoot.findFalling(from: fixedDrift(power), step: 0.2, tolerance: 1e-13) {
      (drift: Double) -> Double in
      recursion.restart(drift: drift)
      let exits = boundary.exitProbabilities(&recursion)
      return power - exits.totalUpper - (sides == .two ? exits.totalLower : 0)
    }
    guard let root else { throw DomainError("power", power, "cannot be reached with these bounds") }
    return root
  }

  /// The largest information that the design may need for the power, over that of a test with one look at the end.
  ///
  /// Multiply the fixed sample size by it. - Source: Jennison and Turnbull (2000), section 2.4.
  public func inflation(power: Double) throws(DomainError) -> Double {
    let ratio = try drift(power: power) / fixedDrift(power)
    return ratio * ratio
  }

  /// The information expected when the test stops, as a fraction of the planned one.
  public func expectedInformation(drift: Double) -> Double { boundary.expectedInformation(drift: drift) }

  /// The drift of the test with one look: z for alpha on a side plus z for the power.
  private func fixedDrift(_ power: Double) -> Double {
    Normal.upperQuantile(alpha / Double(sides.rawValue)) + Normal.upperQuantile(1 - power)
  }

  private func requirePower(_ power: Double) throws(DomainError) {
    guard power > alpha, power < 1 else { throw DomainError("power", power, "must be above alpha and below 1") }
  }
}
