/// What a group-sequential test says about the effect once it has stopped, with the stopping rule allowed for.
///
/// Results are ordered by stage: crossing the upper bound earlier is more extreme than later, and at one look a larger z is.
/// - Source: Armitage, P. (1957), "Restricted sequential procedures", Biometrika 44, pp. 9-26; Tsiatis, A. A., Rosner,
///   G. L. and Mehta, C. R. (1984), "Exact confidence intervals following a group sequential test", Biometrics 40,
///   pp. 797-803; Jennison and Turnbull (2000), section 8.4.
/// - Checked against: rpact, Datasets/References/group-sequential-inference.json, group-sequential.json, relative 1e-7.
public struct StagewiseInference: Sendable, Hashable {
  /// P(a result at least as large | no effect); two-sided designs: twice the smaller tail.
  public let pValue: Double
  /// The effect under which a larger and a smaller result are equally likely.
  public let medianUnbiased: Double
  public let interval: Interval

  /// In another unit: `unit` is what one unit of drift is there, the standard error at the full information.
  public func scaled(by unit: Double) -> StagewiseInference {
    StagewiseInference(
      pValue: pValue, medianUnbiased: medianUnbiased * unit,
      interval: Interval(interval.lower * unit, interval.upper * unit))
  }
}

extension GroupSequentialDesign {
  /// p-value, estimate and interval after the test has stopped at a look with this z-statistic, in units of drift.
  ///
  /// Multiply by the look's standard error times √(its information fraction) for the unit of the metric: `scaled(by:)`.
  /// Futility bounds that do not bind are ignored, so the p-value is valid whether or not they were obeyed.
  /// - Parameter confidence: of the interval; usually 1 - alpha of a two-sided, 1 - 2 alpha of a one-sided design.
  /// - Throws: `DomainError` unless the look exists and the test stops there: z beyond a bound, or the last look.
  public func stagewiseInference(
    look: Int, z: Double, confidence: ConfidenceLevel
  ) throws(DomainError) -> StagewiseInference {
    guard try advice(look: look, z: z) != .carryOn || look == looks else {
      throw DomainError("z-statistic", z, "must be beyond a bound of its look: the test has not stopped there")
    }
    return try alphaBoundary.stagewiseInference(look: look, z: z, confidence: confidence, sides: sides)
  }
}

extension GroupSequentialBoundary {
  /// Inference in stagewise ordering for bounds given as they are; the look is taken to be the one that stopped the test.
  public func stagewiseInference(
    look: Int, z: Double, confidence: ConfidenceLevel, sides: GroupSequentialDesign.Sides = .one
  ) throws(DomainError) -> StagewiseInference {
    guard look >= 1, look <= looks else { throw DomainError("look", Double(look), "must be 1 to \(looks)") }
    guard z.isFinite else { throw DomainError("z-statistic", z, "must be finite") }
    var walk = StagewiseTail(boundary: prefix(look), z: z)
    let tail = walk.probability(drift: 0)
    return StagewiseInference(
      pValue: sides == .two ? 2 * min(tail.above, tail.below) : tail.above,
      medianUnbiased: try walk.drift(tail: 0.5),
      interval: Interval(try walk.drift(tail: confidence.alpha / 2), try walk.drift(tail: 1 - confidence.alpha / 2)))
  }
}

/// P(a result as large as the one seen, in stagewise ordering) as a function of the drift: increasing.
private struct StagewiseTail {
  /// Up to the look that stopped.
  let boundary: GroupSequentialBoundary
  let z: Double
  private var recursion = ScoreRecursion()

  init(boundary: GroupSequentialBoundary, z: Double) {
    self.boundary = boundary
    self.z = z
  }

  /// The tail and its complement, each without cancellation.
  mutating func probability(drift: Double) -> (above: Double, below: Double) {
    recursion.restart(drift: drift)
    var (above, below) = (0.0, 0.0)
    for (k, t) in boundary.informationFractions.enumerated() {
      let isLast = k + 1 == boundary.looks
      let (low, high) = isLast ? (z, z) : (boundary.lower[k], boundary.upper[k])
      above += recursion.upperTail(high * t.squareRoot(), at: t)
      if low > -.infinity { below += recursion.lowerTail(low * t.squareRoot(), at: t) }
      if !isLast {
        recursion.advance(
          between: low * t.squareRoot(), high * t.squareRoot(), at: t, next: boundary.informationFractions[k + 1])
      }
    }
    return (above, below)
  }

  mutating func drift(tail wanted: Double) throws(DomainError) -> Double {
    let t = boundary.informationFractions[boundary.looks - 1]
    let root = try BracketedRoot.findFalling(
      from: z / t.squareRoot(), step: 0.5 / t.squareRoot(), tolerance: 1e-13
    ) { (drift: Double) -> Double in
      let (above, below) = probability(drift: drift)
      return wanted < 0.5 ? wanted - above : below - (1 - wanted)
    }
    guard let root else { throw DomainError("z-statistic", z, "is too far out for an interval") }
    return root
  }
}
