/// Ordinary or weighted least squares by Householder QR.
///
/// Columns that depend on earlier ones are set aside and named; they have no coefficient. Where columns nearly do, the solution
/// is refined until it has the digits that the factor has lost.
/// - Source: Golub, G. H. and Van Loan, C. F. (2013), Matrix Computations, section 5.3.3.
/// - Checked against: R `lm`, NIST StRD, Datasets/References/ols.json, least-squares.json, regression-nist.json.
public struct LeastSquares: Sendable {
  /// One for each column; nil for aliased ones.
  public let coefficients: [Double?]
  /// Columns that depend on earlier ones, 0-based.
  public let aliased: [Int]
  /// Columns that are independent.
  public let rank: Int
  /// Rows.
  public let observations: Int
  /// y - fitted, in the response's unit, not weighted.
  public let residuals: [Double]
  /// Weighted, in the response's unit squared.
  public let residualSumOfSquares: Double
  /// Sum of squares of the fitted values, about their mean if there is an intercept.
  public let modelSumOfSquares: Double
  /// Whether a constant is among what the columns span.
  public let hasIntercept: Bool

  let factor: LimitedPivotingQR
  /// As given; nil if equal.
  let weights: [Double]?
  /// For designs that are nearly dependent; nil for others.
  let refinement: IterativeRefinement?
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
    try self.init(
      columns: columns, remainders: nil, response: response, weights: weights, hasIntercept: hasIntercept,
      tolerance: tolerance)
  }

  /// - Parameter remainders: what the columns' doubles have rounded away; only without weights.
  init(
    columns: [[Double]], remainders: [[Double]]?, response: [Double], weights: [Double]?, hasIntercept: Bool,
    tolerance: Double
  ) throws(DomainError) {
    let n = response.count
    try Self.validate(columns, response, weights)
    let root = weights.map { $0.map { $0.squareRoot() } }
    func scaled(_ x: [Double]) -> [Double] { root.map { zip(x, $0).map(*) } ?? x }
    let design = columns.map(scaled)
    let qr = LimitedPivotingQR(columns: design, rows: n, tolerance: tolerance)
    let rotated = qr.transposedQ(times: scaled(response))
    let rank = qr.rank
    scaledColumns = qr.kept.map { design[$0] }
    var solution = qr.solveUpper(rotated)
    var residual = qr.q(times: rotated.indices.map { $0 < rank ? 0 : rotated[$0] })
    var sumOfSquares = rotated.dropFirst(rank).reduce(0) { $0 + $1 * $1 }
    if qr.leastShare < Self.steepness, n * rank <= 5_000_000 {
      let refinement = IterativeRefinement(
        factor: qr, columns: scaledColumns, remainders: remainders.map { all in qr.kept.map { all[$0] } })
      (solution, residual) = refinement.solve(right: scaled(response), moments: solution.map { _ in 0 })
      sumOfSquares = residual.reduce(0) { $0 + $1 * $1 }
      self.refinement = refinement
    } else {
      refinement = nil
    }
    var coefficients = [Double?](repeating: nil, count: columns.count)
    for (value, column) in zip(solution, qr.kept) { coefficients[column] = value }
    let fitted = qr.q(times: rotated.indices.map { $0 < rank ? rotated[$0] : 0 })
    self.coefficients = coefficients
    aliased = qr.aliased
    self.rank = rank
    observations = n
    residualSumOfSquares = sumOfSquares
    scaledResiduals = residual
    residuals = root.map { zip(residual, $0).map(/) } ?? residual
    modelSumOfSquares = Self.modelSum(fitted, root, hasIntercept)
    self.hasIntercept = hasIntercept
    factor = qr
    self.weights = weights
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

  /// Below this share a column loses enough digits to be worth more passes over a design that is not long.
  private static let steepness = 0.01

  // MARK: - Fit

  /// observations - rank.
  public var degreesOfFreedom: Int { observations - rank }
  /// NaN without degrees of freedom.
  public var residualVariance: Double {
    degreesOfFreedom > 0 ? residualSumOfSquares / Double(degreesOfFreedom) : .nan
  }
  /// √(residual sum of squares / degrees of freedom), in the response's unit.
  public var residualStandardDeviation: Double { residualVariance.squareRoot() }
  /// About the mean with an intercept, about 0 without.
  public var rSquared: Double { modelSumOfSquares / (modelSumOfSquares + residualSumOfSquares) }
  /// R² with sums of squares over their degrees of freedom.
  public var adjustedRSquared: Double {
    1 - (1 - rSquared) * Double(observations - (hasIntercept ? 1 : 0)) / Double(degreesOfFreedom)
  }
  /// Of all columns but the intercept.
  public var modelDegreesOfFreedom: Int { rank - (hasIntercept ? 1 : 0) }
  /// The test that all coefficients but the intercept are 0.
  public var fStatistic: Double { modelSumOfSquares / Double(modelDegreesOfFreedom) / residualVariance }
  /// Of `fStatistic`; NaN without degrees of freedom.
  public var fPValue: Double {
    (try? FisherF(Double(modelDegreesOfFreedom), Double(degreesOfFreedom)).survival(fStatistic)) ?? .nan
  }
}
