/// Who is enrolled and who gets which arm: a scheme, a salt, arms with weights, and a coverage.
public struct AllocationPlan: Sendable {
  public let scheme: SchemeName
  public let salt: String
  public let arms: [Arm]
  /// Share of units that are enrolled, in millionths.
  package let coverage: Int
  private let bucketing: Bucketing

  /// - Parameters:
  ///   - coverage: share of units that are enrolled, in [0, 1], with at most 6 decimals, as text so that it is exact.
  /// - Throws: `AllocationFault` for fewer than two arms, an arm given twice, no positive weight, an empty salt, or a coverage
  ///   outside [0, 1].
  public init(
    scheme: SchemeName = .verdict1, salt: String, arms: [Arm], coverage: String = "1"
  ) throws(AllocationFault) {
    guard !salt.isEmpty else { throw AllocationFault(.emptySalt) }
    guard arms.count >= 2 else { throw AllocationFault(.tooFewArms(arms.count)) }
    var names: Set<[UInt8]> = []
    for arm in arms where !names.insert(Array(arm.name.utf8)).inserted { throw AllocationFault(.armTwice(arm.name)) }
    guard let share = FixedPoint.millionths(coverage), share <= FixedPoint.unit else {
      throw AllocationFault(.badCoverage(coverage))
    }
    self.scheme = scheme
    self.salt = salt
    self.arms = arms
    self.coverage = share
    bucketing = try Bucketing(scheme: scheme, salt: salt, weights: arms.map(\.weight), coverage: share)
  }

  /// The arm of a unit, by the bytes of its id.
  ///
  /// - Throws: `AllocationFault` if the id is empty.
  public func assign(_ id: UnsafeRawBufferPointer) throws(AllocationFault) -> Assignment {
    guard !id.isEmpty else { throw AllocationFault(.emptyID) }
    return bucketing.assign(id)
  }

  public func assign(_ id: String) throws(AllocationFault) -> Assignment {
    var result: Result<Assignment, AllocationFault> = .failure(AllocationFault(.emptyID))
    Array(id.utf8).withUnsafeBytes { bytes in result = Result { () throws(AllocationFault) in try assign(bytes) } }
    return try result.get()
  }
}

/// The scheme's hash with the cut-offs of the arms.
private struct Bucketing: Sendable {
  private let scheme: SchemeName
  private let kind: Kind

  private enum Kind: Sendable {
    /// Arm i is the first whose cut-off exceeds the arm bucket, if the enrolment bucket is below the coverage.
    case verdict(enrol: VerdictHash, arm: VerdictHash, coverage: Int, cuts: [Int])
    /// Arm i is the first range [lower, upper) that holds the bucket's share.
    case growthBook(GrowthBookHash, ranges: [Range<Double>])
  }

  init(scheme: SchemeName, salt: String, weights: [Int], coverage: Int) throws(AllocationFault) {
    self.scheme = scheme
    switch scheme {
    case .verdict1:
      kind = .verdict(
        enrol: VerdictHash(salt: salt, purpose: .enrol), arm: VerdictHash(salt: salt, purpose: .arm),
        coverage: coverage, cuts: try Self.cuts(weights))
    case .growthbook1: kind = try Self.growthBook(salt, 1, false, weights, coverage)
    case .growthbook2: kind = try Self.growthBook(salt, 2, false, weights, coverage)
    case .growthbook1UTF16: kind = try Self.growthBook(salt, 1, true, weights, coverage)
    case .growthbook2UTF16: kind = try Self.growthBook(salt, 2, true, weights, coverage)
    }
  }

  /// floor(1,000,000 · S_i / W), in integers of double width.
  private static func cuts(_ weights: [Int]) throws(AllocationFault) -> [Int] {
    let total = try sum(weights)
    var running = 0
    return weights.map { weight in
      running += weight
      let product = running.multipliedFullWidth(by: VerdictHash.buckets)
      return total.dividingFullWidth(product).quotient
    }
  }

  private static func sum(_ weights: [Int]) throws(AllocationFault) -> Int {
    var total = 0
    for weight in weights {
      let (next, overflow) = total.addingReportingOverflow(weight)
      guard !overflow, next < 1 << 53 else { throw AllocationFault(.weightsTooFine) }
      total = next
    }
    guard total > 0 else { throw AllocationFault(.noWeight) }
    return total
  }

  /// Ranges in doubles, in GrowthBook's order of operations, so that they end where its SDKs' do.
  private static func growthBook(
    _ seed: String, _ version: Int, _ isUTF16: Bool, _ weights: [Int], _ coverage: Int
  ) throws(AllocationFault) -> Kind {
    let total = Double(try sum(weights))
    let share = Double(coverage) / Double(FixedPoint.unit)
    var cumulative = 0.0
    let ranges = weights.map { weight in
      let start = cumulative
      let width = Double(weight) / total
      cumulative += width
      return start..<max(start, start + share * width)
    }
    return .growthBook(GrowthBookHash(seed: seed, version: version, isUTF16: isUTF16), ranges: ranges)
  }

  @inline(__always)
  func assign(_ id: UnsafeRawBufferPointer) -> Assignment {
    switch kind {
    case .verdict(let enrol, let arm, let coverage, let cuts):
      // With full coverage everyone is enrolled, and the second hash is not needed.
      let isEverybody = coverage == FixedPoint.unit
      let enrolment = isEverybody ? 0 : enrol.bucket(id)
      let bucket = arm.bucket(id)
      let place = isEverybody || enrolment < coverage ? cuts.firstIndex { bucket < $0 } : nil
      return Assignment(arm: place, bucket: bucket, enrolmentBucket: enrolment, scheme: scheme)
    case .growthBook(let hash, let ranges):
      let bucket = hash.bucket(id)
      let share = Double(bucket) / Double(hash.buckets)
      let place = ranges.firstIndex { $0.contains(share) }
      return Assignment(arm: place, bucket: bucket, enrolmentBucket: bucket, scheme: scheme)
    }
  }
}
