import Foundation

/// Two independent proportions: successes of trials in each arm. Differences are treatment minus control.
///
/// - Checked against: mpmath, R and statsmodels, Datasets/References/proportions.json.
public struct TwoProportions: Sendable, Hashable {
  /// 0 to treatmentTrials.
  public let treatmentSuccesses: Int
  /// >= 1.
  public let treatmentTrials: Int
  /// 0 to controlTrials.
  public let controlSuccesses: Int
  /// >= 1.
  public let controlTrials: Int

  /// - Throws: `DomainError` unless each arm has at least one trial and 0 <= successes <= trials.
  public init(
    treatment: (successes: Int, trials: Int), control: (successes: Int, trials: Int)
  ) throws(DomainError) {
    for (arm, name) in [(treatment, "treatment"), (control, "control")] {
      guard arm.trials >= 1 else {
        throw DomainError("trials in the \(name) arm", Double(arm.trials), "must be at least 1")
      }
      guard (0...arm.trials).contains(arm.successes) else {
        throw DomainError(
          "successes in the \(name) arm", Double(arm.successes), "must be between 0 and the \(arm.trials) trials")
      }
    }
    treatmentSuccesses = treatment.successes
    treatmentTrials = treatment.trials
    controlSuccesses = control.successes
    controlTrials = control.trials
  }

  /// Successes over trials, in [0, 1].
  public var treatmentRate: Double { Double(treatmentSuccesses) / Double(treatmentTrials) }
  /// Successes over trials, in [0, 1].
  public var controlRate: Double { Double(controlSuccesses) / Double(controlTrials) }
  /// treatmentRate - controlRate.
  public var difference: Double { treatmentRate - controlRate }

  /// Two-sided p-value of equal proportions by the score test, one proportion for both arms; nil if all units agree.
  ///
  /// - Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, eq. 3.5, without correction.
  public var equalityPValue: Double? {
    let (nt, nc) = (Double(treatmentTrials), Double(controlTrials))
    let pooled = Double(treatmentSuccesses + controlSuccesses) / (nt + nc)
    let error = (pooled * (1 - pooled) * (1 / nt + 1 / nc)).squareRoot()
    return error > 0 ? min(1, 2 * Normal.standard.survival(abs(difference) / error)) : nil
  }

  /// The hybrid score interval of the difference, without continuity correction.
  ///
  /// - Source: Newcombe, R. G. (1998), "Interval estimation for the difference between independent proportions", Statistics
  ///   in Medicine 17, 873-890, method 10.
  public func newcombe(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    let t = SingleProportion.wilson(treatmentSuccesses, of: treatmentTrials, level: level)
    let c = SingleProportion.wilson(controlSuccesses, of: controlTrials, level: level)
    let below = hypot(treatmentRate - t.lower, c.upper - controlRate)
    let above = hypot(t.upper - treatmentRate, controlRate - c.lower)
    return Interval(difference - below, difference + above)
  }

  /// Wald's interval after adding one success and one failure to each arm; may leave [-1, 1].
  ///
  /// - Source: Agresti, A. and Caffo, B. (2000), American Statistician 54, 280-288.
  public func agrestiCaffo(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
    let (nt, nc) = (Double(treatmentTrials) + 2, Double(controlTrials) + 2)
    let (pt, pc) = ((Double(treatmentSuccesses) + 1) / nt, (Double(controlSuccesses) + 1) / nc)
    let error = (pt * (1 - pt) / nt + pc * (1 - pc) / nc).squareRoot()
    return Interval(center: pt - pc, halfWidth: Normal.standard.inverseSurvival(level.alpha / 2) * error)
  }

  /// Treatment rate / control rate, with Katz' interval on the log scale; nil when an arm has no successes.
  ///
  /// - Source: Katz, D. et al. (1978), Biometrics 34, 469-474.
  public func relativeRisk(_ level: ConfidenceLevel = .ninetyFive) -> (estimate: Double, interval: Interval)? {
    guard treatmentSuccesses > 0, controlSuccesses > 0 else { return nil }
    let failures = (1 - treatmentRate) / Double(treatmentSuccesses) + (1 - controlRate) / Double(controlSuccesses)
    return logScale(treatmentRate / controlRate, failures.squareRoot(), level)
  }

  /// The odds ratio with Woolf's interval on the log scale; nil when a cell of the table is empty.
  ///
  /// - Source: Woolf, B. (1955), Annals of Human Genetics 19, 251-253.
  public func oddsRatio(_ level: ConfidenceLevel = .ninetyFive) -> (estimate: Double, interval: Interval)? {
    let a = Double(treatmentSuccesses)
    let b = Double(treatmentTrials - treatmentSuccesses)
    let c = Double(controlSuccesses)
    let d = Double(controlTrials - controlSuccesses)
    guard min(a, b, c, d) > 0 else { return nil }
    return logScale((a / b) / (c / d), (1 / a + 1 / b + 1 / c + 1 / d).squareRoot(), level)
  }

  private func logScale(_ estimate: Double, _ error: Double, _ level: ConfidenceLevel) -> (Double, Interval) {
    let factor = exp(Normal.standard.inverseSurvival(level.alpha / 2) * error)
    return (estimate, Interval(estimate / factor, estimate * factor))
  }
}
