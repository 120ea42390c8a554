import Foundation
import Workflow

/// How long a case stays at a station: a fixed wait (`wait=`), then a random time (`duration=`). Seconds.
package struct StationTime: Sendable {
  package enum Law: Sendable {
    case none
    case exponential(mean: Double)
    case lognormal(logMedian: Double, sigma: Double)
    case uniform(low: Double, width: Double)
    case weibull(scale: Double, inverseShape: Double)
    /// Ascending, at least one.
    case empirical([Double])
  }
  package let fixed: Double
  package let law: Law
  package let mean: Double
  package let variance: Double

  package static let none = StationTime(fixed: 0, law: .none, mean: 0, variance: 0)

  private init(fixed: Double, law: Law, mean: Double, variance: Double) {
    (self.fixed, self.law, self.mean, self.variance) = (fixed, law, mean, variance)
  }

  /// - Throws: `ProcessFault` if `wait=` or `duration=` cannot be read.
  init(_ node: Node, folder: String) throws(ProcessFault) {
    var fixed = 0.0
    if let text = node.attributes["wait"] {
      guard let seconds = TimeSpan.seconds(parsing: text) else {
        throw .badAttribute(
          node: node.id, name: "wait", reason: "expects a duration such as 30s, 15m, 2h or 14d, found '\(text)'.")
      }
      fixed = seconds
    }
    guard let text = node.attributes["duration"] else {
      self.init(fixed: fixed, law: .none, mean: fixed, variance: 0)
      return
    }
    let written: DurationLaw
    do throws(AttributeFault) { written = try DurationLaw(parsing: text) } catch {
      throw .badAttribute(node: node.id, name: "duration", reason: error.sentence)
    }
    try self.init(written, fixed: fixed, folder: folder)
  }

  package init(_ written: DurationLaw, fixed: Double = 0, folder: String = ".") throws(ProcessFault) {
    switch written {
    case .constant(let length): self.init(fixed: fixed + length, law: .none, mean: fixed + length, variance: 0)
    case .exponential(let mean):
      self.init(fixed: fixed, law: .exponential(mean: mean), mean: fixed + mean, variance: mean * mean)
    case .lognormal(let median, let sigma):
      let mean = median * exp(sigma * sigma / 2)
      self.init(
        fixed: fixed, law: .lognormal(logMedian: log(median), sigma: sigma), mean: fixed + mean,
        variance: expm1(sigma * sigma) * mean * mean)
    case .uniform(let low, let high):
      self.init(
        fixed: fixed, law: .uniform(low: low, width: high - low), mean: fixed + (low + high) / 2,
        variance: (high - low) * (high - low) / 12)
    case .weibull(let scale, let shape):
      let (first, second) = (tgamma(1 + 1 / shape), tgamma(1 + 2 / shape))
      self.init(
        fixed: fixed, law: .weibull(scale: scale, inverseShape: 1 / shape), mean: fixed + scale * first,
        variance: scale * scale * (second - first * first))
    case .empirical(let file):
      let values = try Self.values(file, folder: folder)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      self.init(fixed: fixed, law: .empirical(values), mean: fixed + mean, variance: variance)
    }
  }

  /// A first line that is no length of time is taken as a header.
  private static func values(_ file: String, folder: String) throws(ProcessFault) -> [Double] {
    let path = file.hasPrefix("/") ? file : folder + "/" + file
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, reason: "no such file")
    }
    var values: [Double] = []
    for (index, line) in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).enumerated() {
      let text = line.trimmingCharacters(in: .whitespaces)
      guard let value = TimeSpan.seconds(parsing: text) ?? Double(text), (0...TimeSpan.longest).contains(value) else {
        if index == 0 { continue }
        throw .badLength(file: path, line: index + 1, found: String(text.prefix(40)))
      }
      values.append(value)
    }
    guard !values.isEmpty else { throw .unreadable(file: path, reason: "it holds no length of time") }
    return values.sorted()
  }

  /// A draw by inversion: `u` in (0, 1). Monotone in `u`.
  @inline(__always)
  package func sample(_ u: Double) -> Double {
    switch law {
    case .none: return fixed
    case .exponential(let mean): return fixed - mean * log(u)
    case .lognormal(let logMedian, let sigma): return fixed + exp(logMedian + sigma * NormalQuantile.of(u))
    case .uniform(let low, let width): return fixed + low + width * u
    case .weibull(let scale, let inverseShape): return fixed + scale * pow(-log(u), inverseShape)
    case .empirical(let values): return fixed + values[min(Int(u * Double(values.count)), values.count - 1)]
    }
  }

  package var isRandom: Bool { if case .none = law { false } else { true } }
}
