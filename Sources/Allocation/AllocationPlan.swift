/// Who is enrolled and who gets which arm: a scheme, a salt, arms with weights, and a coverage.
public struct AllocationPlan: Sendable {
  public let scheme: SchemeName
  public let salt: String
  public let arms: [Arm]
  /// Share of units that are enrolled, in millionths.
  package let coverage: Int
  package let bucketing: Bucketing
  private let emptyID: Scheme.EmptyID
  private let alphabet: Scheme.Alphabet

  /// - Parameters:
  ///   - coverage: share of units that are enrolled, in [0, 1], with at most 6 decimals, as text so that it is exact.
  /// - Throws: `AllocationFault` for fewer than two arms, an arm given twice, no positive weight, an empty salt, a coverage
  ///   outside [0, 1], or weights, a salt or a coverage that the scheme's platform cannot express.
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
    let definition = scheme.scheme
    emptyID = definition.emptyID
    alphabet = definition.alphabet
    bucketing = try definition.make(
      Shares(scheme: scheme, salt: salt, weights: arms.map(\.weight), coverage: share))
  }

  /// Whether every id that is not empty can be read.
  var readsBytes: Bool { alphabet == .bytes }

  /// The arm of a unit, by the bytes of its id.
  ///
  /// - Throws: `AllocationFault` if the id is empty and the scheme refuses that, or has characters the scheme cannot read.
  @inline(__always)
  public func assign(_ id: UnsafeRawBufferPointer) throws(AllocationFault) -> Assignment {
    if id.isEmpty || alphabet != .bytes, let decided = try special(id) { return decided }
    return bucketing.assign(id, scheme: scheme)
  }

  public func assign(_ id: String) throws(AllocationFault) -> Assignment { try assign(bytes: Array(id.utf8)) }

  public func assign(bytes id: [UInt8]) throws(AllocationFault) -> Assignment {
    var result: Result<Assignment, AllocationFault> = .failure(AllocationFault(.emptyID))
    id.withUnsafeBytes { bytes in result = Result { () throws(AllocationFault) in try assign(bytes) } }
    return try result.get()
  }

  /// What is decided without a hash: an empty id, or one that the scheme cannot read.
  private func special(_ id: UnsafeRawBufferPointer) throws(AllocationFault) -> Assignment? {
    if id.isEmpty {
      switch emptyID {
      case .refused: throw AllocationFault(.emptyID)
      case .notEnrolled: return Assignment(arm: nil, bucket: -1, enrolmentBucket: nil, scheme: scheme)
      case .hashed: return nil
      }
    }
    if alphabet == .ascii, !TextUnits.isASCII(id) { throw AllocationFault(.notASCII(scheme)) }
    if alphabet == .text, !TextUnits.isValid(id) { throw AllocationFault(.notText(scheme)) }
    return nil
  }
}
