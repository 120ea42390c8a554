import Foundation

/// Counts by row and column, and the two large-sample tests that rows and columns are independent.
///
/// - Source: Agresti, A. (2013), Categorical Data Analysis, section 3.2.1: X² = Σ (O - E)² / E and G² = 2 Σ O log(O / E),
///   both chi-squared with (rows - 1)(columns - 1) degrees of freedom. Rows and columns without a count take no part.
/// - Checked against: mpmath, R `chisq.test`, Datasets/References/contingency.json.
public struct ContingencyTable: Sendable, Hashable {
  /// A statistic that is chi-squared under independence.
  public struct Test: Sendable, Hashable {
    public let statistic: Double
    public let degreesOfFreedom: Int
    public let pValue: Double
  }

  /// Without empty rows and columns.
  public let counts: [[Int]]
  /// What independence expects, in the same shape.
  public let expected: [[Double]]

  /// - Throws: `DomainError` if a count is negative, rows differ in length, or fewer than two rows or columns hold counts.
  public init(_ table: [[Int]]) throws(DomainError) {
    guard let width = table.first?.count, table.allSatisfy({ $0.count == width }) else {
      throw DomainError("rows of the table", .nan, "must have one length")
    }
    for count in table.joined() where count < 0 {
      throw DomainError("count", Double(count), "must not be negative")
    }
    let columns = (0..<width).filter { column in table.contains { $0[column] > 0 } }
    let rows = table.map { row in columns.map { row[$0] } }.filter { row in row.contains { $0 > 0 } }
    guard rows.count >= 2, columns.count >= 2 else {
      throw DomainError("rows and columns with counts", Double(min(rows.count, columns.count)), "must be at least 2")
    }
    let rowSums = rows.map { $0.reduce(0.0) { $0 + Double($1) } }
    let columnSums = columns.indices.map { column in rows.reduce(0.0) { $0 + Double($1[column]) } }
    let total = rowSums.reduce(0, +)
    counts = rows
    expected = rowSums.map { row in columnSums.map { row / total * $0 } }
  }

  public var degreesOfFreedom: Int { (counts.count - 1) * (counts[0].count - 1) }

  /// Pearson's test.
  ///
  /// - Parameter yates: brings |O - E| nearer to 0 by 1/2 (or to 0) in tables of two rows and columns; conservative.
  public func chiSquared(yates: Bool = false) -> Test {
    let correct = yates && counts.count == 2 && counts[0].count == 2
    return test(
      sum { observed, expected in
        let gap = abs(observed - expected)
        let distance = correct ? gap - min(0.5, gap) : gap
        return distance * distance / expected
      })
  }

  /// The likelihood-ratio test.
  public func likelihoodRatio() -> Test {
    // O log(O/E) + E - O is never negative, and the added terms cancel over the table.
    test(2 * sum { observed, expected in Special.deviance(observed, expected) })
  }

  private func sum(_ term: (Double, Double) -> Double) -> Double {
    zip(counts.joined(), expected.joined()).reduce(0) { $0 + term(Double($1.0), $1.1) }
  }

  private func test(_ statistic: Double) -> Test {
    let law = try? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom))
    return Test(
      statistic: statistic, degreesOfFreedom: degreesOfFreedom, pValue: law?.survival(statistic) ?? .nan)
  }

  /// Cramér's V: √(X² / (n (min(rows, columns) - 1))), 0 for independence, 1 for one column a row.
  public var cramersV: Double {
    let total = Double(counts.joined().reduce(0, +))
    return (chiSquared().statistic / (total * Double(min(counts.count, counts[0].count) - 1))).squareRoot()
  }
}
