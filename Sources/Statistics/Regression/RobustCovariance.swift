import LinearAlgebra

extension LeastSquares {
  /// What the standard errors assume of the errors.
  public enum CovarianceKind: Sendable, Hashable {
    /// One variance for all.
    case classical
    /// A variance for each observation: White (1980); the others correct for small samples and leverage.
    case hc0, hc1, hc2, hc3
  }

  /// Standard errors of the coefficients; nil for aliased columns.
  ///
  /// - Source: White, H. (1980), Econometrica 48; MacKinnon, J. G. and White, H. (1985), Journal of Econometrics 29, for HC1
  ///   n/(n - p), HC2 1/(1 - h) and HC3 1/(1 - h)².
  /// - Checked against: R sandwich, Datasets/References/regression-adjustment.json.
  public func standardErrors(_ kind: CovarianceKind = .classical) -> [Double?] {
    spread(variances(kind).map { $0.squareRoot() })
  }

  /// Two-sided p-values of the coefficients by Student's law with the residual degrees of freedom.
  public func pValues(_ kind: CovarianceKind = .classical) -> [Double?] {
    let law = ReferenceLaw.studentT(degreesOfFreedom: Double(degreesOfFreedom))
    return zip(coefficients, standardErrors(kind)).map { value, error in
      guard let value, let error else { return nil }
      return min(1, 2 * law.survival(abs(value / error)))
    }
  }

  /// Diagonal of the hat matrix (of the weighted rows).
  public var leverages: [Double] { Self.rowSumsOfSquares(orthonormalColumns, observations) }

  /// Columns of X R⁻¹, orthonormal.
  var orthonormalColumns: [[Double]] { factor.orthonormal(scaledColumns) }

  private static func rowSumsOfSquares(_ columns: [[Double]], _ rows: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: rows)
    for column in columns { for i in 0..<rows { sums[i] += column[i] * column[i] } }
    return sums
  }

  /// Row j of R⁻¹, for the kept coefficients.
  var inverseRows: [[Double]] {
    let columns = (0..<rank).map { k in factor.solveUpper((0..<rank).map { $0 == k ? 1 : 0 }) }
    return (0..<rank).map { j in columns.map { $0[j] } }
  }

  func spread(_ values: [Double]) -> [Double?] {
    var result = [Double?](repeating: nil, count: coefficients.count)
    for (value, column) in zip(values, factor.kept) { result[column] = value }
    return result
  }

  /// Of (XᵀX)⁻¹; refined where the design is nearly dependent.
  private func inverseDiagonal(_ inverse: [[Double]]) -> [Double] {
    guard let refinement else {
      return inverse.map { row in row.reduce(0) { $0 + $1 * $1 } }
    }
    let zeros = [Double](repeating: 0, count: observations)
    return (0..<rank).map { j in
      refinement.solve(right: zeros, moments: (0..<rank).map { $0 == j ? -1 : 0 }).solution[j]
    }
  }

  private func variances(_ kind: CovarianceKind) -> [Double] {
    let inverse = inverseRows
    if kind == .classical { return inverseDiagonal(inverse).map { residualVariance * $0 } }
    let columns = orthonormalColumns
    let small = Double(observations) / Double(degreesOfFreedom)
    let squares = zip(Self.rowSumsOfSquares(columns, observations), scaledResiduals).map { leverage, residual in
      let free = 1 - leverage
      let square = residual * residual
      return switch kind {
      case .classical, .hc0: square
      case .hc1: square * small
      case .hc2: free > 0 ? square / free : 0
      case .hc3: free > 0 ? square / (free * free) : 0
      }
    }
    return inverse.map { coefficient in
      var influence = [Double](repeating: 0, count: observations)
      for (factor, column) in zip(coefficient, columns) where factor != 0 {
        for i in 0..<observations { influence[i] += factor * column[i] }
      }
      return zip(influence, squares).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    }
  }
}
