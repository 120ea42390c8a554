import Allocation
import Testing

@Suite struct StructureTests {
  private static func plan(_ weights: String = "a=1,b=1", salt: String = "s") throws -> AllocationPlan {
    try AllocationPlan(salt: salt, arms: Arm.list(weights))
  }

  private static func sentence(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no fault"
    } catch { return "\(error)" }
  }

  // MARK: - Layers

  @Test("experiments of one layer never share a unit; those of two layers share what chance says")
  func layers() throws {
    var one = try Layer("ranking")
    var two = try Layer("colours")
    try one.add("x", share: "0.4")
    try one.add("y", share: "0.6")
    try two.add("z", from: "0.5", to: "1")
    #expect(one.free == 0 && two.free == 500_000)
    var (x, xz) = (0, 0)
    for i in 0..<20_000 {
      let mine = one.experiment(of: "user-\(i)")
      #expect(mine != nil)
      if mine == "x" {
        x += 1
        if two.experiment(of: "user-\(i)") == "z" { xz += 1 }
      }
    }
    // Binomials; four standard deviations are 277 of 20,000 at 0.4, and 179 of 8,000 at 0.5.
    #expect(abs(x - 8000) < 277 && abs(xz * 2 - x) < 358)
  }

  @Test("a layer is never over-subscribed")
  func overSubscription() throws {
    var layer = try Layer("l")
    try layer.add("a", from: "0", to: "0.4")
    try layer.add("b", from: "0.6", to: "1")
    #expect(
      Self.sentence { try layer.add("c", share: "0.3") }
        == "no gap of the layer 'l' holds 0.300000; 0.200000 of it are free, perhaps in pieces.")
    #expect(
      Self.sentence { try layer.add("c", from: "0.3", to: "0.5") } == "the range of 'c' overlaps with that of 'a'.")
    #expect(
      Self.sentence { try layer.add("c", from: "0.5", to: "0.5") }
        == "expected shares in [0, 1] with at most 6 decimals, the lower first; found 0.5 to 0.5.")
    try layer.add("c", share: "0.2")
    #expect(Self.sentence { try layer.add("c", from: "0.45", to: "0.5") } == "'c' is in the layer 'l' already.")
    layer.remove("a")
    try layer.add("d", share: "0.4")
    #expect(layer.free == 0)
  }

  // MARK: - What stands around a plan

  @Test("override, holdout, record, layer, plan: in this order")
  func policy() throws {
    var layer = try Layer("l")
    try layer.add("mine", share: "0.5")
    let plan = try Self.plan()
    var policy = AllocationPolicy(plan)
    #expect(policy.isBare)
    policy.layer = layer.slice(of: "mine")
    policy.holdout = try Holdout("2026", share: "0.1")
    try policy.overrides.add("tester", arm: "b", of: plan)
    #expect(!policy.isBare)
    let tester = try policy.decide("tester")
    #expect(tester.arm == 1 && tester.reason == .override && tester.assignment == nil)
    var sticky = policy
    for i in 0..<10_000 { try sticky.records.restore("user-\(i)", arm: "a", of: plan) }
    var reasons: [AllocationPolicy.Reason: Int] = [:]
    for i in 0..<10_000 {
      let decision = try policy.decide("user-\(i)")
      reasons[decision.reason, default: 0] += 1
      let kept = try sticky.decide("user-\(i)")
      #expect(decision.reason == .holdout ? kept == decision : kept.arm == 0 && kept.reason == .record)
      let isMine = layer.experiment(of: "user-\(i)") == "mine"
      #expect(isMine == (decision.reason == .plan) || decision.reason == .holdout)
    }
    // Binomials of 10,000 at 0.1 and 0.45, four standard deviations.
    #expect(abs((reasons[.holdout] ?? 0) - 1000) < 120 && abs((reasons[.plan] ?? 0) - 4500) < 200)
  }

  @Test("records lapse when their arm is gone or their version is too old; overrides name arms that exist")
  func records() throws {
    let plan = try Self.plan()
    var records = UnitRecords()
    try records.restore("u1", arm: "a", version: 1, minimum: 2, of: plan)
    try records.restore("u2", arm: "gone", of: plan)
    try records.restore("u3", arm: "", of: plan)
    try records.restore("u4", arm: "b", version: 2, minimum: 2, of: plan)
    // Canonically equal, but other bytes: two units.
    try records.restore("é", arm: "a", of: plan)
    try records.restore("e\u{301}", arm: "b", of: plan)
    #expect(records.count == 6 && records.lapsed == 2)
    var policy = AllocationPolicy(plan)
    policy.records = records
    let reasons = try ["u1", "u2", "u3", "u4", "é", "e\u{301}"].map { try policy.decide($0).reason }
    #expect(reasons == [.plan, .plan, .plan, .record, .record, .record])
    #expect(try policy.decide("é").arm == 0 && policy.decide("e\u{301}").arm == 1)
    #expect(
      Self.sentence { try records.restore("u1", arm: "b", of: plan) }
        == "a unit id is there twice; each unit has one arm. Remove one of the rows.")
    #expect(Self.sentence { try records.add("u", arm: "c", of: plan) } == "no arm 'c'. Did you mean 'a'?")
    #expect(Self.sentence { try records.add("", arm: "a", of: plan) }.hasPrefix("the unit id is empty."))
    #expect(
      Self.sentence { _ = try Holdout("h", share: "1") }
        == "a holdout's share must be above 0 and below 1, with at most 6 decimals; found '1'.")
  }

  @Test("stages rise, and each only adds units")
  func stages() throws {
    let stages = try CoverageStages(Self.plan(), coverages: ["0.05", "0.2", "1"])
    for i in 0..<5000 {
      var before: Int?
      for plan in stages.plans {
        let arm = try plan.assign("u\(i)").arm
        if let before { #expect(arm == before) }
        before = arm ?? before
      }
    }
    let counts = try (0..<5000).reduce(into: [0, 0, 0]) { counts, i in
      try Array("u\(i)".utf8).withUnsafeBytes { counts[try #require(try stages.stage(of: $0)) - 1] += 1 }
    }
    // Binomials of 5,000 at 0.05 and 0.15, four standard deviations.
    #expect(abs(counts[0] - 250) < 62 && abs(counts[1] - 750) < 101 && counts.reduce(0, +) == 5000)
    #expect(
      Self.sentence { _ = try CoverageStages(Self.plan(), coverages: ["0.5", "0.2"]) }
        == "the stages' coverages must rise, above 0 and at most 1; found 0.5, 0.2.")
  }

  // MARK: - Other units

  @Test("a switchback keeps its arm within a window and draws anew in the next")
  func switchback() throws {
    let switchback = try Switchback(Self.plan(), origin: 1000, window: 3600, burnIn: 600)
    #expect(switchback.index(at: 1000) == 0 && switchback.index(at: 4599) == 0 && switchback.index(at: 4600) == 1)
    #expect(switchback.index(at: 999) == -1 && switchback.index(at: .min) == nil)
    #expect(try Switchback(Self.plan(), window: 3, burnIn: 1).index(at: .min) == -3_074_457_345_618_258_603)
    #expect(try Switchback(Self.plan(), window: 3, burnIn: 2).isBurnIn(at: .min))
    #expect(
      Self.sentence { _ = try switchback.assign(cluster: "Oslo", at: .min) }
        == "the time lies too far from the first window's to be counted.")
    #expect(switchback.isBurnIn(at: 1599) && !switchback.isBurnIn(at: 1600) && switchback.isBurnIn(at: 4600))
    let arms = try (0..<2000).map { try switchback.assign(cluster: "Oslo", at: 1000 + 3600 * Int64($0)).arm }
    #expect(try switchback.assign(cluster: "Oslo", at: 1000).arm == switchback.assign(cluster: "Oslo", at: 4599).arm)
    // Half of the windows, and half of the neighbours differ: 2000 at one half, four standard deviations are 90.
    #expect(abs(arms.count { $0 == 0 } - 1000) < 90)
    #expect(abs(zip(arms, arms.dropFirst()).count { $0 != $1 } - 1000) < 90)
    #expect(
      Self.sentence { _ = try Switchback(Self.plan(), window: 60, burnIn: 60) }
        == "a window must be positive and longer than its burn-in; found 60 s and 60 s.")
  }

  @Test("permuted blocks balance every stratum to within a block; new units fall back to the hash")
  func stratified() throws {
    let units = (0..<1003).map { StratifiedTable.Unit(id: "u\($0)", stratum: "s\($0 % 7)") }
    let plan = try Self.plan("a=20,b=30")
    let table = try StratifiedTable(units, plan: plan)
    var counts: [String: [Int]] = [:]
    for unit in units {
      let (arm, isInTable) = try table.assign(unit.id)
      #expect(isInTable)
      counts[unit.stratum, default: [0, 0]][try #require(arm)] += 1
    }
    // A block is two of a and three of b.
    for (_, pair) in counts { #expect(abs(Double(pair[0]) - 0.4 * Double(pair[0] + pair[1])) <= 2) }
    // The order of the rows does not matter.
    let shuffled = try StratifiedTable(units.reversed(), plan: plan)
    #expect(try units.allSatisfy { try table.assign($0.id).arm == shuffled.assign($0.id).arm })
    let late = try table.assign("late")
    #expect(!late.isInTable)
    #expect(try late.arm == plan.assign("late").arm)
    #expect(
      Self.sentence { _ = try StratifiedTable([units[0], units[0]], plan: plan) }
        == "a unit id is there twice; each unit has one arm. Remove one of the rows.")
    // Canonically equal, but other bytes: two units.
    let twins = [StratifiedTable.Unit(id: "é", stratum: ""), .init(id: "e\u{301}", stratum: "")]
    #expect(try StratifiedTable(twins, plan: plan).count == 2)
  }

  // MARK: - Salt search

  @Test("a search balances the covariate, logs all candidates, and its randomisation p-values keep their level")
  func saltSearch() throws {
    // A covariate without randomness: 0...199 in a scattered order.
    let ids = (0..<200).map { "u\($0)" }
    let covariate = (0..<200).map { Double($0 * 73 % 200) }
    var (rejections, runs) = (0, 0)
    for run in 0..<60 {
      let search = try SaltSearch(
        Self.plan(salt: "r\(run)"), ids: ids, covariates: [covariate], candidates: 200, accepting: 0.1)
      #expect(search.candidates.count == 200 && search.rejected == 180)
      #expect(try #require(search.chosen).imbalance <= search.threshold)
      // The outcome is the covariate: there is no effect, and the sharp null hypothesis holds.
      let p = try #require(try search.inference(covariate)).pValue
      runs += 1
      if p <= 0.1 { rejections += 1 }
    }
    // Binomial of 60 at 0.1: mean 6, four standard deviations are 9.3.
    #expect(rejections <= 15 && runs == 60)
  }

  @Test("what a search needs")
  func searchFaults() throws {
    #expect(
      Self.sentence {
        _ = try SaltSearch(Self.plan(), ids: ["a", "b", "c", "d"], covariates: [[1, 1, 1, 1]])
      } == "a search for a balanced salt needs a covariate that varies.")
    #expect(
      Self.sentence {
        _ = try SaltSearch(Self.plan(), ids: ["a", "b", "c", "a"], covariates: [[1, 2, 3, 4]])
      } == "a search for a balanced salt needs at least 4 distinct ids.")
  }
}
