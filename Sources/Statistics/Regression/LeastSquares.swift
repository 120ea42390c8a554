/// Ordinary or weighted least squares by Householder QR.
///
/// Columns that depend on earlier ones are set aside and named; they have no coefficient.
/// - Source: Golub, G. H. and Van Loan, C. F. (2013), Matrix Computations, section 5.3.3.
/// - Checked against: R `lm`, NIST StRD, Datasets/References/ols.json, least-squares.json, regression-nist.json.
public struct LeastSquares: Sendable {
  /// One for each column; nil for aliased ones.
  public let coefficients: [Double?]
  /// Columns that depend on earlier ones, 0-based.
  public let aliased: [Int]
  public let rank: Int
  public let observations: Int
  /// y - fitted, in the response's unit, not weighted.
  public let residuals: [Double]
  public let residualSumOfSquares: Double
  /// Sum of squares of the fitted values, about their mean if there is an intercept.
  public let modelSumOfSquares: Double
  public let hasIntercept: Bool

  let factor: LimitedPivotingQR
  /// √weight · residual.
  let scaledResiduals: [Double]
  /// The kept columns times √weight, by columns.
  let scaledColumns: [[Double]]

  /// - Parameters:
  ///   - columns: the design, column by column, each with one value an observation; with its constant column if there is one.
  ///   - response: y.
  ///   - weights: multiply the squared residuals; equal if nil.
  ///   - hasIntercept: whether a constant lies in the space of the columns; decides about what R² is.
  ///   - tolerance: share of a column that must be independent of earlier ones.
  /// - Throws: `DomainError` for lengths that do not fit, values that are not finite, weights that are not positive.
  public init(
    columns: [[Double]], response: [Double], weights: [Double]? = nil, hasIntercept: Bool = true,
    tolerance: Double = 1e-11
  ) throws(DomainError) {
    let n = response.count
    try Self.validate(columns, response, weights)
    let root = weights.map { $0.map { $0.squareRoot() } }
    func scaled(_ x: [Double]) -> [Double] { root.map { zip(x, $0).map(*) } ?? x }
    let design = columns.map(scaled)
    let qr = LimitedPivotingQR(columns: design, rows: n, tolerance: tolerance)
    let rotated = qr.transposedQ(times: scaled(response))
    var coefficients = [Double?](repeating: nil, count: columns.count)
    for (value, column) in zip(qr.solveUpper(rotated), qr.kept) { coefficients[column] = value }
    let rank = qr.rank
    let residual = qr.q(times: rotated.indices.map { $0 < rank ? 0 : rotated[$0] })
    let fitted = qr.q(times: rotated.indices.map { $0 < rank ? rotated[$0] : 0 })
    self.coefficients = coefficients
    aliased = qr.aliased
    self.rank = rank
    observations = n
    scaledResiduals = residual
    residuals = root.map { zip(residual, $0).map(/) } ?? residual
    residualSumOfSquares = rotated.dropFirst(rank).reduce(0) { $0 + $1 * $1 }
    modelSumOfSquares = Self.modelSum(fitted, root, hasIntercept)
    self.hasIntercept = hasIntercept
    factor = qr
    scaledColumns = qr.kept.map { design[$0] }
  }

  private static func validate(_ columns: [[Double]], _ response: [Double], _ weights: [Double]?) throws(DomainError) {
    guard !response.isEmpty else { throw DomainError("observations", 0, "must be at least 1") }
    guard !columns.isEmpty else { throw DomainError("columns of the design", 0, "must be at least 1") }
    for column in columns + [response] + (weights.map { [$0] } ?? []) {
      guard column.count == response.count else {
        throw DomainError(
          "values in a column", Double(column.count), "must be as many as responses (\(response.count))")
      }
      for value in column where !value.isFinite { throw DomainError("value", value, "must be finite") }
    }
    for weight in weights ?? [] where !(weight > 0) { throw DomainError("weight", weight, "must be positive") }
  }

  /// `fitted` and `root` are on the scaled rows: fitted / root are the fitted values.
  private static func modelSum(_ fitted: [Double], _ root: [Double]?, _ aboutMean: Bool) -> Double {
    guard aboutMean else { return fitted.reduce(0) { $0 + $1 * $1 } }
    let weights = root?.map { $0 * $0 } ?? [Double](repeating: 1, count: fitted.count)
    let values = root.map { zip(fitted, $0).map(/) } ?? fitted
    let total = weights.reduce(0, +)
    let first = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
    let mean = first + zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - first) } / total
    return zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
  }

  // MARK: - Fit

  /// observations - rank.
  public var degreesOfFreedom: Int { observations - rank }
  /// NaN without degrees of freedom.
  public var residualVariance: Double {
    degreesOfFreedom > 0 ? residualSumOfSquares / Double(degreesOfFreedom) : .nan
  }
  public var residualStandardDeviation: Double { residualVariance.squareRoot() }
  public var rSquared: Double { modelSumOfSquares / (modelSumOfSquares + residualSumOfSquares) }
  public var adjustedRSquared: Double {
    1 - (1 - rSquared) * Double(observations - (hasIntercept ? 1 : 0)) / Double(degreesOfFreedom)
  }
  /// Of all columns but the intercept.
  public var modelDegreesOfFreedom: Int { rank - (hasIntercept ? 1 : 0) }
  /// The test that all coefficients but the intercept are 0.
  public var fStatistic: Double { modelSumOfSquares / Double(modelDegreesOfFreedom) / residualVariance }
  public var fPValue: Double {
    (try? FisherF(Double(modelDegreesOfFreedom), Double(degreesOfFreedom)).survival(fStatistic)) ?? .nan
  }
}
