import Basics

/// One number (or word) that is not what the reference says.
package struct Disagreement: Sendable, Hashable {
  /// Where in the result: `mean[2]`.
  package let path: String
  package let got: String
  package let expected: String
  /// |got - expected| / |expected|; nil where that has no meaning.
  package let relativeError: Double?
}

/// The rule of the schema: every number in `expected` is compared, element by element; a result may hold more.
package enum Comparison {
  package static func disagreements(
    got: JSONValue, expected: JSONValue, tolerance: Double, absolute: Double?
  ) -> [Disagreement] {
    var found: [Disagreement] = []
    compare(got, expected, "", tolerance, absolute, &found)
    return found
  }

  private static func compare(
    _ got: JSONValue?, _ expected: JSONValue, _ path: String, _ tolerance: Double, _ absolute: Double?,
    _ found: inout [Disagreement]
  ) {
    if let object = expected.object {
      for member in object.members {
        let below = path.isEmpty ? member.key : "\(path).\(member.key)"
        compare(got?[member.key], member.value, below, tolerance, absolute, &found)
      }
    } else if let list = expected.array {
      guard let other = got?.array, other.count == list.count else {
        found.append(.init(path: path, got: got?.text() ?? "nothing", expected: expected.text(), relativeError: nil))
        return
      }
      for (index, (a, b)) in zip(other, list).enumerated() {
        compare(a, b, "\(path)[\(index)]", tolerance, absolute, &found)
      }
    } else if let number = Reading.number(expected), let value = got.flatMap(Reading.number) {
      if !close(value, number, tolerance, absolute) {
        let error = number.isFinite && value.isFinite && number != 0 ? abs(value - number) / abs(number) : nil
        found.append(.init(path: path, got: "\(value)", expected: "\(number)", relativeError: error))
      }
    } else if got ?? nil != expected {
      found.append(.init(path: path, got: got?.text() ?? "nothing", expected: expected.text(), relativeError: nil))
    }
  }

  private static func close(_ got: Double, _ expected: Double, _ tolerance: Double, _ absolute: Double?) -> Bool {
    if got.isNaN || expected.isNaN { return got.isNaN && expected.isNaN }
    if got.isInfinite || expected.isInfinite { return got == expected }
    let floor = absolute ?? (expected == 0 ? tolerance : 0)
    return abs(got - expected) <= tolerance * abs(expected) + floor
  }
}
