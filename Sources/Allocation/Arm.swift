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

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
