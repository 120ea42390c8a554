import Allocation
import Statistics
import TestSupport
import Testing

/// The recipe of a fair allocator for `verdict/1`, over 1,000 salts: uniformity over salts with sequential ids, UUIDs and salts
/// that differ in one trailing digit, and the independence of neighbouring salts.
@Suite(.enabled(if: isOptimised)) struct VerdictRecipeTests {
  enum Ids: String, CaseIterable { case sequential, uuids }

  static func ids(_ kind: Ids, _ count: Int) -> UnitIDs {
    var generator = SeededGenerator(seed: 20_261_123)
    return UnitIDs(
      (0..<count).map { index in
        if kind == .sequential { return "user-\(index)" }
        let hex = (0..<2).map { _ in String(generator.next() | 1 << 63, radix: 16) }.joined()
        let digits = Array(hex)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
      })
  }

  @Test("uniform over 1,000 salts that differ in their last digits", arguments: Ids.allCases)
  func uniformity(_ kind: Ids) throws {
    let plan = try AllocationPlan(salt: "exp", arms: Arm.list("a=1,b=1"))
    let test = try Uniformity(plan, ids: Self.ids(kind, 2000), salts: 1000)
    #expect(test.salts == 1000 && test.units == 2000)
    #expect(test.pValue > 0.001)
    // The smallest of 1,000 uniform p-values is below 1e-6 once in a thousand runs.
    #expect(test.smallestPValue > 1e-6)
  }

  @Test("1,000 experiments with neighbouring salts are independent, pair by pair", arguments: Ids.allCases)
  func independence(_ kind: Ids) throws {
    let ids = Self.ids(kind, 2000)
    let places = try (0..<1000).map { number in
      let plan = try AllocationPlan(salt: "exp-\(number)", arms: Arm.list("a=1,b=1"))
      var arms: [Int] = []
      for index in 0..<ids.count { arms.append(try plan.assign(bytes: ids[index]).arm ?? 2) }
      return arms
    }
    let pValues = try (0..<999).map { first in
      var table = [[0, 0], [0, 0]]
      for (a, b) in zip(places[first], places[first + 1]) { table[a][b] += 1 }
      return try IndependenceTest(table).pValue
    }
    #expect((Multiplicity.adjust(pValues, by: .holm).min() ?? 0) > 0.01)
    #expect(try UniformityTest(pValues).pValue > 0.001)
  }
}
