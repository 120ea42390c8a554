import Foundation

/// Finds the bounds of a design, look by look where errors are spent, by one constant where a shape is given.
struct BoundarySolver: Sendable, Hashable {
  typealias Design = GroupSequentialDesign
  let fractions: [Double]
  /// The fractions at which errors are spent: those of the looks in a plan, capped at 1, and 1 at the look that ends the test.
  let spendingFractions: [Double]
  /// Whether the last look ends the test.
  let closes: Bool
  let alpha: Double
  let sides: Design.Sides
  let efficacy: Design.Efficacy
  let futility: Design.Futility?

  private var looks: Int { fractions.count }
  private var side: Double { alpha / Double(sides.rawValue) }

  /// The bounds, and the drift that beta spending was solved for; `drift` if that is known already.
  func solve(drift: Double? = nil) throws(DomainError) -> (GroupSequentialBoundary, Double?) {
    switch futility?.rule {
    case .spending(let function, let beta): return try spendingBeta(function, beta, drift: drift)
    case .bounds(let bounds): return (try bounded(by: bounds), nil)
    case nil:
      let upper = try self.upper(below: sides == .two ? .mirrored : .none)
      return (GroupSequentialBoundary(unchecked: fractions, upper: upper, lower: lower(of: upper)), nil)
    }
  }

  private func lower(of upper: [Double]) -> [Double] { upper.map { sides == .two ? -$0 : -.infinity } }

  // MARK: - Efficacy

  /// What stops from below while alpha is counted.
  private enum Floor {
    case none, mirrored
    case fixed([Double])
  }

  /// The bounds in z that use up alpha.
  private func upper(below floor: Floor) throws(DomainError) -> [Double] {
    switch efficacy {
    case .spending(let function):
      return spending(spendingFractions.map { function.spent(at: $0, of: side) }, below: floor)
    case .wangTsiatis(let delta): return try shaped(delta, below: floor)
    case .haybittlePeto(let interim):
      return closes ? try lastTakesTheRest(interim, below: floor) : Array(repeating: interim, count: looks)
    }
  }

  private func floorScore(_ floor: Floor, _ k: Int, upper: Double) -> Double {
    switch floor {
    case .none: -.infinity
    case .mirrored: -upper
    case .fixed(let bounds): bounds[k] * fractions[k].squareRoot()
    }
  }

  /// `spent`: cumulative, of one side.
  private func spending(_ spent: [Double], below floor: Floor) -> [Double] {
    var recursion = ScoreRecursion()
    var upper: [Double] = []
    for (k, t) in fractions.enumerated() {
      let score = recursion.upperScore(spending: spent[k] - (k == 0 ? 0 : spent[k - 1]), at: t)
      upper.append(score / t.squareRoot())
      guard k + 1 < looks else { break }
      recursion.advance(between: floorScore(floor, k, upper: score), score, at: t, next: fractions[k + 1])
    }
    return upper
  }

  /// C t^(delta - 1/2) with the C that uses up alpha.
  private func shaped(_ delta: Double, below floor: Floor) throws(DomainError) -> [Double] {
    let shape = fractions.map { pow($0, delta - 0.5) }
    var recursion = ScoreRecursion()
    let start = Normal.upperQuantile(side)
    let constant = try BracketedRoot.findFalling(from: start, step: 0.25, tolerance: 1e-14) {
      (constant: Double) -> Double in
      recursion.restart(drift: 0)
      return totalExit(shape.map { constant * $0 }, below: floor, &recursion) - side
    }
    guard let constant else { throw DomainError("alpha", alpha, "cannot be kept by bounds of this shape") }
    return shape.map { constant * $0 }
  }

  private func totalExit(_ upper: [Double], below floor: Floor, _ recursion: inout ScoreRecursion) -> Double {
    var total = 0.0
    for (k, t) in fractions.enumerated() {
      let score = upper[k] * t.squareRoot()
      total += recursion.upperTail(score, at: t)
      guard k + 1 < looks else { break }
      recursion.advance(between: floorScore(floor, k, upper: score), score, at: t, next: fractions[k + 1])
    }
    return total
  }

