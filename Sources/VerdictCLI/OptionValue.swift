import Foundation

/// Values of options that are more than one word or number.
enum OptionValue {
  /// A number, or a percentage: `5%` is 0.05 and a share.
  static func number(_ text: String, option: String) throws(UsageFault) -> (value: Double, isShare: Bool) {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    let isShare = trimmed.hasSuffix("%")
    let digits = isShare ? trimmed.dropLast().trimmingCharacters(in: .whitespaces) : trimmed
    guard let value = Double(digits), value.isFinite else {
      throw UsageFault(sentence: "\(option): expected a number or a percentage such as 5%, found '\(text)'.")
    }
    return (isShare ? value / 100 : value, isShare)
  }

  /// Numbers between commas.
  static func numbers(_ text: String, option: String) throws(UsageFault) -> [Double] {
    var values: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(part.trimmingCharacters(in: .whitespaces)), value.isFinite else {
        throw UsageFault(sentence: "\(option): expected numbers between commas, found '\(part)'.")
      }
      values.append(value)
    }
    return values
  }

  /// `name=number` between commas, each name once, in the order given.
  static func weights(_ text: String) throws(UsageFault) -> [(name: String, weight: Double)] {
    var weights: [(name: String, weight: Double)] = []
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let weight = Double(pair[1].trimmingCharacters(in: .whitespaces)) else {
        throw UsageFault(
          sentence: "--weights: expected arm=number, found '\(part)'. Example: --weights control=50,treatment=50")
      }
      let arm = pair[0].trimmingCharacters(in: .whitespaces)
      guard !weights.contains(where: { $0.name == arm }) else {
        throw UsageFault(sentence: "--weights: the arm '\(arm)' is given twice.")
      }
      weights.append((arm, weight))
    }
    return weights
  }
}
