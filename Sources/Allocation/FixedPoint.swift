/// Decimals read exactly, in millionths: no binary rounding between the text and the cut-off.
enum FixedPoint {
  static let unit = 1_000_000

  /// `0.25` is 250000. Nil for anything but digits with at most 6 behind the point, or if it exceeds 10¹².
  static func millionths(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, parts.contains(where: { !$0.isEmpty }) else { return nil }
    let decimals = parts.count == 2 ? parts[1] : ""
    let fraction = decimals.count > 6 ? decimals.prefix(6) : decimals
    guard decimals.dropFirst(6).allSatisfy({ $0 == "0" }), isDigits(whole), isDigits(fraction), whole.count <= 12 else {
      return nil
    }
    let padded = fraction + String(repeating: "0", count: 6 - fraction.count)
    guard let major = Int(whole.isEmpty ? "0" : String(whole)), let minor = Int(padded) else { return nil }
    return major * unit + minor
  }

  /// 250000 is `0.25`.
  static func text(_ millionths: Int) -> String {
    let fraction = String(millionths % unit)
    return "\(millionths / unit)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  private static func isDigits(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
