import Basics
import Conformance
import Foundation
import TestSupport
import Testing

/// Numbers, texts and lists of reference cases damaged at random: a kernel answers or names the fault. A trap ends the whole
/// test run, a search without end stops it.
@Suite struct KernelInputFuzzTests {
  @Test func damagedCasesAreAnsweredOrRefused() throws {
    let cases = try Self.shippedCases()
    try #require(cases.count > 500)
    var generator = SeededGenerator(seed: 20_261_123)
    var budget = FuzzBudget(rounds: 2_000)
    var (answered, refused) = (0, 0)
    while budget.goesOn() {
      let one = cases[Int.random(in: cases.indices, using: &generator)]
      let damaged = ReferenceFile.Case(
        name: one.name, kernel: one.kernel, input: Self.damaged(one.input, &generator), expected: one.expected)
      if case .threw = KernelRegistry.standard.evaluate(damaged) { refused += 1 } else { answered += 1 }
    }
    #expect(answered > 0 && refused > 0)
  }

  /// Small ones: what a simulation of millions costs is known.
  private static func shippedCases() throws -> [ReferenceFile.Case] {
    try FileManager.default.contentsOfDirectory(at: Repository.references, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
      .flatMap { try ReferenceFile(path: $0.path).cases }
      .filter { one in
        one.input["generate"] == nil && !one.kernel.hasPrefix("bootstrap") && !one.kernel.hasPrefix("permutation")
      }
  }

  private static let oddities: [JSONValue] = [
    0, -1, 1, .number(0.5), .number(1e-300), .number(1e300), .number(-9.3e18), .number(1e9), 100, "NaN", "Inf", "-Inf",
    .null, "x", "", .array([]), [1, 2], true,
  ]

  private static func damaged(_ value: JSONValue, _ generator: inout SeededGenerator) -> JSONValue {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      var members = object.members
      let place = Int.random(in: members.indices, using: &generator)
      if Int.random(in: 0..<8, using: &generator) == 0 {
        members.remove(at: place)
      } else {
        members[place].value = damaged(members[place].value, &generator)
      }
      return .object(JSONObject(members))
    case .array(var items) where !items.isEmpty:
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: return .array(Array(items.prefix(Int.random(in: 0..<items.count, using: &generator))))
      case 1: items.append(items[0])
      default:
        let place = Int.random(in: items.indices, using: &generator)
        items[place] = damaged(items[place], &generator)
      }
      return .array(items)
    case .number(let number) where Int.random(in: 0..<3, using: &generator) == 0:
      return .number([number * 10, -number, number + 1, number * 1e6].randomElement(using: &generator) ?? number)
    default: return oddities.randomElement(using: &generator) ?? .null
    }
  }
}
