import Foundation

extension Double {
  /// For sentences: six significant digits at most, no zeros behind the last, thousands grouped. 14.786 · 0.05 · 1,234,567.
  package var readable: String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : "\(self)" }
    let size = abs(self)
    guard size < 1e15, size >= 1e-5 else { return String(format: "%.6g", self) }
    let decimals = max(0, 5 - Int(log10(size).rounded(.down)))
    var body = String(format: "%.\(decimals)f", size)
    if body.contains(".") {
      while body.last == "0" { body.removeLast() }
      if body.last == "." { body.removeLast() }
    }
    return (self < 0 ? "-" : "") + body.withGroupedThousands
  }
}