  private func lastTakesTheRest(_ interim: Double, below floor: Floor) throws(DomainError) -> [Double] {
    var recursion = ScoreRecursion()
    var left = side
    for (k, t) in fractions.enumerated().dropLast() {
      let score = interim * t.squareRoot()
      left -= recursion.upperTail(score, at: t)
      recursion.advance(between: floorScore(floor, k, upper: score), score, at: t, next: fractions[k + 1])
    }
    guard left > 0 else {
      throw DomainError("interim bound", interim, "must be higher: the looks before the last use up more than alpha")
    }
    let last = fractions[looks - 1]
    let score = recursion.upperScore(spending: left, at: last)
    return Array(repeating: interim, count: looks - 1) + [score / last.squareRoot()]
  }

  // MARK: - Futility

  private func bounded(by bounds: [Double]) throws(DomainError) -> GroupSequentialBoundary {
    let open = (0..<looks).map { $0 < bounds.count && !(closes && $0 + 1 == looks) ? bounds[$0] : -.infinity }
    let upper = try self.upper(below: futility?.isBinding == true ? .fixed(open) : .none)
    for (low, high) in zip(open, upper) where low >= high {
      throw DomainError("futility bound", low, "must be below the efficacy bound of its look (\(high))")
    }
    let lower = closes ? open.dropLast() + [upper[looks - 1]] : open
    return GroupSequentialBoundary(unchecked: fractions, upper: upper, lower: lower)
  }

  /// The drift at which the last look's two bounds meet when beta is spent, and the bounds there.
  private func spendingBeta(
    _ function: SpendingFunction, _ beta: Double, drift known: Double?
  ) throws(DomainError) -> (GroupSequentialBoundary, Double?) {
    let betaSpent = spendingFractions.map { function.spent(at: $0, of: beta) }
    var (fixed, alphaSpent): ([Double]?, [Double]) = (nil, [])
    if futility?.isBinding != true {
      fixed = try upper(below: .none)
    } else if case .spending(let efficacy) = efficacy {
      alphaSpent = spendingFractions.map { efficacy.spent(at: $0, of: alpha) }
    } else {
      throw DomainError(
        "efficacy bounds", .nan, "must come from a spending function when futility binds and spends beta")
    }
    var walk = ErrorSpendingWalk(fractions: fractions, closes: closes)
    func missed(_ drift: Double) -> Double {
      walk.take(drift: drift, upper: fixed, alphaSpent: alphaSpent, betaSpent: betaSpent)
      return walk.missed - beta
    }
    let start = max(0.1, Normal.upperQuantile(alpha) + Normal.upperQuantile(beta))
    var drift = known
    if drift == nil { drift = try BracketedRoot.findFalling(from: start, step: 0.2, tolerance: 1e-13, missed) }
    guard let root = drift else { throw DomainError("beta", beta, "cannot be spent with these looks") }
    _ = missed(root)
    return (GroupSequentialBoundary(unchecked: fractions, upper: walk.upper, lower: walk.lower), root)
  }
}

// MARK: - At another level

extension BoundarySolver {
  /// The efficacy bounds at looks 1 to `count`, as alpha is counted: over futility bounds only if these bind.
  func efficacyBounds(floor lower: [Double]?) throws(DomainError) -> [Double] {
    try upper(below: sides == .two ? .mirrored : lower.map(Floor.fixed) ?? .none)
  }

  /// The total exit over bounds of the given z values, one side.
  func exit(over upper: [Double], floor lower: [Double]?) -> Double {
    var recursion = ScoreRecursion()
    return totalExit(upper, below: sides == .two ? .mirrored : lower.map(Floor.fixed) ?? .none, &recursion)
  }
}
