import Foundation
import TestSupport
import Testing

/// How often something happened in simulated experiments, against the rate that was promised.
struct ErrorRate {
  private(set) var count = 0
  private(set) var experiments = 0

  mutating func add(_ happened: Bool) {
    count += happened ? 1 : 0
    experiments += 1
  }

  /// Within the 99.9 % binomial band of `nominal` (3.29 standard deviations), widened by `slack` where a method is documented to
  /// be approximate.
  func expect(_ nominal: Double, slack: Double = 0, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let (n, share) = (Double(experiments), Double(count) / Double(experiments))
    let band = 3.29 * (nominal * (1 - nominal) / n).squareRoot() + slack
    #expect(
      abs(share - nominal) <= band, "\(what): \(share) of \(experiments), nominal \(nominal) within \(band)",
      sourceLocation: sourceLocation)
  }
}

/// Laws of a metric by unit, with their means.
enum MetricLaw: String, CaseIterable, CustomTestStringConvertible {
  case normal, exponential, logNormal, zeroInflated, bernoulli
  var testDescription: String { rawValue }

  func draw(_ generator: inout SeededGenerator) -> Double {
    switch self {
    case .normal: 10 + 3 * generator.normal()
    case .exponential: generator.exponential()
    case .logNormal: exp(generator.normal())
    // One in ten buys, for a log-normal amount.
    case .zeroInflated: generator.uniform() < 0.1 ? exp(3 + 0.8 * generator.normal()) : 0
    case .bernoulli: generator.uniform() < 0.05 ? 1 : 0
    }
  }

  var mean: Double {
    switch self {
    case .normal: 10
    case .exponential: 1
    case .logNormal: exp(0.5)
    case .zeroInflated: 0.1 * exp(3 + 0.32)
    case .bernoulli: 0.05
    }
  }

  func column(_ units: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<units).map { _ in draw(&generator) }
  }
}
