import Foundation
import LinearAlgebra

/// The proportional hazards model: a unit's hazard is exp(β·x) times a baseline that is left free, one for each stratum.
///
/// Units may enter late (left truncation); an entry at a time is not yet at risk at it. Covariates are standardised before the
/// fit, so their units and offsets do not matter.
/// - Source: Cox, D. R. (1972), "Regression models and life-tables", JRSS B 34, 187-220; ties and algorithm: `CoxLikelihood`.
/// - Checked against: R survival 3.5-3 `coxph`, Datasets/References/survival.json; left truncation and strata against a direct
///   evaluation of the likelihood.
public struct CoxRegression: Sendable {
  /// How events at the same time are treated.
  public enum Ties: String, Sendable, Hashable, Codable, CaseIterable {
    /// Efron's approximation: close to the exact likelihood, the default of R.
    case efron
    /// Breslow's: biased towards 0 where ties are many; the default of SAS and Stata.
    case breslow
  }

  /// A coefficient, the logarithm of the hazard ratio for one unit of the covariate.
  public struct Coefficient: HypothesisTest, Hashable {
    public static let name = "Wald z-test of a Cox coefficient"
    public let estimate: Double
    public let standardError: Double
    public var null: Double { 0 }
    public var law: ReferenceLaw { .normal }

    /// exp(estimate): hazards at one unit more of the covariate.
    public var hazardRatio: Double { exp(estimate) }
    /// Of the hazard ratio.
    public func hazardRatioInterval(_ level: ConfidenceLevel = .ninetyFive) -> Interval {
      let limits = interval(level)
      return Interval(exp(limits.lower), exp(limits.upper))
    }
  }

  /// A test that all coefficients are 0.
  public struct GlobalTest: Sendable, Hashable {
    public let statistic: Double
    public let degreesOfFreedom: Int
    public var pValue: Double {
      (try? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)).survival(statistic)) ?? .nan
    }
  }

  /// The cumulative hazard of a unit whose covariates are all 0, after each distinct time.
  public struct Baseline: Sendable, Hashable {
    /// The stratum's label.
    public let stratum: Int
    /// Ascending, in the unit of the data.
    public let times: [Double]
    /// At each time, for covariates of 0.
    public let cumulativeHazard: [Double]
  }

  /// How tied events are treated.
  public let ties: Ties
  /// Units in the fit.
  public let units: Int
  /// Events in the fit.
  public let events: Int
  /// One a covariate, in their order.
  public let coefficients: [Coefficient]
  /// Of the coefficients: the inverse of the observed information.
  public let covariance: Matrix
  /// Partial log-likelihood with all coefficients 0.
  public let logLikelihoodNull: Double
  /// Partial log-likelihood at the maximum.
  public let logLikelihood: Double
  /// Of all coefficients together; for one arm, the log-rank test.
  public let scoreTest: GlobalTest
  /// Of all coefficients together.
  public let waldTest: GlobalTest
  /// Of all coefficients together.
  public let likelihoodRatioTest: GlobalTest
  /// By stratum, in ascending order of the labels.
  public let baselines: [Baseline]
  /// The share of pairs whose order of events is known in which the unit with the larger β·x had the event first; ties of β·x
  /// count one half. Pairs are taken within strata. Nil if there is no such pair. - Source: Harrell, F. E. (1982), JAMA 247.
  public let concordance: Double?
  /// Newton steps.
  public let iterations: Int

  let likelihood: CoxLikelihood
  /// On the standardised scale.
  let standardised: [Double]

  /// - Parameters:
  ///   - time: of the event or censoring. - event: true if it happened.
  ///   - covariates: column by column, one value a unit.
  ///   - entry: when the unit came under observation, below its time; nil: from the start.
  ///   - strata: label by unit; each stratum has its own baseline.
  /// - Throws: `DomainError` for inputs that do not fit, no events, a covariate that does not vary or depends on earlier ones, and
  ///   a likelihood without a maximum (separation).
  public init(
    time: [Double], event: [Bool], covariates: [[Double]], entry: [Double]? = nil, strata: [Int]? = nil,
    ties: Ties = .efron
  ) throws(DomainError) {
    let sample = try CoxSample(time: time, event: event, covariates: covariates, entry: entry, strata: strata)
    let likelihood = CoxLikelihood(sample: sample, ties: ties)
    let fit = try CoxFit(likelihood)
    self.ties = ties
    self.likelihood = likelihood
    units = sample.units
    events = sample.event.count { $0 }
    standardised = fit.beta
    iterations = fit.iterations
    let p = sample.p
    var covariance = fit.inverse
    for j in 0..<p { for i in 0..<p { covariance[i, j] /= sample.scale[i] * sample.scale[j] } }
    self.covariance = covariance
    coefficients = (0..<p).map {
      Coefficient(estimate: fit.beta[$0] / sample.scale[$0], standardError: covariance[$0, $0].squareRoot())
    }
    logLikelihoodNull = fit.null.logLikelihood
    logLikelihood = fit.optimum.logLikelihood
    scoreTest = GlobalTest(statistic: fit.scoreStatistic, degreesOfFreedom: p)
    waldTest = GlobalTest(statistic: fit.waldStatistic, degreesOfFreedom: p)
    likelihoodRatioTest = GlobalTest(
      statistic: max(0, 2 * (logLikelihood - logLikelihoodNull)), degreesOfFreedom: p)
    baselines = Self.baselines(likelihood, fit.beta)
    concordance = Concordance(sample, fit.beta).share
  }

  private static func baselines(_ likelihood: CoxLikelihood, _ beta: [Double]) -> [Baseline] {
    let sample = likelihood.sample
    // From the centre of the covariates to 0.
    let atZero = exp(-(0..<sample.p).reduce(0) { $0 + beta[$1] * sample.centre[$1] / sample.scale[$1] })
    var times = [[Double]](repeating: [], count: sample.strata.count)
    var increments = times
    likelihood.walk(beta) { step in
      times[step.stratum].append(step.time)
      increments[step.stratum].append(step.hazard * atZero)
    }
    return times.indices.map { k in
      var sum = 0.0
      let hazard = increments[k].reversed().map { increment in
        sum += increment
        return sum
      }
      return Baseline(stratum: sample.stratumLabels[k], times: times[k].reversed(), cumulativeHazard: hazard)
    }
  }
}
