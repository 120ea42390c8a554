import Statistics

/// A search for a salt that balances covariates: candidates are tried in order, those within a threshold are accepted, and the
/// first accepted one is used. All candidates are kept, so that the search can be audited.
///
/// Arms are compared by the largest absolute standardised mean difference of any covariate. After a search the ordinary interval
/// is too wide and its p-values are not uniform: infer by `inference`, over the accepted salts only.
/// - Source: Morgan, K. L. & Rubin, D. B. (2012), "Rerandomization to improve covariate balance in experiments", Annals of
///   Statistics 40, 1263-1282; inference: section 2.2, a randomisation test over the acceptable allocations.
public struct SaltSearch: Sendable {
  public struct Candidate: Sendable, Hashable, Encodable {
    public let salt: String
    /// Largest absolute standardised difference; infinite if an arm has no unit.
    public let imbalance: Double
    public let isAccepted: Bool
  }

  public let candidates: [Candidate]
  public let threshold: Double
  private let plan: AllocationPlan
  private let ids: [String]

  /// The first accepted candidate, which is the one to use.
  public var chosen: Candidate? { candidates.first { $0.isAccepted } }
  public var rejected: Int { candidates.count { !$0.isAccepted } }

  /// - Parameters:
  ///   - plan: of two arms at full coverage; its salt is what the candidates' salts begin with.
  ///   - ids: distinct units, n >= 4.
  ///   - covariates: columns of n finite numbers, at least one that varies.
  ///   - candidates: salts that are tried, at least 1.
  ///   - accepting: the share of candidates that is accepted, in (0, 1].
  /// - Throws: `AllocationFault` for anything else.
  public init(
    _ plan: AllocationPlan, ids: [String], covariates: [[Double]], candidates count: Int = 100,
    accepting share: Double = 0.1
  ) throws(AllocationFault) {
    guard plan.arms.count == 2, plan.coverage == FixedPoint.unit else {
      throw AllocationFault(.badSearch("two arms at full coverage"))
    }
    guard ids.count >= 4, Set(ids.map { Array($0.utf8) }).count == ids.count else {
      throw AllocationFault(.badSearch("at least 4 distinct ids"))
    }
    guard !covariates.isEmpty, covariates.allSatisfy({ $0.count == ids.count && $0.allSatisfy(\.isFinite) }) else {
      throw AllocationFault(.badSearch("covariates that are finite numbers, one a unit"))
    }
    guard count >= 1, share > 0, share <= 1 else {
      throw AllocationFault(.badSearch("a candidate, and a share of them to accept in (0, 1]"))
    }
    let scaled = covariates.compactMap(Self.standardised)
    guard !scaled.isEmpty else { throw AllocationFault(.badSearch("a covariate that varies")) }
    var tried: [(salt: String, imbalance: Double)] = []
    for number in 0..<count {
      let salt = "\(plan.salt)-\(number)"
      tried.append((salt, Self.imbalance(try Self.treated(plan, salt, ids), scaled)))
    }
    let accepted = max(1, Int((share * Double(count)).rounded(.down)))
    let threshold = tried.map(\.imbalance).sorted()[accepted - 1]
    candidates = tried.map { Candidate(salt: $0.salt, imbalance: $0.imbalance, isAccepted: $0.imbalance <= threshold) }
    self.threshold = threshold
    self.plan = plan
    self.ids = ids
  }

  /// What the outcomes say, by randomisation over the accepted salts.
  public struct Inference: Sendable, Hashable, Encodable {
    /// Mean of the second arm less that of the first, under the chosen salt.
    public let difference: Double
    /// The share of accepted salts whose difference is at least as large, in absolute value, as that of the chosen one.
    public let pValue: Double
    public let accepted: Int
  }

  /// The randomisation test of the sharp null hypothesis that no unit's outcome depends on its arm.
  ///
  /// The chosen salt counts, so the smallest possible p-value is one over the number accepted: accept at least 20 for a test at
  /// 5 %.
  /// - Parameter outcomes: by unit, in the order of the ids; all finite.
  /// - Returns: nil without an accepted salt, or if the outcomes do not fit the ids.
  public func inference(_ outcomes: [Double]) throws(AllocationFault) -> Inference? {
    guard outcomes.count == ids.count, outcomes.allSatisfy(\.isFinite) else { return nil }
    var differences: [Double] = []
    for candidate in candidates where candidate.isAccepted {
      differences.append(Self.difference(try Self.treated(plan, candidate.salt, ids), outcomes))
    }
    guard let observed = differences.first else { return nil }
    // Sums in another order differ in their last digits; a tie is a tie.
    let floor = abs(observed) * (1 - 1e-12)
    let extreme = differences.count { abs($0) >= floor }
    return Inference(
      difference: observed, pValue: Double(extreme) / Double(differences.count), accepted: differences.count)
  }

  /// The plan under the chosen salt.
  public func chosenPlan() throws(AllocationFault) -> AllocationPlan? {
    guard let chosen else { return nil }
    return try plan.with(salt: chosen.salt)
  }

  // MARK: - Parts

  private static func treated(
    _ plan: AllocationPlan, _ salt: String, _ ids: [String]
  ) throws(AllocationFault) -> [Bool] {
    let salted = try plan.with(salt: salt)
    var treated: [Bool] = []
    treated.reserveCapacity(ids.count)
    for id in ids { treated.append(try salted.assign(id).arm == 1) }
    return treated
  }

  /// Mean 0 and standard deviation 1; nil for a constant.
  private static func standardised(_ values: [Double]) -> [Double]? {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    guard variance > 0, variance.isFinite else { return nil }
    return values.map { ($0 - mean) / variance.squareRoot() }
  }

  private static func imbalance(_ treated: [Bool], _ covariates: [[Double]]) -> Double {
    covariates.map { abs(difference(treated, $0)) }.max() ?? .infinity
  }

  /// Mean of the treated less that of the others; infinite if one side is empty.
  private static func difference(_ treated: [Bool], _ values: [Double]) -> Double {
    var (sum, rest, count) = (0.0, 0.0, 0)
    for (isTreated, value) in zip(treated, values) {
      if isTreated {
        sum += value
        count += 1
      } else {
        rest += value
      }
    }
    guard count > 0, count < values.count else { return .infinity }
    return sum / Double(count) - rest / Double(values.count - count)
  }
}

extension SaltSearch: Encodable {
  private enum Key: String, CodingKey {
    case schema, scheme, units, threshold, accepted, rejected, chosen, candidates
  }

  /// `verdict.salt-search/1`: every candidate, so that the search can be repeated and checked.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode("verdict.salt-search/1", forKey: .schema)
    try container.encode(plan.scheme.rawValue, forKey: .scheme)
    try container.encode(ids.count, forKey: .units)
    try container.encode(threshold, forKey: .threshold)
    try container.encode(candidates.count - rejected, forKey: .accepted)
    try container.encode(rejected, forKey: .rejected)
    try container.encode(chosen?.salt, forKey: .chosen)
    try container.encode(candidates, forKey: .candidates)
  }
}
