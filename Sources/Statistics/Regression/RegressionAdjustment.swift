/// The effect of an experiment with every covariate's slope free in each arm.
///
/// y on arm, centred covariates and arm times centred covariates; the coefficient of arm is the effect, and its standard
/// error is heteroscedasticity-robust. It never loses precision against the plain difference in large samples.
/// - Source: Lin, W. (2013), "Agnostic notes on regression adjustments to experimental data", Annals of Applied Statistics
///   7, 295-318, section 3.
/// - Checked against: R estimatr `lm_lin`, Datasets/References/regression-adjustment.json.
public struct RegressionAdjustment: HypothesisTest {
  public static let name = "regression adjustment (Lin), HC2"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law: ReferenceLaw
  /// The whole regression: intercept, arm, covariates, interactions.
  public let fit: LeastSquares

  /// - Parameters:
  ///   - response: y.
  ///   - treated: whether an observation is in the treatment.
  ///   - covariates: by columns; centred here at the mean of both arms.
  /// - Throws: `DomainError` for lengths that do not fit, an empty arm, or no degrees of freedom.
  public init(
    response: [Double], treated: [Bool], covariates: [[Double]], covariance: LeastSquares.CovarianceKind = .hc2
  ) throws(DomainError) {
    guard treated.count == response.count else {
      throw DomainError("arms", Double(treated.count), "must be as many as responses (\(response.count))")
    }
    guard treated.contains(true), treated.contains(false) else {
      throw DomainError("arms with units", 1, "must be 2")
    }
    let indicator = treated.map { $0 ? 1.0 : 0.0 }
    let centred = covariates.map { column in
      let mean = Moments(columns: [column]).mean[0]
      return column.map { $0 - mean }
    }
    let interactions = centred.map { column in zip(column, indicator).map(*) }
    let constant = [Double](repeating: 1, count: response.count)
    fit = try LeastSquares(columns: [constant, indicator] + centred + interactions, response: response)
    let arm = 1
    guard fit.degreesOfFreedom > 0, let value = fit.coefficients[arm],
      let error = fit.standardErrors(covariance)[arm]
    else { throw DomainError("residual degrees of freedom", Double(fit.degreesOfFreedom), "must be at least 1") }
    try requirePositive(error * error)
    estimate = value
    standardError = error
    law = .studentT(degreesOfFreedom: Double(fit.degreesOfFreedom))
  }
}
