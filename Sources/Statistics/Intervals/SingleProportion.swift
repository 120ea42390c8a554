import Foundation

/// Intervals for one proportion, x successes of n.
///
/// - Checked against: R, scipy and statsmodels, Datasets/References/proportions.json.
public enum SingleProportion {
  /// Wilson's score interval: never outside [0, 1], never empty.
  ///
  /// - Source: Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", JASA 22, eq. 4.
  public static func wilson(_ successes: Int, of trials: Int, level: ConfidenceLevel = .ninetyFive) -> Interval {
    guard trials > 0 else { return Interval(0, 1) }
    let (x, n) = (Double(successes), Double(trials))
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let square = z * z
    // The larger root by the formula, the smaller by Vieta's product: no cancellation near 0 and 1.
    let root = z * (square + 4 * x * (n - x) / n).squareRoot()
    let sum = 2 * x + square
    let mirrored = 2 * (n - x) + square
    let upper = successes == trials ? 1 : 1 - 2 * (n - x) * (n - x) / n / (mirrored + root)
    let lower = successes == 0 ? 0 : 2 * x * x / n / (sum + root)
    return Interval(lower, upper)
  }

  /// Wilson's interval centre with the Wald form; may leave [0, 1].
  ///
  /// - Source: Agresti, A. and Coull, B. A. (1998), American Statistician 52, 119-126.
  public static func agrestiCoull(_ successes: Int, of trials: Int, level: ConfidenceLevel = .ninetyFive) -> Interval {
    let z = Normal.standard.inverseSurvival(level.alpha / 2)
    let n = Double(trials) + z * z
    let p = (Double(successes) + z * z / 2) / n
    return Interval(center: p, halfWidth: z * (p * (1 - p) / n).squareRoot())
  }

  /// The exact interval from the binomial tails: coverage at least the level.
  ///
  /// - Source: Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413.
  public static func clopperPearson(_ successes: Int, of trials: Int, level: ConfidenceLevel = .ninetyFive) -> Interval
  {
    let (x, n) = (Double(successes), Double(trials))
    let lower = successes == 0 ? 0 : Special.inverseBeta(x, n - x + 1, lowerTail: level.alpha / 2).x
    let upper = successes == trials ? 1 : Special.inverseBeta(x + 1, n - x, upperTail: level.alpha / 2).x
    return Interval(lower, upper)
  }

  /// Equal-tailed posterior interval under Jeffreys' prior; 0 and 1 are its ends where x is 0 or n.
  ///
  /// - Source: Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Statistical Science 16, section 3.1.3.
  public static func jeffreys(_ successes: Int, of trials: Int, level: ConfidenceLevel = .ninetyFive) -> Interval {
    let (x, n) = (Double(successes), Double(trials))
    let lower = successes == 0 ? 0 : Special.inverseBeta(x + 0.5, n - x + 0.5, lowerTail: level.alpha / 2).x
    let upper = successes == trials ? 1 : Special.inverseBeta(x + 0.5, n - x + 0.5, upperTail: level.alpha / 2).x
    return Interval(lower, upper)
  }
}
