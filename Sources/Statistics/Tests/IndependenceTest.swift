/// Pearson's test that two classifications of the same units are independent, with Cramér's V; in a 2 x 2 table V is |φ|.
///
/// Rows and columns without units take no part.
/// - Source: Pearson, K. (1900); Cramér, H. (1946), "Mathematical Methods of Statistics", chapter 21. No correction for
///   continuity, as R `chisq.test(correct = FALSE)`.
public struct IndependenceTest: Sendable, Hashable {
  public let statistic: Double
  public let degreesOfFreedom: Int
  public let pValue: Double
  /// √(χ² / (n · (min(rows, columns) - 1))), in [0, 1].
  public let cramersV: Double
  /// (n₁₁ n₀₀ - n₁₀ n₀₁) / √(product of margins) of a 2 x 2 table; nil for others.
  public let phi: Double?

  /// - Parameter table: counts; rows are one classification, columns the other.
  /// - Throws: `DomainError` unless two rows and two columns have units.
  public init(_ table: [[Int]]) throws(DomainError) {
    let rowSums = table.map { Double($0.reduce(0, +)) }
    let width = table.first?.count ?? 0
    let columnSums = (0..<width).map { column in Double(table.reduce(0) { $0 + $1[column] }) }
    let (rows, columns) = (rowSums.count { $0 > 0 }, columnSums.count { $0 > 0 })
    guard rows >= 2, columns >= 2 else {
      throw DomainError("rows and columns with units", Double(min(rows, columns)), "must be at least 2")
    }
    let n = rowSums.reduce(0, +)
    var statistic = 0.0
    for (row, counts) in table.enumerated() {
      for (column, count) in counts.enumerated() {
        let expected = rowSums[row] * columnSums[column] / n
        guard expected > 0 else { continue }
        let gap = Double(count) - expected
        statistic += gap * gap / expected
      }
    }
    self.statistic = statistic
    degreesOfFreedom = (rows - 1) * (columns - 1)
    pValue = try ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)).survival(statistic)
    cramersV = (statistic / (n * Double(min(rows, columns) - 1))).squareRoot()
    if table.count == 2, width == 2 {
      let cross = Double(table[0][0]) * Double(table[1][1]) - Double(table[0][1]) * Double(table[1][0])
      phi = cross / (rowSums[0] * rowSums[1] * columnSums[0] * columnSums[1]).squareRoot()
    } else {
      phi = nil
    }
  }
}
