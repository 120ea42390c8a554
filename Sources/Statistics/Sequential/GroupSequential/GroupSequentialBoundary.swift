/// Bounds of the z-statistic at a series of looks, and what follows from them under any drift.
///
/// Drift is the expected z-statistic at information 1: the effect over its standard error there. The z-statistics have the
/// canonical joint distribution: Z at information t is normal with mean drift √t and variance 1, with independent
/// increments of Z √t.
/// - Source: Jennison, C. and Turnbull, B. W. (2000), "Group Sequential Methods with Applications to Clinical Trials",
///   sections 3.1 and 19.2.
/// - Checked against: rpact and an independent quadrature, Datasets/References/group-sequential.json.
public struct GroupSequentialBoundary: Sendable, Hashable {
  /// Information at each look as a fraction of the planned one; increasing.
  public let informationFractions: [Double]
  /// Stop for efficacy at or above; infinite where a look cannot stop.
  public let upper: [Double]
  /// Stop below: for harm in a symmetric design, for futility in a one-sided one; -infinity where there is none.
  public let lower: [Double]

  /// - Throws: `DomainError` unless the fractions increase and are positive, and there is one pair of bounds a look, the
  ///   lower not above the upper.
  public init(informationFractions: [Double], upper: [Double], lower: [Double]) throws(DomainError) {
    try Self.validate(informationFractions)
    for bounds in [upper, lower] where bounds.count != informationFractions.count {
      throw DomainError("bounds", Double(bounds.count), "must be one a look (\(informationFractions.count))")
    }
    for (low, high) in zip(lower, upper) where !(low <= high) {
      throw DomainError("lower bound", low, "must not be above the upper bound of its look")
    }
    self.init(unchecked: informationFractions, upper: upper, lower: lower)
  }

  init(unchecked informationFractions: [Double], upper: [Double], lower: [Double]) {
    self.informationFractions = informationFractions
    self.upper = upper
    self.lower = lower
  }

  /// Looks, the last one included.
  public var looks: Int { informationFractions.count }

  /// What information fractions must be: positive, finite, and growing by at least a millionth.
  static func validate(_ fractions: [Double]) throws(DomainError) {
    guard !fractions.isEmpty else { throw DomainError("looks", 0, "must be at least 1") }
    guard fractions.count <= 1000 else { throw DomainError("looks", Double(fractions.count), "must be at most 1000") }
    var last = 0.0
    for fraction in fractions {
      guard fraction.isFinite, fraction > 0, fraction <= 1000 else {
        throw DomainError("information fraction", fraction, "must be positive and at most 1000")
      }
      guard fraction - last >= 1e-6 * fraction else {
        throw DomainError(
          "information fraction", fraction, "must be above that of the look before, by a millionth at least")
      }
      last = fraction
    }
  }

  /// The probabilities to stop at each look.
  public struct ExitProbabilities: Sendable, Hashable {
    /// P(first beyond a bound at this look, and that the upper).
    public let upper: [Double]
    /// P(first beyond a bound at this look, and that the lower).
    public let lower: [Double]

    /// Chance of ever leaving through the upper bound.
    public var totalUpper: Double { upper.reduce(0, +) }
    /// Chance of ever leaving through the lower bound.
    public var totalLower: Double { lower.reduce(0, +) }
  }

  /// The probabilities to leave through the bounds for the first time at each look.
  public func exitProbabilities(drift: Double) -> ExitProbabilities {
    var recursion = ScoreRecursion(drift: drift)
    return exitProbabilities(&recursion)
  }

  func exitProbabilities(_ recursion: inout ScoreRecursion) -> ExitProbabilities {
    var (above, below) = ([Double](), [Double]())
    above.reserveCapacity(looks)
    below.reserveCapacity(looks)
    for (k, t) in informationFractions.enumerated() {
      let (a, b) = (lower[k] * t.squareRoot(), upper[k] * t.squareRoot())
      above.append(b == .infinity ? 0 : recursion.upperTail(b, at: t))
      below.append(a == -.infinity ? 0 : recursion.lowerTail(a, at: t))
      if k + 1 < looks { recursion.advance(between: a, b, at: t, next: informationFractions[k + 1]) }
    }
    return ExitProbabilities(upper: above, lower: below)
  }

  /// The information expected when the test stops, as a fraction of the planned one.
  public func expectedInformation(drift: Double) -> Double {
    let exits = exitProbabilities(drift: drift)
    var (expected, going) = (0.0, 1.0)
    for k in 0..<looks {
      let stops = k + 1 == looks ? going : exits.upper[k] + exits.lower[k]
      expected += informationFractions[k] * stops
      going -= stops
    }
    return expected
  }

  /// The drift under which the upper bounds are crossed with this probability.
  ///
  /// - Throws: `DomainError` unless the probability lies in (0, 1) and can be had.
  public func drift(upperExit probability: Double) throws(DomainError) -> Double {
    guard probability > 0, probability < 1 else { throw DomainError("power", probability, "must be in (0, 1)") }
    var recursion = ScoreRecursion()
    let root = try BracketedRoot.findFalling(from: 0, step: 1, tolerance: 1e-13) { (drift: Double) -> Double in
      recursion.restart(drift: drift)
      return probability - exitProbabilities(&recursion).totalUpper
    }
    guard let root else { throw DomainError("power", probability, "cannot be reached with these bounds") }
    return root
  }

  /// These bounds with the part above one look cut off: the looks 1 to `count`.
  func prefix(_ count: Int) -> GroupSequentialBoundary {
    GroupSequentialBoundary(
      unchecked: Array(informationFractions.prefix(count)), upper: Array(upper.prefix(count)),
      lower: Array(lower.prefix(count)))
  }
}
