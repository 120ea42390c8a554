import Allocation
import TestSupport
import Testing

/// Whether the build is optimised: folds over ten million ids take minutes without.
let isOptimised: Bool = {
  var optimised = true
  assert(
    {
      optimised = false; return true
    }())
  return optimised
}()

/// What golden vectors do not say; those are checked by Conformance, which reads all reference files.
@Suite struct SchemeTests {
  static func plan(_ scheme: SchemeName, _ weights: String, salt: String = "checkout", coverage: String = "1") throws
    -> AllocationPlan
  {
    try AllocationPlan(scheme: scheme, salt: salt, arms: Arm.list(weights), coverage: coverage)
  }

  @Test("every scheme says what it is and where it was read", arguments: SchemeName.allCases)
  func provenance(_ name: SchemeName) throws {
    let scheme = name.scheme
    #expect(scheme.name == name)
    #expect(!scheme.formula.isEmpty && !scheme.salt.isEmpty && scheme.provenance.count > 20)
  }

  @Test(
    "Proctor's own test: counts and a 31-fold of the ids 1...9,999,999 (TestStandardTestChooser.java, testSimple_50_50)",
    .enabled(if: isOptimised),
    arguments: [
      ("testName|testName", [4_999_412, 5_000_587], [1_863_060_514, 765_061_458]),
      ("&testName", [4_999_049, 5_000_950], [1_209_398_320, 494_965_600]),
    ] as [(String, [Int], [Int32])])
  func proctorFold(_ salt: String, _ counts: [Int], _ folds: [Int32]) throws {
    let plan = try Self.plan(.proctor, "control=1,test=1", salt: salt)
    var seen = [0, 0]
    var fold: [Int32] = [0, 0]
    for id in 1..<10_000_000 {
      var digits = String(id)
      let arm = try digits.withUTF8 { try plan.assign(UnsafeRawBufferPointer($0)).arm }
      let place = try #require(arm)
      seen[place] += 1
      fold[place] = (31 &* fold[place]) &+ Int32(id)
    }
    #expect(seen == counts && fold == folds)
  }

  @Test("empty ids as each platform treats them")
  func emptyIDs() throws {
    #expect(throws: AllocationFault(.emptyID)) { try Self.plan(.verdict1, "a=1,b=1").assign("") }
    // GrowthBook, LaunchDarkly, Eppo and Split do not enrol them; Statsig hashes them.
    for name in [SchemeName.growthbook2, .launchdarkly, .eppo] {
      #expect(try Self.plan(name, "a=1,b=1").assign("").arm == nil)
    }
    #expect(try Self.plan(.splitMurmur, "a=1,b=1", salt: "7").assign("").arm == nil)
    // sha256("s.r.") = int.from_bytes(hashlib.sha256(b"s.r.").digest()[:8], "big") % 10000
    #expect(try Self.plan(.statsig, "off=1,on=1", salt: "s.r").assign("").bucket == 872)
  }

  @Test("ids that a scheme cannot read are refused by name")
  func unreadableIDs() throws {
    let broken: [UInt8] = [0x61, 0xFF]
    try broken.withUnsafeBytes { bytes in
      let utf16 = try Self.plan(.growthbook2UTF16, "a=1,b=1")
      #expect(throws: AllocationFault(.notText(.growthbook2UTF16))) { try utf16.assign(bytes) }
      // A scheme over bytes takes any.
      #expect(try Self.plan(.verdict1, "a=1,b=1").assign(bytes).arm != nil)
    }
    #expect(throws: AllocationFault(.notASCII(.planout))) { try Self.plan(.planout, "a=1,b=1").assign("é") }
  }

  @Test("an id of a megabyte is an id", arguments: SchemeName.allCases)
  func hugeID(_ name: SchemeName) throws {
    let id = String(repeating: "x", count: 1 << 20)
    let plan = try Self.plan(name, "a=50,b=50", salt: "61")
    #expect(try plan.assign(id) == plan.assign(id))
  }

