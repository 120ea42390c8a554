/// Durations as people write them.
package enum Durations {
  private static let units: [(names: [String], seconds: Double)] = [
    (["s", "sec", "second", "seconds"], 1), (["m", "min", "minute", "minutes"], 60),
    (["h", "hour", "hours"], 3600), (["d", "day", "days"], 86_400), (["w", "week", "weeks"], 604_800),
  ]

  /// Some 30,000 years.
  private static let limit = 1e12

  /// `90s`, `90m`, `36h`, `7d`, `2w`, also with blanks before the unit and whole words: `39 weeks`. Nil if it is no duration, or not 0 and
  /// outside of a millisecond to 1e12 seconds.
  package static func seconds(_ text: String) -> Double? {
    guard let split = text.firstIndex(where: { $0.isLetter }) else { return nil }
    let number = text[..<split].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let unit = text[split...].lowercased()
    guard let value = Double(String(number)), value.isFinite, value >= 0,
      let seconds = units.first(where: { $0.names.contains(unit) })?.seconds
    else { return nil }
    let total = value * seconds
    return total == 0 || (total >= 0.001 && total <= limit) ? total : nil
  }

  /// In the largest unit that it reaches, with at most two decimals: `7 days`, `1.5 hours`.
  package static func text(_ seconds: Double) -> String {
    let names = [("day", 86_400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)]
    let unit = names.first { seconds >= $0.1 } ?? ("second", 1)
    let number = (seconds / unit.1 * 100).rounded() / 100
    let digits = number == number.rounded() && number < 1e15 ? "\(Int(number))" : "\(number)"
    return "\(digits) \(unit.0)\(number == 1 ? "" : "s")"
  }
}
