import Foundation

extension GroupSequentialDesign {
  /// The interval for the effect at a look: over all looks together it covers the effect with probability 1 - alpha
  /// (one-sided designs: each of its limits), whether or not the test stops there.
  ///
  /// - Throws: `DomainError` unless the look exists (1-based) and the standard error is positive.
  /// - Source: Jennison, C. and Turnbull, B. W. (1989), "Interim analyses: the repeated confidence interval approach",
  ///   Journal of the Royal Statistical Society B 51, pp. 305-361.
  /// - Checked against: rpact, Datasets/References/group-sequential-inference.json.
  public func repeatedInterval(
    look: Int, estimate: Double, standardError: Double
  ) throws(DomainError) -> Interval {
    try require(look: look, z: estimate)
    guard standardError > 0, standardError.isFinite else {
      throw DomainError("standard error", standardError, "must be positive and finite")
    }
    return Interval(center: estimate, halfWidth: boundary.upper[look - 1] * standardError)
  }

  /// The level at which the bound of this look would just be reached: at most alpha exactly when the look rejects.
  ///
  /// Valid at every look, without regard to how the test was stopped. Two-sided designs: of |z|.
  /// - Returns: nil where the design has no such level: above 0.499 a side, and at the looks before the last of
  ///   Haybittle-Peto's bounds, which do not depend on the level.
  /// - Source: Jennison and Turnbull (2000), section 9.5.
  public func repeatedPValue(look: Int, z: Double) throws(DomainError) -> Double? {
    try require(look: look, z: z)
    let z = sides == .two ? abs(z) : z
    let floor = futility?.isBinding == true ? boundary.lower : nil
    switch efficacy {
    case .spending: return try spentLevel(look: look, z: z, floor: floor)
    case .wangTsiatis(let delta): return level(shape: delta, look: look, z: z, floor: floor)
    case .haybittlePeto(let interim):
      guard look == looks, solver.closes else { return nil }
      let bounds = Array(repeating: interim, count: looks - 1) + [z]
      return wholeLevel(solver.exit(over: bounds, floor: floor))
    }
  }

  private static let highestSide = 0.499

  private func wholeLevel(_ side: Double) -> Double? {
    side <= Self.highestSide ? Double(sides.rawValue) * side : nil
  }

  /// C t^(delta - 1/2) through z at the look, and the error of those bounds over all looks.
  private func level(shape delta: Double, look: Int, z: Double, floor: [Double]?) -> Double? {
    guard z > 0 else { return nil }
    let t = informationFractions[look - 1]
    let bounds = informationFractions.map { z * pow($0 / t, delta - 0.5) }
    return wholeLevel(solver.exit(over: bounds, floor: floor))
  }

  /// The level whose spending puts the bound of the look at z.
  private func spentLevel(look: Int, z: Double, floor: [Double]?) throws(DomainError) -> Double? {
    func bound(_ side: Double) throws(DomainError) -> Double {
      let other = solver.prefix(look, alpha: side * Double(sides.rawValue))
      return try other.efficacyBounds(floor: floor.map { Array($0.prefix(look)) })[look - 1]
    }
    guard try bound(Self.highestSide) <= z else { return nil }
    // The bound of level a is at least that of a test with one look, so the level sought is at least the tail beyond z.
    let lowest = max(Normal.standard.survival(z), 1e-300)
    guard try bound(lowest) > z else { return wholeLevel(lowest) }
    let root = try BracketedRoot.find(log(lowest), log(Self.highestSide), tolerance: 1e-13) {
      (level: Double) throws(DomainError) -> Double in
      let bound = try bound(exp(level))
      return min(bound, 1e3) - z
    }
    return root.map { Double(sides.rawValue) * exp($0) }
  }
}

extension BoundarySolver {
  /// The same rule for the first looks only, at another level.
  fileprivate func prefix(_ count: Int, alpha: Double) -> BoundarySolver {
    BoundarySolver(
      fractions: Array(fractions.prefix(count)), spendingFractions: Array(spendingFractions.prefix(count)),
      closes: closes && count == fractions.count, alpha: alpha, sides: sides, efficacy: efficacy, futility: nil)
  }
}
