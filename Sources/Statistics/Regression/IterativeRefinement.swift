import Foundation

/// Solutions of r + A x = b, Aᵀ r = c from a QR of A, corrected until the digits that the factor has lost are back.
///
/// With c = 0 it is least squares; with b = 0 and c = -e_j, x_j is the j-th diagonal element of (AᵀA)⁻¹. Each correction is
/// computed in doubles from what is left over, and what is left over in pairs of doubles.
/// - Source: Björck, Å. (1967), "Iterative refinement of linear least squares solutions I", BIT 7, eqs. 2.4 to 2.8.
/// - Checked against: NIST StRD Filip and Wampler, Datasets/References/least-squares.json and regression-nist.json.
struct IterativeRefinement {
  let factor: LimitedPivotingQR
  /// A by columns, those that the factor keeps; what it rounded away in `remainders`, if that is known.
  let columns: [[Double]]
  let remainders: [[Double]]?

  /// - Parameters:
  ///   - right: b, of length rows.
  ///   - moments: c, one a column.
  func solve(right: [Double], moments: [Double]) -> (solution: [Double], residual: [Double]) {
    var x = [Double](repeating: 0, count: factor.rank)
    var r = [Double](repeating: 0, count: factor.rows)
    for _ in 0..<5 {
      let rotated = factor.transposedQ(times: leftOver(right, r, x))
      let projected = factor.solveTransposedUpper(leftOver(moments, r))
      let step = factor.solveUpper(zip(rotated, projected).map { $0 - $1 })
      let change = factor.q(times: rotated.indices.map { $0 < projected.count ? projected[$0] : rotated[$0] })
      for i in x.indices { x[i] += step[i] }
      for i in r.indices { r[i] += change[i] }
      if zip(step, x).allSatisfy({ abs($0) <= 0x1p-53 * abs($1) }) { break }
    }
    return (x, r)
  }

  /// b - r - A x.
  private func leftOver(_ right: [Double], _ r: [Double], _ x: [Double]) -> [Double] {
    r.indices.map { row in
      var sum = DoubleDouble(right[row]) - DoubleDouble(r[row])
      for (j, value) in x.enumerated() { sum = sum - DoubleDouble(value) * element(row, j) }
      return sum.value
    }
  }

  /// c - Aᵀ r.
  private func leftOver(_ moments: [Double], _ r: [Double]) -> [Double] {
    moments.indices.map { j in
      var sum = DoubleDouble(moments[j])
      for row in r.indices { sum = sum - DoubleDouble(r[row]) * element(row, j) }
      return sum.value
    }
  }

  private func element(_ row: Int, _ j: Int) -> DoubleDouble {
    guard let remainders else { return DoubleDouble(columns[j][row]) }
    return DoubleDouble(columns[j][row]) + DoubleDouble(remainders[j][row])
  }
}

extension LeastSquares {
  /// y on 1, x, …, x^degree (from x without an intercept). Powers keep the digits that one double would round away, so that
  /// high degrees have coefficients to nearly all digits.
  ///
  /// - Parameters:
  ///   - degree: 0 or more; 1 or more without an intercept.
  ///   - tolerance: share of a power that must be independent of lower ones.
  /// - Throws: as `init(columns:response:weights:hasIntercept:tolerance:)`.
  /// - Checked against: NIST StRD Filip (degree 10) and Wampler, Datasets/References/least-squares.json.
  public static func polynomial(
    _ x: [Double], degree: Int, response: [Double], hasIntercept: Bool = true, tolerance: Double = 1e-14
  ) throws(DomainError) -> LeastSquares {
    var power = x.map { _ in DoubleDouble(1) }
    var powers = hasIntercept ? [power] : []
    for _ in 0..<max(0, degree) {
      power = zip(power, x).map { $0 * DoubleDouble($1) }
      powers.append(power)
    }
    return try LeastSquares(
      columns: powers.map { $0.map(\.high) }, remainders: powers.map { $0.map(\.low) }, response: response,
      weights: nil,
      hasIntercept: hasIntercept, tolerance: tolerance)
  }
}
