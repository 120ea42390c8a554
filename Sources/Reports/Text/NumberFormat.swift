import Basics
import Foundation

/// Numbers for people: significant digits, thousands, percent. Full precision is for JSON and CSV.
///
/// What is no number is never printed as one: nil and NaN are "–", an infinite bound is "unbounded".
package struct NumberFormat: Sendable {
  /// Typographic minus, dash and infinity; ASCII without.
  package var unicode: Bool

  package init(unicode: Bool = true) { self.unicode = unicode }

  package static let plain = NumberFormat()

  package var missing: String { unicode ? "–" : "-" }
  package var minus: String { unicode ? "−" : "-" }

  /// Up to `digits` significant digits: 1,234 · 12.35 · 0.001235 · 1.2e-09.
  package func number(_ value: Double?, digits: Int = 4, signed: Bool = false) -> String {
    guard let value, !value.isNaN else { return missing }
    guard value.isFinite else { return "unbounded" }
    guard value != 0 else { return "0" }
    let size = abs(value)
    let body: String
    if size >= 1e12 || size < 1e-5 {
      body = Self.printed("%.\(max(digits - 1, 0))e", size)
    } else {
      body = Self.printed("%.\(Self.decimals(size, digits: digits))f", size).withGroupedThousands
    }
    return sign(value, signed) + body
  }

  /// For axes: 950 · 12k · 1.5M.
  package func compact(_ value: Double) -> String {
    for (unit, size) in [("B", 1e9), ("M", 1e6), ("k", 1e3)] where abs(value) >= size && abs(value) < 1e12 {
      let scaled = value / size
      return (scaled < 0 ? minus : "")
        + (scaled == scaled.rounded() ? "\(Int(abs(scaled)))" : number(abs(scaled), digits: 3))
        + unit
    }
    return number(value, digits: 3)
  }

  /// A fraction as percent: 0.0512 is 5.12%.
  package func percent(_ fraction: Double?, digits: Int = 3, signed: Bool = false) -> String {
    guard let fraction, !fraction.isNaN else { return missing }
    guard (fraction * 100).isFinite else { return "unbounded" }
    return number(fraction * 100, digits: digits, signed: signed) + "%"
  }

  /// A fraction as percent with a fixed number of decimals, for columns and axes.
  package func percent(_ fraction: Double, decimals: Int, signed: Bool = false) -> String {
    guard (fraction * 100).isFinite else { return fraction.isNaN ? missing : "unbounded" }
    guard abs(fraction) < 1e10 else { return percent(fraction, digits: 3, signed: signed) }
    let body = Self.printed("%.\(min(max(decimals, 0), 12))f", abs(fraction * 100)).withGroupedThousands
    let isZero = !body.contains { ("1"..."9").contains($0) }
    return (isZero ? "" : sign(fraction, signed)) + body + "%"
  }

  /// A difference of two shares, in percentage points: 0.0512 is +5.12 pp.
  package func points(_ difference: Double?, digits: Int = 3) -> String {
    guard let difference, difference.isFinite else { return number(difference, digits: digits, signed: true) }
    return number(difference * 100, digits: digits, signed: true) + " pp"
  }

  /// The limits of such a difference, without the unit that stands beside: [+1.2, +9.04].
  package func pointsInterval(_ lower: Double?, _ upper: Double?, digits: Int = 3) -> String {
    interval(lower, upper) { number($0 * 100, digits: digits, signed: true) }
  }

  /// "p = 0.012" without the "p =": three decimals, "< 0.001" below, "> 0.999" above.
  package func pValue(_ p: Double?) -> String {
    guard let p, p.isFinite else { return missing }
    if p < 0.001 { return "< 0.001" }
    if p > 0.999 { return "> 0.999" }
    return Self.printed("%.3f", p)
  }

  /// 1,234,567.
  package func count(_ count: Int) -> String {
    (count < 0 ? minus : "") + "\(count.magnitude)".withGroupedThousands
  }

  /// 1 unit, 1,234 units.
  package func count(_ count: Int, _ noun: String) -> String {
    "\(self.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// 12 B · 3.4 kB · 1.3 GB.
  package func bytes(_ bytes: Int) -> String {
    var size = Double(bytes)
    for unit in ["B", "kB", "MB", "GB"] {
      if size < 1000 { return number(size, digits: unit == "B" ? 4 : 3) + " " + unit }
      size /= 1000
    }
    return number(size, digits: 3) + " TB"
  }

  /// "[+1.2%, +9.1%]"; an end without a bound is open.
  package func interval(_ lower: Double?, _ upper: Double?, _ show: (Double) -> String) -> String {
    let low = lower.flatMap { $0.isFinite ? show($0) : nil }
    let high = upper.flatMap { $0.isFinite ? show($0) : nil }
    switch (low, high) {
    case (let low?, let high?): return "[\(low), \(high)]"
    case (let low?, nil): return "[\(low), unbounded)"
    case (nil, let high?): return "(unbounded, \(high)]"
    case (nil, nil): return lower?.isInfinite == true || upper?.isInfinite == true ? "unbounded" : missing
    }
  }

  /// "[79.8%, 80.9%]": as many decimals at both ends as show two digits of the width, four at the most;
  /// none, all and nothing else are "0%" and "100%".
  package func percentInterval(_ lower: Double?, _ upper: Double?) -> String {
    let width = (upper ?? .nan) - (lower ?? .nan)
    let decimals = width > 0 && width.isFinite ? 1 - Int(log10(width * 100).rounded(.down)) : 1
    return interval(lower, upper) { $0 == 0 || $0 == 1 ? percent($0) : percent($0, decimals: min(max(decimals, 0), 4)) }
  }

  /// A setting such as 0.05, as it was written: no zeros behind the last digit.
  package func setting(_ value: Double) -> String {
    value.isFinite ? value == value.rounded() ? number(value) : "\(value)" : number(value)
  }

  // MARK: Parts

  private func sign(_ value: Double, _ signed: Bool) -> String { value < 0 ? minus : signed ? "+" : "" }

  /// Decimals that leave `digits` significant digits, whole numbers staying whole.
  private static func decimals(_ size: Double, digits: Int) -> Int {
    if size == size.rounded(), size < 1e12 { return 0 }
    return max(0, digits - 1 - Int(log10(size).rounded(.down)))
  }

  private static func printed(_ format: String, _ value: Double) -> String { String(format: format, value) }
}
