import Basics
import Deployment
import Experiments
import Hashing
import Testing

/// The flag file evaluated as flagd does it: `fractional` of generation 2, (murmur3(salt ‖ key) · Σ weight) >> 32, and the
/// first bucket whose cumulative weight is above that.
@Suite struct FlagdEvaluationTests {
  private func winners(stage: Int, among ids: [String]) throws -> Set<String> {
    let flag = try #require(
      FlagFile(RolloutFixture.state(stage: stage), target: .flagd).document["flags"]?["one-page"])
    guard let fractional = flag["targeting"]?["fractional"]?.array else {
      return flag["defaultVariant"]?.string == "treatment" ? Set(ids) : []
    }
    let salt = try #require(fractional.first?["cat"]?.array?.first?.string)
    let buckets = fractional.dropFirst().compactMap { bucket -> (name: String, weight: UInt64)? in
      guard let name = bucket.array?.first?.string, let weight = bucket.array?.last?.int else { return nil }
      return (name, UInt64(weight))
    }
    let total = buckets.reduce(0) { $0 + $1.weight }
    return Set(
      ids.filter { id in
        let place = (UInt64(Murmur3.x86(Array((salt + id).utf8))) * total) >> 32
        var upper: UInt64 = 0
        for bucket in buckets {
          upper += bucket.weight
          if place < upper { return bucket.name == "treatment" }
        }
        return false
      })
  }

  @Test func aLargerShareOnlyAddsUsers() throws {
    let ids = (0..<10_000).map { "user-\($0)" }
    let stages = try (1...3).map { try winners(stage: $0, among: ids) }
    #expect(stages[0].isSubset(of: stages[1]))
    #expect(stages[2].count == 10_000)
    // Binomial: four standard deviations are 120 users at 10 % and 200 at 50 %.
    #expect(abs(stages[0].count - 1_000) < 120)
    #expect(abs(stages[1].count - 5_000) < 200)
  }
}
