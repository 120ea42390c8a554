/// Permuted blocks inside strata: an explicit table of units and arms, and the plan's hash for units that come later.
///
/// In each stratum the units are put in the order of a hash and dealt out in blocks that hold every arm as often as its weight
/// says, in an order that is permuted anew for each block. Within a whole block the arms are exactly balanced, so no stratum is
/// off by more than a block.
/// - Source: Zelen, M. (1974), "The randomization and stratification of patients to clinical trials", Journal of Chronic
///   Diseases 27, 365-375.
public struct StratifiedTable: Sendable {
  public let plan: AllocationPlan
  /// Places of the arms by the bytes of the id.
  private let arms: [[UInt8]: Int]

  public struct Unit: Sendable, Hashable {
    public let id: String
    public let stratum: String
    public init(id: String, stratum: String) {
      self.id = id
      self.stratum = stratum
    }
  }

  /// - Throws: `AllocationFault` for an empty or repeated id, or weights whose block would be longer than 1,000.
  public init(_ units: [Unit], plan: AllocationPlan) throws(AllocationFault) {
    let block = try Self.block(plan)
    var strata: [[UInt8]: [(rank: UInt64, id: [UInt8])]] = [:]
    var seen: Set<[UInt8]> = []
    let order = Self.draw("order", plan.salt)
    for unit in units {
      let id = Array(unit.id.utf8)
      guard !id.isEmpty else { throw AllocationFault(.emptyID) }
      guard seen.insert(id).inserted else { throw AllocationFault(.duplicateID) }
      strata[Array(unit.stratum.utf8), default: []].append((id.withUnsafeBytes { order.value($0) }, id))
    }
    var arms: [[UInt8]: Int] = [:]
    for (stratum, members) in strata {
      let sorted = members.sorted { a, b in a.rank != b.rank ? a.rank < b.rank : a.id.lexicographicallyPrecedes(b.id) }
      for start in stride(from: 0, to: sorted.count, by: block.count) {
        let dealt = Self.permuted(block, salt: plan.salt, stratum: stratum, number: start / block.count)
        for (member, arm) in zip(sorted[start...], dealt) { arms[member.id] = arm }
      }
    }
    self.arms = arms
    self.plan = plan
  }

  /// Units that the table holds.
  public var count: Int { arms.count }

  /// Place of the unit's arm: from the table, else from the plan's hash.
  ///
  /// - Throws: `AllocationFault` as the plan's `assign`, for units outside the table.
  public func assign(_ id: String) throws(AllocationFault) -> (arm: Int?, isInTable: Bool) {
    if let arm = arms[Array(id.utf8)] { return (arm, true) }
    return (try plan.assign(id).arm, false)
  }

  // MARK: - Blocks

  /// Each arm as often as its weight says, in lowest terms.
  private static func block(_ plan: AllocationPlan) throws(AllocationFault) -> [Int] {
    let divisor = plan.arms.map(\.weight).reduce(0, gcd)
    let counts = plan.arms.map { $0.weight / max(divisor, 1) }
    let length = counts.reduce(0, +)
    guard length <= 1000 else { throw AllocationFault(.blockTooLong(length)) }
    return counts.enumerated().flatMap { arm, count in repeatElement(arm, count: count) }
  }

  private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }

  /// Fisher and Yates, each step a hash of stratum, block and place.
  private static func permuted(_ block: [Int], salt: String, stratum: [UInt8], number: Int) -> [Int] {
    let draw = draw("block", salt)
    var block = block
    for last in stride(from: block.count - 1, to: 0, by: -1) {
      let message = stratum + Array("|\(stratum.count)|\(number)|\(last)".utf8)
      let value = message.withUnsafeBytes { draw.value($0) }
      block.swapAt(last, Int(value.multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return block
  }

  /// 64 bits of SHA-256 under a purpose of its own.
  private static func draw(_ purpose: String, _ salt: String) -> Draw {
    Draw(.sha256(bits: 64), prefix: "verdict/1|\(purpose)|\(salt.utf8.count)|\(salt)|")
  }
}
