import Basics
import Conformance
import Foundation
import TestSupport
import Testing

@Suite struct GeneratorTests {
  /// First outputs for seed 1234567, published with the reference implementation (Vigna, prng.di.unimi.it, splitmix64.c;
  /// the vector is the one of rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64).
  @Test func splitMix64() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  struct Recipe: Sendable, CustomTestStringConvertible {
    let name: String
    let recipe: JSONValue
    var testDescription: String { name }
  }

  static func recipes() throws -> [Recipe] {
    try FileManager.default.contentsOfDirectory(at: Repository.references, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
      .flatMap { url in
        try ReferenceFile(path: url.path).cases.compactMap { one in
          one.input["generate"].map { Recipe(name: "\(one.kernel): \(one.name)", recipe: $0) }
        }
      }
  }

  /// The recipes carry the plain sums of their columns in row order.
  @Test(arguments: try recipes()) func columnSums(_ one: Recipe) throws {
    let generated = try GeneratedColumns(one.recipe)
    for (name, sum) in one.recipe["columnSums"]?.object?.members ?? [] {
      let column = try #require(generated[name])
      expectClose(column.reduce(0, +), sum.double ?? .nan, relative: 1e-12, absolute: 1e-9, name)
    }
  }

  @Test func aRecipeThatCannotBeFollowed() {
    #expect(throws: KernelInputFault(key: "kind", expected: "a kind of column that the recipe language has")) {
      try GeneratedColumns(["seed": 1, "rows": 1, "columns": [["name": "a", "kind": "cauchy"]]])
    }
    #expect(throws: KernelInputFault(key: "a", expected: "the name of an earlier column")) {
      try GeneratedColumns(["seed": 1, "rows": 1, "columns": [["name": "b", "kind": "exp", "a": "c"]]])
    }
    #expect(throws: KernelInputFault.self) { try GeneratedColumns(["seed": 1, "rows": -1, "columns": []]) }
  }
}
