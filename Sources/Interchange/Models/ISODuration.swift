/// Lengths of time as ISO 8601 writes them: `P14D`, `PT36H`, `PT0.25S`.
enum ISODuration {
  static func text(_ seconds: Double) -> String {
    guard seconds.rounded() == seconds, seconds >= 60, seconds <= 1e15 else { return "PT\(number(seconds))S" }
    let whole = Int(seconds)
    for (length, before, behind) in [(86_400, "P", "D"), (3600, "PT", "H"), (60, "PT", "M")]
    where whole % length == 0 { return "\(before)\(whole / length)\(behind)" }
    return "PT\(whole)S"
  }

  private static func number(_ seconds: Double) -> String {
    seconds.rounded() == seconds && abs(seconds) < 1e15 ? String(Int(seconds)) : "\(seconds)"
  }
}
