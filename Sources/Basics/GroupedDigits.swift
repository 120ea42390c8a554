extension Int {
  /// With thousands grouped, as sentences show counts: 1,234,567.
  package var grouped: String { (self < 0 ? "-" : "") + "\(magnitude)".withGroupedThousands }
}

extension String {
  /// The digits before the point in groups of three; the rest as it is.
  package var withGroupedThousands: String {
    let whole = prefix { $0 != "." }
    guard whole.count > 3 else { return self }
    var out = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return out + dropFirst(whole.count)
  }
}
