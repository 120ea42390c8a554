import Foundation

/// Why a `duration=` is not one.
package struct AttributeFault: Error, Hashable {
  package let expected: String
  package let found: String
  package var sentence: String { "expects \(expected), found '\(found)'." }
}

/// How long a node takes: the value of `duration=`. Lengths are in seconds.
public enum DurationLaw: Sendable, Hashable {
  /// `const(14d)`, or simply `14d`.
  case constant(Double)
  /// `exp(2h)`: the mean.
  case exponential(mean: Double)
  /// `lognormal(30m, 1.2)`: the median, and the standard deviation of the logarithm.
  case lognormal(median: Double, sigma: Double)
  /// `uniform(1h, 3h)`.
  case uniform(Double, Double)
  /// `weibull(2h, 0.8)`: scale and shape.
  case weibull(scale: Double, shape: Double)
  /// `empirical(times.csv)`: a value drawn from a file with one length of time (or number of seconds) a line.
  case empirical(file: String)

  static let expectation =
    "a law such as const(14d), exp(2h), lognormal(30m, 1.2), uniform(1h, 3h), weibull(2h, 0.8) or empirical(times.csv)"

  package init(parsing text: String) throws(AttributeFault) {
    let fault = AttributeFault(expected: Self.expectation, found: text)
    if let seconds = TimeSpan.seconds(parsing: text) {
      self = .constant(seconds)
      return
    }
    guard let open = text.firstIndex(of: "("), text.last == ")" else { throw fault }
    let body = text[text.index(after: open)...].dropLast()
    let parts = body.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard let law = Self.law(String(text[..<open]), parts) else { throw fault }
    self = law
  }

  private static func law(_ name: String, _ parts: [String]) -> DurationLaw? {
    if name == "empirical" { return parts.count == 1 && !parts[0].isEmpty ? .empirical(file: parts[0]) : nil }
    guard let first = TimeSpan.seconds(parsing: parts[0]) else { return nil }
    switch (name, parts.count) {
    case ("const", 1): return .constant(first)
    case ("exp", 1): return first > 0 ? .exponential(mean: first) : nil
    case ("lognormal", 2):
      guard first > 0, let sigma = Double(parts[1]), sigma >= 0, sigma <= 10 else { return nil }
      return .lognormal(median: first, sigma: sigma)
    case ("uniform", 2):
      guard let last = TimeSpan.seconds(parsing: parts[1]), last >= first else { return nil }
      return .uniform(first, last)
    case ("weibull", 2):
      guard first > 0, let shape = Double(parts[1]), shape >= 0.1, shape <= 100 else { return nil }
      return .weibull(scale: first, shape: shape)
    default: return nil
    }
  }

  /// As `duration=` writes it, to four significant digits.
  public var text: String {
    func number(_ value: Double) -> String { TimeSpan.trimmed(String(format: "%.3f", value)) }
    switch self {
    case .constant(let length): return "const(\(TimeSpan.text(length)))"
    case .exponential(let mean): return "exp(\(TimeSpan.text(mean)))"
    case .lognormal(let median, let sigma): return "lognormal(\(TimeSpan.text(median)),\(number(sigma)))"
    case .uniform(let low, let high): return "uniform(\(TimeSpan.text(low)),\(TimeSpan.text(high)))"
    case .weibull(let scale, let shape): return "weibull(\(TimeSpan.text(scale)),\(number(shape)))"
    case .empirical(let file): return "empirical(\(file))"
    }
  }
}
