import Basics
import Foundation
import Processes
import Statistics
import Workflow

/// Lengths of time, intervals and edges as flow reports show them.
struct FlowWords: Sendable {
  let format: NumberFormat

  init(unicode: Bool = true) { format = NumberFormat(unicode: unicode) }

  /// 250 ms · 34.5 s · 2.17 h · 3.4 d
  func time(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return format.missing }
    let units: [(Double, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    guard let unit = units.first(where: { abs(seconds) >= $0.0 }) else {
      return seconds == 0 ? "0 s" : format.number(seconds * 1000, digits: 3) + " ms"
    }
    return format.number(seconds / unit.0, digits: 3) + " " + unit.1
  }

  func quantile(_ quantile: KaplanMeierQuantiles.Quantile) -> String { time(quantile.estimate) }

  /// `2.1 h (1.9 h to 2.4 h)`
  func median(_ times: KaplanMeierQuantiles) -> String {
    guard times.median.estimate != nil else { return format.missing }
    let limits =
      times.median.lower == nil && times.median.upper == nil
      ? "" : " (\(time(times.median.lower)) to \(times.median.upper == nil ? "not reached" : time(times.median.upper)))"
    return time(times.median.estimate) + limits
  }

  func rate(_ rate: Double?) -> String { format.percent(rate) }

  func interval(_ interval: Interval?) -> String {
    format.percentInterval(interval?.lower, interval?.upper)
  }

  func edge(_ source: String, _ target: String, _ label: String?) -> String {
    "\(source) \(format.unicode ? "→" : "->") \(target)" + (label.map { $0.isEmpty ? "" : " “\($0)”" } ?? "")
  }

  /// `2026-01-05 09:00 UTC`
  func date(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 2e11 else { return format.missing }
    return String(
      Date(timeIntervalSince1970: seconds).formatted(.iso8601).prefix(16).map { $0 == "T" ? " " : $0 }) + " UTC"
  }
}

extension JSONValue {
  static func finite(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(value)
  }
  static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
  static func limits(_ interval: Interval?) -> [(key: String, value: JSONValue)] {
    [("lower", .finite(interval?.lower)), ("upper", .finite(interval?.upper))]
  }
}
