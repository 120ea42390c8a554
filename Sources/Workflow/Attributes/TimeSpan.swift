import Foundation

/// Lengths of time as models write them: `250ms`, `90s`, `15m`, `1.5h`, `14d`, `2w`.
package enum TimeSpan {
  private static let units: [(name: String, seconds: Double)] = [
    ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800),
  ]
  /// About 300 years.
  package static let longest = 1e10

  /// Seconds, or nil if the text is not a length of time between 0 and about 300 years.
  package static func seconds(parsing text: some StringProtocol) -> Double? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard !digits.isEmpty, let count = Double(digits),
      let unit = units.first(where: { $0.name == text[digits.endIndex...] })
    else { return nil }
    let length = count * unit.seconds
    return length <= longest ? length : nil
  }

  /// The shortest text with four significant digits: 7,812 s is `2.17h`. Weeks are not used.
  package static func text(_ seconds: Double) -> String {
    let unit = units.dropLast().last { seconds >= $0.seconds } ?? units[0]
    let count = seconds / unit.seconds
    let digits = count >= 1000 ? 0 : count >= 100 ? 1 : count >= 10 ? 2 : 3
    return trimmed(String(format: "%.\(digits)f", count)) + unit.name
  }

  /// Without zeros at the end of a fraction.
  package static func trimmed(_ number: String) -> String {
    guard number.contains(".") else { return number }
    var text = number
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
