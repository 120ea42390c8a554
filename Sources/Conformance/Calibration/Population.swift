import Basics
import Foundation
import Statistics

/// Draws of one simulated experiment.
package struct Draws: Sendable {
  private var generator: SplitMix64
  private var spare: Double?

  package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  package mutating func uniform() -> Double { generator.uniform() }
  package mutating func exponential() -> Double { -log1p(-generator.uniform()) }

  /// Standard normal, two at a time.
  ///
  /// - Source: Box, G. E. P. and Muller, M. E. (1958), Annals of Mathematical Statistics 29.
  package mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let radius = (2 * exponential()).squareRoot()
    let angle = 2 * .pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  package mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  /// Successes in `trials`, by the gaps between them: the work is that of the successes.
  package mutating func successes(_ trials: Int, rate: Double) -> Int {
    let scale = log1p(-rate)
    var (place, found) = (0.0, 0)
    while true {
      place += (log1p(-uniform()) / scale).rounded(.down) + 1
      if place > Double(trials) { return found }
      found += 1
    }
  }

  /// A beta of whole shapes: gammas that are sums of exponentials.
  package mutating func beta(_ a: Int, _ b: Int) -> Double {
    let (first, second) = (exponentials(a), exponentials(b))
    return first / (first + second)
  }

  private mutating func exponentials(_ count: Int) -> Double {
    (0..<count).reduce(0.0) { sum, _ in sum + exponential() }
  }

  /// An index in `0..<bound`.
  package mutating func index(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
  package mutating func randomised<T>(_ body: (inout SplitMix64) throws -> T) rethrows -> T { try body(&generator) }
}

/// What the units of an experiment are like: values of both arms with a known mean.
package enum Population: String, Sendable, CaseIterable {
  case normal
  /// σ = 1: skewness 6.2.
  case logNormal = "log-normal"
  /// One in twenty units has a log-normal value, the others 0.
  case zeroInflated = "zero-inflated"

  package var mean: Double {
    switch self {
    case .normal: 10
    case .logNormal: exp(0.5)
    case .zeroInflated: 0.05 * exp(0.5)
    }
  }

  package func value(_ draws: inout Draws) -> Double {
    switch self {
    case .normal: 10 + draws.normal()
    case .logNormal: exp(draws.normal())
    case .zeroInflated: draws.uniform() < 0.05 ? exp(draws.normal()) : 0
    }
  }

  package func values(_ count: Int, _ draws: inout Draws) -> [Double] { (0..<count).map { _ in value(&draws) } }
}
