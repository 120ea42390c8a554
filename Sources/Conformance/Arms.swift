import Basics
import Statistics

extension JSONValue {
  /// `confidence`, `level` or `credibility`, 0.95 where the case names none.
  func confidence() throws -> ConfidenceLevel {
    let key = ["confidence", "level", "credibility"].first { self[$0] != nil }
    return try key.map { try ConfidenceLevel(number($0)) } ?? .ninetyFive
  }

  /// Columns of one length.
  func equalColumns(_ keys: [String]) throws(KernelInputFault) -> [[Double]] {
    var columns: [[Double]] = []
    for key in keys {
      let column = try numbers(key)
      guard columns.isEmpty || column.count == columns[0].count else {
        throw KernelInputFault(key: key, expected: "as many numbers as '\(keys[0])' has")
      }
      columns.append(column)
    }
    return columns
  }

  /// Columns that the case holds in place, under `data`, or that its `generate` recipe makes.
  func table(_ keys: [String]) throws(KernelInputFault) -> [[Double]] {
    guard let recipe = self["generate"] else { return try (self["data"] ?? self).equalColumns(keys) }
    let generated = try GeneratedColumns(recipe)
    var columns: [[Double]] = []
    for key in keys {
      guard let column = generated[key] else { throw KernelInputFault(key: key, expected: "a column of the recipe") }
      columns.append(column)
    }
    return columns
  }

  static func count(_ number: Double) throws(KernelInputFault) -> Int {
    guard let count = Int(exactly: number), count >= 0 else {
      throw KernelInputFault(key: "counts", expected: "whole numbers that are not negative")
    }
    return count
  }
}

/// Moments by arm, where the column `arm` holds 1 for the treatment.
func twoArms(_ input: JSONValue, _ keys: [String]) throws -> (treatment: Moments, control: Moments) {
  let columns = try input.table(["arm"] + keys)
  func moments(_ wanted: Double) -> Moments {
    let rows = columns[0].indices.filter { columns[0][$0] == wanted }
    return Moments(columns: columns.dropFirst().map { column in rows.map { column[$0] } })
  }
  return (moments(1), moments(0))
}

extension JSONValue {
  /// The columns of a list of rows of one length.
  func transposed(_ key: String) throws(KernelInputFault) -> [[Double]] {
    let rows = try rows(key)
    let width = rows.first?.count ?? 0
    guard rows.allSatisfy({ $0.count == width }) else {
      throw KernelInputFault(key: key, expected: "rows of one length")
    }
    return (0..<width).map { j in rows.map { $0[j] } }
  }
}
