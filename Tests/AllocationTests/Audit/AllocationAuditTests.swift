import Allocation
import Testing

/// Ids and salts as in the published measurements of the platforms' dependence: user-0...19999, exp-1...exp-20.
@Suite(.enabled(if: isOptimised)) struct AllocationAuditTests {
  static let ids = UnitIDs((0..<20_000).map { "user-\($0)" })

  static func programme(_ scheme: SchemeName, count: Int = 20, weights: String = "a=50,b=50") throws
    -> [AuditedExperiment]
  {
    try (1...count).map { number in
      let salt = scheme == .splitLegacy || scheme == .splitMurmur ? "\(467_569_524 + number)" : "exp-\(number)"
      return AuditedExperiment(
        name: "exp-\(number)", plan: try AllocationPlan(scheme: scheme, salt: salt, arms: Arm.list(weights)))
    }
  }

  static func dependent(_ audit: AllocationAudit) -> Int { audit.pairs.count { $0.adjustedPValue < audit.alpha } }

  @Test(
    "the schemes whose experiments depend on each other are found",
    arguments: [
      (SchemeName.growthbook1, 0.5), (.splitLegacy, 0.1), (.flipper, 0.05),
    ])
  func dependence(_ scheme: SchemeName, _ phi: Double) throws {
    let audit = AllocationAudit(try Self.programme(scheme), ids: Self.ids)
    #expect(audit.pairs.count == 190 && Self.dependent(audit) > 10 && !audit.passed)
    #expect(audit.pairs.contains { abs($0.phi) > phi })
    #expect(audit.findings.contains { $0.contains("pairs of experiments are dependent") })
  }

  @Test(
    "good schemes pass: no pair is dependent, at one in a hundred over all",
    arguments: [SchemeName.verdict1, .growthbook2, .optimizely, .unleash, .flagd2, .launchdarkly, .eppo, .proctor])
  func independence(_ scheme: SchemeName) throws {
    let audit = AllocationAudit(try Self.programme(scheme), ids: Self.ids)
    #expect(Self.dependent(audit) == 0)
    #expect(audit.pairs.allSatisfy { abs($0.phi) < 0.04 })
    // SHA and Murmur: every bit of the hash flips every second time.
    let avalanche = audit.schemes[0].avalanche
    #expect(avalanche.lowest > 0.45 && avalanche.highest < 0.55)
  }

  @Test("draws that are too even fail the test of uniformity as skewed ones do")
  func flipperIsTooEven() throws {
    let audit = AllocationAudit(try Self.programme(.flipper, count: 1), ids: Self.ids)
    #expect(try #require(audit.schemes[0].uniformity).pValue < 0.01)
    #expect(!audit.passed)
  }

  @Test("few ids are no evidence against a scheme; rows without an id are counted", arguments: [2, 10, 99])
  func fewIDs(_ count: Int) throws {
    let ids = UnitIDs((0..<count).map { "user-\($0)" } + ["", ""])
    let audit = AllocationAudit(try Self.programme(.verdict1, count: 2), ids: ids)
    #expect(audit.ids == count && audit.emptyIDs == 2 && audit.passed)
    #expect(audit.schemes[0].uniformity == nil)
    #expect(Uniformity.leastUnits == 100)
  }

  @Test("FNV-1a hardly moves with the last byte")
  func avalanche() throws {
    let avalanche = Avalanche(try Self.programme(.growthbook1, count: 1)[0].plan, ids: Self.ids)
    #expect(avalanche.lowest < 0.45 || avalanche.highest > 0.55)
  }

  @Test("ids at edges, and ids that SDKs of one platform place differently")
  func families() throws {
    let ids = UnitIDs((0..<5000).map { "zoë-\($0)" } + (0..<5000).map { "user-\($0)" })
    let experiment = try Self.programme(.growthbook1UTF16, count: 1)
    let audit = AllocationAudit(experiment, ids: ids)
    let one = audit.experiments[0]
    // About half of the ids outside ASCII, and no other: binomial of 5000, seven standard deviations are 250.
    #expect(one.families.map(\.scheme) == ["growthbook/1"])
    #expect(abs(one.families[0].different - 2500) < 250)
    // One bucket in a thousand is the edge.
    #expect((1...40).contains(one.atBoundaries))
    #expect(audit.nonASCII == 5000)
  }

  @Test("repeated ids are counted once")
  func duplicates() {
    let ids = UnitIDs(["a", "b", "a", "é", "e\u{301}"])
    #expect(ids.count == 4 && ids.duplicates == 1 && ids.nonASCII == 2)
  }

  @Test("who moves when ranges are rewritten, and when they are anchored")
  func transitions() throws {
    let ids = Self.ids
    func experiment(_ coverage: String, _ salt: String = "s") throws -> AuditedExperiment {
      let plan = try AllocationPlan(salt: salt, arms: Arm.list("a=1,b=1"), coverage: coverage)
      return AuditedExperiment(name: coverage, plan: plan)
    }
    let grown = TransitionMatrix(from: try experiment("0.1"), to: try experiment("0.5"), ids: ids)
    #expect(grown.moved == 0 && grown.added > 7000 && grown.exposed + grown.added == 20_000 - (grown.counts[2][2]))
    let salted = TransitionMatrix(from: try experiment("1"), to: try experiment("1", "t"), ids: ids)
    // Half of the users change arms under another salt; four standard deviations are 283.
    #expect(salted.exposed == 20_000 && abs(salted.moved - 10_000) < 283)
  }
}
