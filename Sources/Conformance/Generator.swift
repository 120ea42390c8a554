import Basics
import Foundation

/// Columns made by a recipe of a reference file: `{seed, rows, columns: [{name, kind, ...}]}`.
package struct GeneratedColumns: Sendable {
  package let names: [String]
  package let columns: [[Double]]

  package subscript(name: String) -> [Double]? { names.firstIndex(of: name).map { columns[$0] } }

  /// - Throws: `KernelInputFault` for a recipe that cannot be followed.
  package init(_ recipe: JSONValue) throws(KernelInputFault) {
    let rows = try recipe.integer("rows")
    guard rows >= 0, rows <= 100_000_000 else { throw KernelInputFault(key: "rows", expected: "0 to 100 million rows") }
    guard let seed = recipe["seed"]?.int, seed >= 0 else {
      throw KernelInputFault(key: "seed", expected: "an integer that is not negative")
    }
    var names: [String] = []
    var makers: [GeneratedColumn] = []
    for entry in recipe["columns"]?.array ?? [] {
      makers.append(try GeneratedColumn(entry, after: names))
      names.append(try entry.word("name"))
    }
    var generator = SplitMix64(seed: UInt64(seed))
    var columns = makers.map { _ in [Double]() }
    var values = [Double](repeating: 0, count: makers.count)
    for row in 0..<rows {
      for (place, maker) in makers.enumerated() {
        values[place] = maker.value(row: row, earlier: values, &generator)
        columns[place].append(values[place])
      }
    }
    self.names = names
    self.columns = columns
  }
}

/// One column of a recipe: how its value follows from the draws and from the columns before it in the row.
private struct GeneratedColumn: Sendable {
  typealias Rule = @Sendable (_ row: Int, _ earlier: [Double], _ generator: inout SplitMix64) -> Double
  private let rule: Rule
  private let scale: Double?

  init(_ entry: JSONValue, after names: [String]) throws(KernelInputFault) {
    rule = try Self.rule(entry, names)
    scale = entry["decimals"]?.int.map { pow(10, Double($0)) }
  }

  func value(row: Int, earlier: [Double], _ generator: inout SplitMix64) -> Double {
    let value = rule(row, earlier, &generator)
    return scale.map { (value * $0 + 0.5).rounded(.down) / $0 } ?? value
  }

  private static func rule(_ entry: JSONValue, _ names: [String]) throws(KernelInputFault) -> Rule {
    func place(_ key: String) throws(KernelInputFault) -> Int {
      guard let place = names.firstIndex(of: try entry.word(key)) else {
        throw KernelInputFault(key: key, expected: "the name of an earlier column")
      }
      return place
    }
    func divisor(_ key: String) throws(KernelInputFault) -> Int {
      let value = try entry.integer(key)
      guard value > 0 else { throw KernelInputFault(key: key, expected: "a positive integer") }
      return value
    }
    switch try entry.word("kind") {
    case "uniform":
      let (low, high) = (try entry.number("low"), try entry.number("high"))
      return { _, _, generator in low + (high - low) * generator.uniform() }
    case "normal12":
      let (mean, sd) = (try entry.number("mean"), try entry.number("sd"))
      return { _, _, generator in
        var sum = 0.0
        for _ in 0..<12 { sum += generator.uniform() }
        return mean + sd * (sum - 6)
      }
    case "integer":
      let (low, high) = (try entry.number("low"), try entry.number("high"))
      return { _, _, generator in low + (generator.uniform() * (high - low + 1)).rounded(.down) }
    case "bernoulli":
      let p = try entry.number("p")
      return { _, _, generator in generator.uniform() < p ? 1 : 0 }
    case "exponential":
      let rate = try entry.number("rate")
      return { _, _, generator in -log(1 - generator.uniform()) / rate }
    case "index":
      let every = try divisor("every")
      return { row, _, _ in Double(row / every) }
    case "modulo":
      let k = try divisor("k")
      return { row, _, _ in Double(row % k) }
    case "product":
      let (a, b) = (try place("a"), try place("b"))
      return { _, earlier, _ in earlier[a] * earlier[b] }
    case "exp":
      let a = try place("a")
      return { _, earlier, _ in exp(earlier[a]) }
    case "floor":
      let a = try place("a")
      return { _, earlier, _ in earlier[a].rounded(.down) }
    case "sum": return try sum(entry, names)
    default:
      throw KernelInputFault(key: "kind", expected: "a kind of column that the recipe language has")
    }
  }

  private static func sum(_ entry: JSONValue, _ names: [String]) throws(KernelInputFault) -> Rule {
    let constant = try entry.number("constant")
    var terms: [(factor: Double, place: Int)] = []
    for term in entry["terms"]?.array ?? [] {
      guard let factor = term[0].flatMap(Reading.number), let place = names.firstIndex(of: term[1]?.string ?? "") else {
        throw KernelInputFault(key: "terms", expected: "pairs of a factor and the name of an earlier column")
      }
      terms.append((factor, place))
    }
    let fixed = terms
    return { _, earlier, _ in fixed.reduce(constant) { $0 + $1.factor * earlier[$1.place] } }
  }
}
