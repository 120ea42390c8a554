/// A test with planned looks at the accumulating data, each of which may stop it, with its error rate kept over all.
///
/// ```swift
/// let design = try GroupSequentialDesign(looks: 4, alpha: 0.05, efficacy: .spending(.lanDeMetsOBrienFleming))
/// design.boundary.upper          // 4.3326, 2.9631, 2.3590, 2.0141: |z| at which each look stops
/// try design.inflation(power: 0.8) // how much more information than a test with one look may be needed
/// ```
///
/// - Source: Jennison, C. and Turnbull, B. W. (2000), "Group Sequential Methods with Applications to Clinical Trials",
///   chapters 2 to 5, 7 and 19; the families at their cases.
/// - Checked against: rpact 3.3.4 and an independent quadrature, Datasets/References/group-sequential-rpact.json,
///   group-sequential-check.json, relative 1e-9; gsDesign's and the book's printed tables.
public struct GroupSequentialDesign: Sendable, Hashable {
  /// Whether evidence in one direction counts or in both.
  public enum Sides: Int, Sendable, Hashable {
    /// Only large z-statistics reject.
    case one = 1
    /// Large and small ones reject, each side with half of alpha; the bounds are symmetric.
    case two = 2
  }

  /// The family of the efficacy bounds.
  public enum Efficacy: Sendable, Hashable {
    case spending(SpendingFunction)
    /// C t^(delta - 1/2). - Source: Wang, S. K. and Tsiatis, A. A. (1987), "Approximately optimal one-parameter boundaries
    ///   for group sequential trials", Biometrika 43, pp. 193-199.
    case wangTsiatis(delta: Double)
    /// One bound at all looks before the last, whose bound takes what is left of alpha.
    /// - Source: Haybittle, J. L. (1971), British Journal of Radiology 44, pp. 793-797; Peto, R. et al. (1976), British
    ///   Journal of Cancer 34, pp. 585-612.
    case haybittlePeto(interim: Double)

    /// C / √t. - Source: O'Brien, P. C. and Fleming, T. R. (1979), Biometrics 35, pp. 549-556.
    public static let obrienFleming = Efficacy.wangTsiatis(delta: 0)
    /// One constant. - Source: Pocock, S. J. (1977), Biometrika 64, pp. 191-199.
    public static let pocock = Efficacy.wangTsiatis(delta: 0.5)
  }

  /// When a one-sided test may stop because success has become unlikely.
  public struct Futility: Sendable, Hashable {
    /// Where the futility bounds come from.
    public enum Rule: Sendable, Hashable {
      /// z-statistics at or below which the looks before the last stop; -infinity for none.
      case bounds([Double])
      /// `beta`, the chance to miss the effect that the design has its power for, is spent over the looks.
      case spending(SpendingFunction, beta: Double)
    }
    /// Where the bounds come from.
    public let rule: Rule
    /// Binding: the test must stop there, and the efficacy bounds are lower for it. Otherwise it may go on, and alpha is
    /// kept either way.
    public let isBinding: Bool

    /// Futility bounds that bind enter the efficacy bounds; others may be overruled.
    public init(_ rule: Rule, isBinding: Bool = false) {
      self.rule = rule
      self.isBinding = isBinding
    }
  }

  let solver: BoundarySolver
  /// The bounds of the looks.
  public let boundary: GroupSequentialBoundary
  /// The drift that a futility rule which spends beta was solved for: the one with power 1 - beta.
  public let plannedDrift: Double?

  /// - Parameters:
  ///   - informationFractions: increasing, the last is 1.
  ///   - alpha: the error rate over all looks, both sides together.
  /// - Throws: `DomainError` for impossible fractions, rates or parameters, and for bounds that do not exist: interim bounds
  ///   that spend more than alpha, a futility bound above the efficacy bound, futility in a two-sided design.
  public init(
    informationFractions: [Double], alpha: Double, sides: Sides = .two, efficacy: Efficacy, futility: Futility? = nil
  ) throws(DomainError) {
    try GroupSequentialBoundary.validate(informationFractions)
    guard informationFractions.last == 1 else {
      throw DomainError("last information fraction", informationFractions[informationFractions.count - 1], "must be 1")
    }
    try Self.validate(alpha: alpha, efficacy: efficacy)
    try Self.validate(futility, sides: sides, looks: informationFractions.count, alpha: alpha)
    let solver = BoundarySolver(
      fractions: informationFractions, spendingFractions: informationFractions, closes: true, alpha: alpha,
      sides: sides, efficacy: efficacy, futility: futility)
    try self.init(solver)
  }

