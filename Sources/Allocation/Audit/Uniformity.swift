import Statistics

/// Whether a scheme's draws are uniform on these ids, over many salts.
///
/// Each salt gives a chi-squared p-value of its draws in 20 bins. Under a good hash these are uniform; their distance from that
/// (Kolmogorov-Smirnov) catches draws that are skewed and draws that are too even.
public struct Uniformity: Sendable, Encodable {
  public let salts: Int
  public let units: Int
  /// Of the distance of the salts' p-values from the uniform distribution.
  public let pValue: Double
  public let statistic: Double
  public let smallestPValue: Double

  /// Ids that a test takes at least, five for each bin: with fewer the p-values are too coarse to be uniform.
  public static let leastUnits = 5 * bins
  /// Ids and salts that a test takes at most.
  public static let unitLimit = 20_000
  public static let saltCount = 100
  private static let bins = 20

  /// - Throws: `AllocationFault` or `DomainError` if the scheme cannot take the salts, or there are too few ids.
  public init(_ plan: AllocationPlan, ids: UnitIDs, salts: Int = saltCount) throws {
    guard ids.count >= Self.leastUnits else {
      throw DomainError("ids", Double(ids.count), "must be at least \(Self.leastUnits)")
    }
    units = min(ids.count, Self.unitLimit)
    self.salts = salts
    var pValues: [Double] = []
    for number in 0..<salts {
      let salted = try plan.with(salt: Self.salt(plan, number))
      pValues.append(try Self.chiSquared(salted.bucketing.draw, ids))
    }
    let test = try UniformityTest(pValues)
    (statistic, pValue) = (test.statistic, test.pValue)
    smallestPValue = pValues.min() ?? 1
  }

  /// Salts that differ in their last digits, as those of real experiments do; seeds are counted on from the plan's.
  static func salt(_ plan: AllocationPlan, _ number: Int) -> String {
    let head = plan.salt.split(separator: ":", maxSplits: 1).first.map(String.init) ?? plan.salt
    if let seed = Int64(head) { return "\(seed &+ Int64(number))" }
    return "\(plan.salt)-\(number)"
  }

  private static func chiSquared(_ draw: Draw, _ ids: UnitIDs) throws -> Double {
    let limit = draw.limit
    var counts = [Int](repeating: 0, count: bins)
    ids.forEach(first: unitLimit) { id in
      let (high, low) = draw.value(id).multipliedFullWidth(by: UInt64(bins))
      counts[min(bins - 1, Int(limit.dividingFullWidth((high, low)).quotient))] += 1
    }
    // Bins of a draw that 20 does not divide hold unequal numbers of buckets.
    let edges = (0...bins).map { Double(($0 == 0 ? 0 : ceilingShare(limit, $0))) }
    let weights = (0..<bins).map { edges[$0 + 1] - edges[$0] }
    return try SampleRatioTest(counts: counts, weights: weights).pValue
  }

  /// The first draw of bin `bin`: ceil(limit · bin / bins).
  private static func ceilingShare(_ limit: UInt64, _ bin: Int) -> UInt64 {
    let product = limit.multipliedFullWidth(by: UInt64(bin))
    let (quotient, remainder) = UInt64(bins).dividingFullWidth(product)
    return quotient + (remainder > 0 ? 1 : 0)
  }
}
