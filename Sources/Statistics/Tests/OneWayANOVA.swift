/// Whether the means of several groups are equal, one variance for all.
///
/// - Source: Fisher, R. A. (1925), Statistical Methods for Research Workers, section 40.
/// - Checked against: NIST StRD and exact rational arithmetic, Datasets/References/anova-nist.json, anova-nist-scipy.json.
public struct OneWayANOVA: Sendable, Hashable {
  public static let name = "one-way analysis of variance"
  /// Of the groups' means about the whole mean.
  public let betweenSumOfSquares: Double
  /// Of the values about their groups' means.
  public let withinSumOfSquares: Double
  /// Groups - 1.
  public let betweenDegreesOfFreedom: Int
  /// Values - groups.
  public let withinDegreesOfFreedom: Int

  /// - Parameter groups: moments of each group.
  /// - Throws: `DomainError` if there are fewer than 2 groups, an empty one, or no group has 2 units.
  public init(groups: [Moments], column: Int = 0) throws(DomainError) {
    guard groups.count >= 2 else { throw DomainError("groups", Double(groups.count), "must be at least 2") }
    for group in groups { try group.requireCount(atLeast: 1, arm: "group's") }
    let units = groups.reduce(0) { $0 + $1.count }
    guard units > groups.count else { throw DomainError("units", Double(units), "must be more than there are groups") }
    // Merging groups that do not vary leaves exactly what lies between their means.
    var between = Moments(columns: 1)
    for group in groups {
      between.merge(
        Moments(
          count: group.count, mean: [group.mean[column]], meanRemainder: [group.meanRemainder[column]],
          crossProducts: [0]))
    }
    betweenSumOfSquares = between.crossProduct(0, 0)
    withinSumOfSquares = groups.reduce(0) { $0 + $1.crossProduct(column, column) }
    betweenDegreesOfFreedom = groups.count - 1
    withinDegreesOfFreedom = units - groups.count
  }

  private var withinMeanSquare: Double { withinSumOfSquares / Double(withinDegreesOfFreedom) }
  /// √ of the mean square within groups, in the unit of the values.
  public var residualStandardDeviation: Double { withinMeanSquare.squareRoot() }
  /// Share of the sum of squares that is between groups.
  public var rSquared: Double { betweenSumOfSquares / (betweenSumOfSquares + withinSumOfSquares) }
  /// Infinite if no group varies.
  public var fStatistic: Double { betweenSumOfSquares / Double(betweenDegreesOfFreedom) / withinMeanSquare }
  public var pValue: Double {
    (try? FisherF(Double(betweenDegreesOfFreedom), Double(withinDegreesOfFreedom)).survival(fStatistic)) ?? .nan
  }
}
