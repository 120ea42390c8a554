import Foundation

/// The law of a standardised statistic under the null hypothesis, symmetric about 0.
public enum ReferenceLaw: Sendable, Hashable {
  case normal
  case studentT(degreesOfFreedom: Double)

  /// P(statistic > z).
  package func survival(_ z: Double) -> Double {
    switch self {
    case .normal: Normal.standard.survival(z)
    case .studentT(let df): (try? StudentT(degreesOfFreedom: df).survival(z)) ?? .nan
    }
  }

  /// z with P(statistic > z) = q.
  public func inverseSurvival(_ q: Double) -> Double {
    switch self {
    case .normal: Normal.standard.inverseSurvival(q)
    case .studentT(let df): (try? StudentT(degreesOfFreedom: df).inverseSurvival(q)) ?? .nan
    }
  }

  /// Infinity for the normal law.
  public var degreesOfFreedom: Double {
    switch self {
    case .normal: .infinity
    case .studentT(let df): df
    }
  }
}

/// A test of one number, as a value: an estimate, its standard error, and the law that both the p-value and the interval
/// are read from, so that they always agree.
public protocol HypothesisTest: Sendable {
  /// As a statistician would call it.
  static var name: String { get }
  /// In the unit of the metric.
  var estimate: Double { get }
  /// Of the estimate.
  var standardError: Double { get }
  /// The estimand's value under the null hypothesis.
  var null: Double { get }
  var law: ReferenceLaw { get }
}

extension HypothesisTest {
  /// (estimate - null) / standard error.
  public var statistic: Double { (estimate - null) / standardError }

  public var degreesOfFreedom: Double { law.degreesOfFreedom }

  /// The probability of a statistic at least as extreme if the null hypothesis holds. From the tail itself, so it does not
  /// round to 0 before 1e-300.
  public func pValue(_ alternative: Alternative = .twoSided) -> Double {
    switch alternative {
    case .twoSided: min(1, 2 * law.survival(abs(statistic)))
    case .greater: law.survival(statistic)
    case .less: law.survival(-statistic)
    }
  }

  /// The values of the estimand that the test at this level does not reject. One-sided alternatives give one-sided intervals.
  public func interval(
    _ level: ConfidenceLevel = .ninetyFive, _ alternative: Alternative = .twoSided
  ) -> Interval {
    switch alternative {
    case .twoSided:
      return Interval(center: estimate, halfWidth: law.inverseSurvival(level.alpha / 2) * standardError)
    case .greater: return Interval(estimate - law.inverseSurvival(level.alpha) * standardError, .infinity)
    case .less: return Interval(-.infinity, estimate + law.inverseSurvival(level.alpha) * standardError)
    }
  }
}

extension Moments {
  func requireCount(atLeast minimum: Int, arm: String) throws(DomainError) {
    guard count >= minimum else {
      throw DomainError("units in the \(arm) arm", Double(count), "must be at least \(minimum)")
    }
  }
}

func requirePositive(_ variance: Double) throws(DomainError) {
  guard variance > 0, variance.isFinite else {
    throw DomainError("variance of the difference", variance, "must be positive: every unit has the same value")
  }
}
