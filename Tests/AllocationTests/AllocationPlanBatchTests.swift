import Allocation
import Testing

@Suite struct AllocationPlanBatchTests {
  private static func arms(_ ids: [[UInt8]], _ plan: AllocationPlan) throws -> [Int32] {
    let bytes = ids.flatMap { $0 }
    var arms = [Int32](repeating: -2, count: ids.count)
    try bytes.withUnsafeBytes { all in
      var start = 0
      let pieces = ids.map { id in
        defer { start += id.count }
        return UnsafeRawBufferPointer(rebasing: all[start..<start + id.count])
      }
      try pieces.withUnsafeBufferPointer { pieces in
        try arms.withUnsafeMutableBufferPointer { try plan.assign(pieces, arms: $0) }
      }
    }
    return arms
  }

  @Test("all at once is one by one, for every scheme", arguments: SchemeName.allCases)
  func everyScheme(_ scheme: SchemeName) throws {
    let isYesOrNo = (try? AllocationPlan(scheme: scheme, salt: "17", arms: Arm.list("a=1,b=1,c=2"))) == nil
    let equal = scheme == .planoutUniform
    let weights = equal ? "a=1,b=1,c=1" : isYesOrNo ? "a=3,b=1" : "a=1,b=1,c=2"
    for coverage in ["1", "0.5"] {
      let plan: AllocationPlan
      do {
        let salt = coverage == "1" ? "17" : "17:18"
        plan = try AllocationPlan(scheme: scheme, salt: salt, arms: Arm.list(weights), coverage: coverage)
      } catch { continue }
      let ids = (0..<500).map { Array("user-\($0 * $0)".utf8) }
      let one = try ids.map { id in try plan.assign(bytes: id).arm.map { Int32($0) } ?? -1 }
      #expect(try Self.arms(ids, plan) == one)
    }
  }

  @Test("an empty id is treated as by itself")
  func emptyID() throws {
    let ids = [Array("u".utf8), [], Array("v".utf8)]
    let verdict = try AllocationPlan(salt: "s", arms: Arm.list("a=1,b=1"))
    #expect(throws: AllocationFault.self) { try Self.arms(ids, verdict) }
    let growthbook = try AllocationPlan(scheme: .growthbook1, salt: "s", arms: Arm.list("a=1,b=1"))
    #expect(try Self.arms(ids, growthbook)[1] == -1)
    let unleash = try AllocationPlan(scheme: .unleash, salt: "s", arms: Arm.list("a=1,b=1"))
    #expect(try Self.arms(ids, unleash)[1] == Int32(try #require(try unleash.assign("").arm)))
  }
}
