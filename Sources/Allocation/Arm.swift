/// An arm and its share of the enrolled units, on any scale.
public struct Arm: Sendable, Hashable {
  public let name: String
  /// Weight in millionths of the unit in which it was written.
  package let weight: Int

  /// - Throws: `AllocationFault` unless the weight is a number that is not negative with at most 6 decimals.
  public init(_ name: String, weight text: String) throws(AllocationFault) {
    guard let weight = FixedPoint.millionths(text) else {
      throw AllocationFault(.badWeight(arm: name, found: text))
    }
    self.name = name
    self.weight = weight
  }

  public init(_ name: String, weight: Int) throws(AllocationFault) { try self.init(name, weight: String(weight)) }

  /// Parses `control=50,treatment=50`.
  public static func list(_ text: String) throws(AllocationFault) -> [Arm] {
    var arms: [Arm] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = trimmed(pair[0])
      guard pair.count == 2, !name.isEmpty else { throw AllocationFault(.badWeights(text)) }
      arms.append(try Arm(name, weight: trimmed(pair[1])))
    }
    return arms
  }

  /// What weights come to that look like shares or percentages and do not sum to 1 or 100; nil for others.
  ///
  /// Weights are relative, so that 1 and 2 are a third and two thirds; 50 and 60 are rather a slip, and
  /// 33.3 three times is rounding.
  public static func unevenSum(of arms: [Arm]) -> String? {
    let (unit, total) = (FixedPoint.unit, arms.reduce(0.0) { $0 + Double($1.weight) })
    let sum = total / Double(unit)
    let hasParts = arms.contains { $0.weight % unit != 0 }
    guard total > 0, hasParts || (50...200).contains(sum),
      ![1, 100, 1000].contains(where: { abs(sum - $0) < 0.005 * $0 })
    else { return nil }
    func shown(_ number: Double) -> String {
      let text = "\((number * 1e4).rounded() / 1e4)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let shares = arms.map { "\($0.name) \(shown(Double($0.weight) / total * 100)) %" }
    return "the weights sum to \(shown(sum)), not \(sum < 10 ? 1 : 100): \(shares.joined(separator: ", "))"
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