  @Test("what a platform cannot express is said")
  func inexpressible() {
    func sentence(_ scheme: SchemeName, _ weights: String, salt: String = "s", coverage: String = "1") -> String {
      do {
        _ = try Self.plan(scheme, weights, salt: salt, coverage: coverage)
        return "no fault"
      } catch { return "\(error)" }
    }
    #expect(
      sentence(.unleash, "a=0.5,b=0.5") == "unleash/1 takes whole weights; multiply them, for example 333,333,334.")
    #expect(sentence(.unleash, "a=1,b=1", coverage: "0.125") == "unleash/1 takes shares in whole percent.")
    #expect(sentence(.splitMurmur, "a=1,b=2", salt: "7") == "split/2 takes shares in whole percent.")
    #expect(sentence(.splitMurmur, "a=1,b=1") == "the salt of split/2 is its seed, a whole number.")
    #expect(
      sentence(.splitMurmur, "a=1,b=1", salt: "7", coverage: "0.5")
        == "split/2 takes no coverage below 1; give --salt SEED:TRAFFICSEED.")
    #expect(sentence(.flipper, "a=1,b=1,c=1") == "flipper/1 answers yes or no: give two arms, the second for yes.")
    #expect(
      sentence(.statsig, "a=1,b=1", coverage: "0.5")
        == "statsig/1 takes no coverage below 1; it answers yes or no: give the second arm the share.")
    #expect(
      sentence(.planoutUniform, "a=1,b=2")
        == "planout/1-uniform draws every arm with the same probability; give equal weights.")
    #expect(
      sentence(.flagd2, "a=1,b=1", coverage: "0.5")
        == "flagd/2 takes no coverage below 1; give those outside a variant and a weight of their own.")
    #expect(sentence(.flagd2, "a=2147483647,b=1") == "the weights are too many or too fine to be added up.")
  }

  @Test("raising the coverage moves nobody, wherever the platform has a coverage", arguments: SchemeName.allCases)
  func coverage(_ name: SchemeName) throws {
    let shares = ["0.01", "0.1", "0.5", "1"]
    guard let stages = try? shares.map({ try Self.plan(name, "a=50,b=30,c=20", salt: "61:7", coverage: $0) }) else {
      return
    }
    var enrolled = [0, 0, 0, 0]
    for i in 0..<5000 {
      var before: Int?
      for (place, stage) in stages.enumerated() {
        let arm = try stage.assign("user-\(i)").arm
        if arm != nil { enrolled[place] += 1 }
        if let before { #expect(arm == before) }
        before = before ?? arm
      }
    }
    // Five standard deviations of a binomial of 5000 at one half: 177.
    #expect(enrolled[3] == 5000 && abs(enrolled[2] - 2500) < 177)
  }

  @Test("GrowthBook's families disagree exactly on the edge of a rollout and outside ASCII")
  func families() throws {
    // Version 1 has 1000 buckets, so a share of one half is met exactly by one id in a thousand.
    let include = try Self.plan(.growthbook1Rollout, "off=1,on=1")
    let exclude = try Self.plan(.growthbook1RolloutBelow, "off=1,on=1")
    var different = 0
    for i in 0..<20_000 where try include.assign("user-\(i)").arm != exclude.assign("user-\(i)").arm {
      #expect(try include.assign("user-\(i)").bucket == 500)
      different += 1
    }
    #expect(different > 0)
  }

  @Test("the lowest and the highest draw of flagd's first generation belong to nobody")
  func flagdEdge() throws {
    // |int32| = 2147483648 is over 100 percent; 2147483647 is exactly 100, which is not below it.
    let bucketing = try Self.plan(.flagd1, "a=50,b=50").bucketing
    #expect(bucketing.arm(of: 2_147_483_648) == nil && bucketing.arm(of: 2_147_483_647) == nil)
    #expect(bucketing.arm(of: 2_147_483_646) == 1 && bucketing.arm(of: 0) == 0)
  }
}
