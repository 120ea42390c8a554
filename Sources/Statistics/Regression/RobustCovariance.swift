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
  public var leverages: [Double] { orthonormalRows.map { row in row.reduce(0) { $0 + $1 * $1 } } }

  /// Row i of X R⁻¹: orthonormal columns.
  var orthonormalRows: [[Double]] {
    (0..<observations).map { i in factor.solveLower(scaledColumns.map { $0[i] }) }
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

  private func variances(_ kind: CovarianceKind) -> [Double] {
    let inverse = inverseRows
    if kind == .classical { return inverse.map { row in residualVariance * row.reduce(0) { $0 + $1 * $1 } } }
    let rows = orthonormalRows
    let small = Double(observations) / Double(degreesOfFreedom)
    let squares = zip(rows, scaledResiduals).map { row, residual in
      let free = 1 - row.reduce(0) { $0 + $1 * $1 }
      let square = residual * residual
      return switch kind {
      case .classical, .hc0: square
      case .hc1: square * small
      case .hc2: free > 0 ? square / free : 0
      case .hc3: free > 0 ? square / (free * free) : 0
      }
    }
    return inverse.map { coefficient in
      zip(rows, squares).reduce(0) { sum, observation in
        let influence = zip(coefficient, observation.0).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + influence * influence * observation.1
      }
    }
  }
}
