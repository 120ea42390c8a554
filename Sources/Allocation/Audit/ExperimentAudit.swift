import Statistics

/// What the ids say about one experiment's allocation.
public struct ExperimentAudit: Sendable, Encodable {
  public struct Arm: Sendable, Encodable {
    public let name: String
    public let units: Int
    public let plannedShare: Double
  }

  public struct Family: Sendable, Encodable {
    public let scheme: String
    /// Ids that get another arm in that family of SDKs.
    public let different: Int
  }

  public let name: String
  public let scheme: String
  public let salt: String
  public let arms: [Arm]
  public let outside: Int
  /// Ids that the scheme cannot read.
  public let unreadable: Int
  /// Of the arms' counts against their planned shares; nil where nobody is enrolled.
  public let sampleRatioPValue: Double?
  /// Ids whose draw is the first that lies behind a range: SDKs that differ in `<` and `<=` place them differently.
  public let atBoundaries: Int
  public let families: [Family]

  init(_ experiment: AuditedExperiment, places: [UInt16], unreadable: Int, ids: UnitIDs) {
    let plan = experiment.plan
    name = experiment.name
    scheme = plan.scheme.rawValue
    salt = plan.salt
    self.unreadable = unreadable
    var counts = [Int](repeating: 0, count: plan.arms.count + 1)
    for place in places { counts[Int(place)] += 1 }
    outside = counts.removeLast()
    let widths = plan.bucketing.ranges.map { Double($0.count) }
    let total = widths.reduce(0, +)
    arms = zip(plan.arms, zip(counts, widths)).map { arm, pair in
      Arm(name: arm.name, units: pair.0, plannedShare: total > 0 ? pair.1 / total : 0)
    }
    sampleRatioPValue = try? SampleRatioTest(counts: counts, weights: widths).pValue
    atBoundaries = Self.boundaries(plan, ids)
    families = Self.families(plan, ids, places)
  }

  private static func boundaries(_ plan: AllocationPlan, _ ids: UnitIDs) -> Int {
    let draw = plan.bucketing.draw
    // Of draws with billions of values none is at an edge but by chance.
    guard draw.limit <= 1_000_000 else { return 0 }
    let edges = Set(plan.bucketing.ranges.map(\.upperBound)).filter { $0 < draw.limit }
    var count = 0
    ids.forEach { if edges.contains(draw.value($0)) { count += 1 } }
    return count
  }

  private static func families(_ plan: AllocationPlan, _ ids: UnitIDs, _ places: [UInt16]) -> [Family] {
    plan.scheme.families.compactMap { other in
      guard let twin = try? plan.with(scheme: other) else { return nil }
      let otherPlaces = AuditedExperiment(name: "", plan: twin).places(ids).arms
      return Family(scheme: other.rawValue, different: zip(places, otherPlaces).count { $0 != $1 })
    }
  }
}

extension SchemeName {
  /// The same scheme as other SDKs of the platform compute it.
  var families: [SchemeName] {
    let groups: [[SchemeName]] = [
      [.growthbook1, .growthbook1UTF16], [.growthbook2, .growthbook2UTF16], [.splitLegacy, .splitLegacyCodePoints],
      [.growthbook1Rollout, .growthbook1RolloutUTF16, .growthbook1RolloutBelow],
      [.growthbook2Rollout, .growthbook2RolloutUTF16, .growthbook2RolloutBelow],
    ]
    return groups.first { $0.contains(self) }?.filter { $0 != self } ?? []
  }
}
