import Basics

/// One number (or word) that is not what the reference says.
package struct Disagreement: Sendable, Hashable {
  /// Where in the result: `mean[2]`.
  package let path: String
  package let got: String
  package let expected: String
  /// |got - expected| over |expected|, or over the scale where that is larger; nil where that has no meaning.
  package let relativeError: Double?
}

/// The rule of the schema: every number in `expected` is compared, element by element; a result may hold more.
package enum Comparison {
  /// - Parameter scale: what relative errors of smaller numbers are relative to.
  package static func disagreements(
    got: JSONValue, expected: JSONValue, tolerance: Double, absolute: Double?, scale: Double = 0
  ) -> [Disagreement] {
    var found: [Disagreement] = []
    compare(got, expected, "", (tolerance, absolute, scale), &found)
    return found
  }

  private static func compare(
    _ got: JSONValue?, _ expected: JSONValue, _ path: String,
    _ allowed: (tolerance: Double, absolute: Double?, scale: Double),
    _ found: inout [Disagreement]
  ) {
    if let object = expected.object {
      for member in object.members {
        let below = path.isEmpty ? member.key : "\(path).\(member.key)"
        compare(got?[member.key], member.value, below, allowed, &found)
      }
    } else if let list = expected.array {
      guard let other = got?.array, other.count == list.count else {
        found.append(.init(path: path, got: got?.text() ?? "nothing", expected: expected.text(), relativeError: nil))
        return
      }
      for (index, (a, b)) in zip(other, list).enumerated() {
        compare(a, b, "\(path)[\(index)]", allowed, &found)
      }
    } else if let number = Reading.number(expected), let value = got.flatMap(Reading.number) {
      if !close(value, number, allowed.tolerance, allowed.absolute) {
        let size = max(abs(number), allowed.scale)
        let error = number.isFinite && value.isFinite && size > 0 ? abs(value - number) / size : nil
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
