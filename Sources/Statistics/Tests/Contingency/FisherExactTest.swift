import Foundation

/// Fisher's exact test of two proportions, given the number of successes of both together.
///
/// - Source: Fisher, R. A. (1935), "The logic of inductive inference", JRSS 98; two-sided by the probabilities of tables that
///   are no more probable than the one observed; interval of Cornfield (1956), each tail alpha / 2.
/// - Checked against: exact rational arithmetic, mpmath and R `fisher.test`, Datasets/References/contingency.json.
public struct FisherExactTest: Sendable, Hashable {
  public static let name = "Fisher's exact test"
  /// The two arms.
  public let proportions: TwoProportions

  /// Any two arms, empty margins included.
  public init(_ proportions: TwoProportions) { self.proportions = proportions }

  private var law: ConditionalHypergeometric {
    ConditionalHypergeometric(
      treated: proportions.treatmentTrials, others: proportions.controlTrials,
      successes: proportions.treatmentSuccesses + proportions.controlSuccesses)
  }

  /// Odds of success in treatment over those in control, as observed; infinite where the control has none.
  public var sampleOddsRatio: Double {
    let (a, c) = (Double(proportions.treatmentSuccesses), Double(proportions.controlSuccesses))
    let (b, d) = (Double(proportions.treatmentTrials) - a, Double(proportions.controlTrials) - c)
    return a * d / (b * c)
  }

  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    let observed = proportions.treatmentSuccesses
    switch alternative {
    case .greater: return exp(law.logTail(observed, upwards: true))
    case .less: return exp(law.logTail(observed, upwards: false))
    case .twoSided: return twoSided(observed)
    }
  }

  /// Both tails of tables no more probable than the observed one; equal to a relative 1e-7 counts as equal.
  private func twoSided(_ observed: Int) -> Double {
    let law = law
    let ends = law.support
    let limit = law.logMass(observed) + 1e-7
    let centre = DiscreteSearch.smallest(in: ends) {
      $0 == ends.upperBound || law.logMass($0 + 1) < law.logMass($0)
    }
    guard law.logMass(centre) > limit else { return 1 }
    // Masses rise to the centre and fall after it.
    let firstAbove = DiscreteSearch.smallest(in: ends.lowerBound...centre) { law.logMass($0) > limit }
    let firstBelow = DiscreteSearch.smallest(in: centre...(ends.upperBound + 1)) {
      $0 > ends.upperBound || law.logMass($0) <= limit
    }
    return min(1, exp(law.logTail(firstAbove - 1, upwards: false)) + exp(law.logTail(firstBelow, upwards: true)))
  }

  /// The odds ratio under which the observed table is the most likely, given the margins; 0 or infinity at the ends.
  public var conditionalOddsRatio: Double {
    let (law, observed) = (law, proportions.treatmentSuccesses)
    if observed == law.support.lowerBound { return 0 }
    if observed == law.support.upperBound { return .infinity }
    return exp(root { law.mean(logOdds: $0) - Double(observed) })
  }

  /// Odds ratios that the two one-sided tests at alpha / 2 do not reject. One-sided alternatives give one-sided intervals.
  public func oddsRatioInterval(
    _ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided
  ) -> Interval {
    let (law, observed) = (law, proportions.treatmentSuccesses)
    let tail = log(alternative == .twoSided ? level.alpha / 2 : level.alpha)
    var limits = Interval(0, .infinity)
    if alternative != .less, observed > law.support.lowerBound {
      limits.lower = exp(root { law.logTail(observed, upwards: true, logOdds: $0) - tail })
    }
    if alternative != .greater, observed < law.support.upperBound {
      limits.upper = exp(root { tail - law.logTail(observed, upwards: false, logOdds: $0) })
    }
    return limits
  }

  /// The zero of a rising function of the log odds ratio.
  private func root(_ rising: (Double) -> Double) -> Double {
    var (low, high) = (-700.0, 700.0)
    while true {
      let middle = low + (high - low) / 2
      if middle == low || middle == high { return middle }
      if rising(middle) < 0 { low = middle } else { high = middle }
    }
  }
}