  init(_ solver: BoundarySolver, drift: Double? = nil) throws(DomainError) {
    (boundary, plannedDrift) = try solver.solve(drift: drift)
    self.solver = solver
  }

  /// Looks at equal steps of information.
  public init(
    looks: Int, alpha: Double, sides: Sides = .two, efficacy: Efficacy, futility: Futility? = nil
  ) throws(DomainError) {
    guard looks >= 1, looks <= 1000 else { throw DomainError("looks", Double(looks), "must be 1 to 1000") }
    try self.init(
      informationFractions: (1...looks).map { $0 == looks ? 1 : Double($0) / Double(looks) }, alpha: alpha,
      sides: sides, efficacy: efficacy, futility: futility)
  }

  /// The error rate over all looks, both sides together.
  public var alpha: Double { solver.alpha }
  /// Whether evidence in one direction counts or in both.
  public var sides: Sides { solver.sides }
  /// Where the efficacy bounds come from.
  public var efficacy: Efficacy { solver.efficacy }
  /// nil if the trial never stops for futility.
  public var futility: Futility? { solver.futility }
  /// Ascending, the last one 1.
  public var informationFractions: [Double] { boundary.informationFractions }
  /// Looks, the last one included.
  public var looks: Int { boundary.looks }

  /// alpha used up to each look under the null, both sides together; with a binding futility rule, of a test that obeys it.
  public var cumulativeAlpha: [Double] { cumulative(boundary: alphaBoundary) }

  /// The level at which each look rejects by itself: sides · (1 - Φ(bound)).
  public var nominalLevels: [Double] {
    boundary.upper.map { Double(sides.rawValue) * Normal.standard.survival($0) }
  }

  /// The bounds that decide about alpha: without futility bounds that do not bind.
  var alphaBoundary: GroupSequentialBoundary {
    if sides == .two || futility?.isBinding == true { return boundary }
    return GroupSequentialBoundary(
      unchecked: informationFractions, upper: boundary.upper, lower: boundary.lower.map { _ in -.infinity })
  }

  private func cumulative(boundary: GroupSequentialBoundary) -> [Double] {
    var sum = 0.0
    return boundary.exitProbabilities(drift: 0).upper.map { exit in
      sum += exit
      return Double(sides.rawValue) * sum
    }
  }

  // MARK: - Validation

  private static func validate(alpha: Double, efficacy: Efficacy) throws(DomainError) {
    guard alpha > 0, alpha < 1 else { throw DomainError("alpha", alpha, "must be in (0, 1)") }
    switch efficacy {
    case .spending(let function): try function.validate()
    case .wangTsiatis(let delta):
      guard delta >= -0.5, delta <= 1 else { throw DomainError("delta of the bounds", delta, "must be in [-0.5, 1]") }
    case .haybittlePeto(let interim):
      guard interim > 0, interim.isFinite else {
        throw DomainError("interim bound", interim, "must be positive and finite")
      }
    }
  }

  private static func validate(
    _ futility: Futility?, sides: Sides, looks: Int, alpha: Double
  ) throws(DomainError) {
    guard let futility else { return }
    guard sides == .one else { throw DomainError("sides", 2, "must be 1 for a design with a futility rule") }
    switch futility.rule {
    case .bounds(let bounds):
      guard bounds.count == looks - 1 else {
        throw DomainError("futility bounds", Double(bounds.count), "must be one a look before the last (\(looks - 1))")
      }
      for bound in bounds where bound.isNaN || bound == .infinity {
        throw DomainError("futility bound", bound, "must be a number or -infinity")
      }
    case .spending(let function, let beta):
      try function.validate()
      guard beta > 0, beta < 1 - alpha else {
        throw DomainError("beta", beta, "must be positive and below 1 - alpha")
      }
    }
  }
}
