/// What the experiment is to show about effect = treatment - control. Margins are positive, in the metric's unit.
public enum DesignHypothesis: Sendable, Hashable {
  /// The arms differ, in whichever direction: two-sided at alpha.
  case different
  /// The treatment is better by more than the margin: one-sided at alpha.
  case superior(by: Double = 0, better: Direction = .up)
  /// The treatment is not worse by the margin: one-sided at alpha.
  case nonInferior(margin: Double, better: Direction = .up)
  /// The effect lies within ± the margin: two one-sided tests, each at alpha.
  ///
  /// - Source: Schuirmann, D. J. (1987), J. Pharmacokinetics and Biopharmaceutics 15, 657-680.
  case equivalent(margin: Double)

  /// The direction in which the metric is better.
  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable { case up, down }

  /// Whether effects in both directions count.
  public var isTwoSided: Bool { if case .different = self { true } else { false } }

  var margin: Double {
    switch self {
    case .different: 0
    case .superior(let margin, _), .nonInferior(let margin, _), .equivalent(let margin): margin
    }
  }

  /// How far an effect lies beyond the null hypothesis; not positive where that holds. For equivalence: the distance to the
  /// nearer margin.
  func distance(_ effect: Double) -> Double {
    switch self {
    case .different: abs(effect)
    case .superior(let margin, let better): (better == .up ? effect : -effect) - margin
    case .nonInferior(let margin, let better): (better == .up ? effect : -effect) + margin
    case .equivalent(let margin): margin - abs(effect)
    }
  }

  func requireMargin() throws(DesignFault) {
    guard margin >= 0, margin.isFinite else { throw .outside("margin", margin, "must be finite and not negative") }
    switch self {
    case .nonInferior, .equivalent:
      guard margin > 0 else { throw .outside("margin", margin, "must be positive") }
    case .different, .superior: break
    }
  }

  /// Of the effects that it can show, in words.
  var words: String {
    switch self {
    case .different: "different from 0"
    case .superior(let margin, let better):
      margin == 0 ? (better == .up ? "above 0" : "below 0") : "better than the margin of \(margin)"
    case .nonInferior(let margin, _): "better than a loss of \(margin)"
    case .equivalent(let margin): "within ±\(margin)"
    }
  }
}
