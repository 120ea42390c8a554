/// The effect of a treatment that is given to whole clusters, or that switches within them over time (a switchback: region and
/// hour, arms changing by window, errors dependent within a region or a day).
///
/// y on arm, block effects and covariates by least squares; CR2 standard error and Satterthwaite's degrees of freedom, so few and
/// unequal clusters keep their level. Rows within the carry-over of a switch are the caller's to leave out.
/// - Source: Bojinov, I., Simchi-Levi, D. and Zhao, J. (2023), "Design and analysis of switchback experiments", Management Science
///   69 (the design); standard errors: `LeastSquares.standardErrors(clusters:_:)`.
/// - Checked against: R clubSandwich, Datasets/References/cluster-robust.json; coverage by simulation.
public struct ClusterDesignTest: HypothesisTest {
  public static let name = "cluster-robust t-test (CR2, Satterthwaite)"
  public let estimate: Double
  public let standardError: Double
  public let null = 0.0
  public let law: ReferenceLaw
  /// Of both arms.
  public let clusters: Int

  /// Block effects are columns of the regression; beyond this many it would not be the right tool.
  public static let mostBlocks = 500

  /// - Parameters:
  ///   - response: y by row. - treated: whether a row is in the treatment.
  ///   - clusters: label by row of what is independent: store, user, region, day.
  ///   - blocks: label by row of what is compared within, for example the hour of the day; nil for none.
  ///   - covariates: by columns.
  ///   - weights: of the rows, for example the units behind a mean; nil for equal ones.
  /// - Throws: `DomainError` for lengths that do not fit, an arm without rows, fewer than 2 clusters, too many blocks, or an arm
  ///   that the blocks and covariates tell.
  public init(
    response: [Double], treated: [Bool], clusters: [Int], blocks: [Int]? = nil, covariates: [[Double]] = [],
    weights: [Double]? = nil
  ) throws {
    for (name, count) in [("arms", treated.count), ("blocks", blocks?.count ?? response.count)]
    where count != response.count {
      throw DomainError(name, Double(count), "must be as many as responses (\(response.count))")
    }
    guard treated.contains(true), treated.contains(false) else { throw DomainError("arms with rows", 1, "must be 2") }
    var columns = [[Double](repeating: 1, count: response.count)] + covariates
    if let blocks {
      let levels = Set(blocks).sorted()
      guard levels.count <= Self.mostBlocks else {
        throw DomainError("blocks", Double(levels.count), "must be at most \(Self.mostBlocks)")
      }
      columns += levels.dropFirst().map { level in blocks.map { $0 == level ? 1 : 0 } }
    }
    // The arm last: of dependent columns the later is set aside.
    columns.append(treated.map { $0 ? 1 : 0 })
    let arm = columns.count - 1
    let fit = try LeastSquares(columns: columns, response: response, weights: weights)
    guard let effect = fit.coefficients[arm] else {
      throw DomainError(
        "arm", .nan, "does not vary within blocks and covariates; the effect cannot be told from theirs")
    }
    let (errors, degrees) = (
      try fit.standardErrors(clusters: clusters), try fit.clusterDegreesOfFreedom(clusters: clusters)
    )
    guard let error = errors[arm], let df = degrees[arm], df > 0 else {
      throw DomainError("degrees of freedom of the clusters", .nan, "must be positive; there are too few clusters")
    }
    try requirePositive(error * error)
    estimate = effect
    standardError = error
    law = .studentT(degreesOfFreedom: df)
    self.clusters = Set(clusters).count
  }
}
