import Foundation
import Statistics
import Workflow

/// A law of durations fitted to times with censored ones, by maximum likelihood; of three laws the one with the least AIC.
///
/// Times are gathered in bins of 1/256 of their logarithm, so that millions cost no more than thousands; the fit is exact to that
/// width. Times of 0 count as half a millisecond.
/// - Source: Cox, D. R. and Oakes, D. (1984), "Analysis of Survival Data", chapter 3; the lognormal by the EM algorithm of
///   Dempster, Laird & Rubin (1977), section 4.2.
package struct DurationFit: Sendable, Hashable {
  package let law: DurationLaw
  /// Times that were seen to their end.
  package let events: Int
  package let censored: Int

  private struct Bins {
    /// Middle of the bin on the log scale, times seen, times censored.
    var list: [(log: Double, events: Double, censored: Double)] = []
    var events = 0.0
    var total = 0.0
    /// Mean logarithm of the times that were seen.
    var meanLog = 0.0
    static let width = 1.0 / 256
  }

  /// Nil with fewer than `least` times seen to their end.
  ///
  /// - Parameter keys: as of `KaplanMeierQuantiles`.
  package init?(keys: [UInt64], least: Int = 5) {
    let seen = keys.count { $0 & 1 == 0 }
    guard seen >= least else { return nil }
    (events, censored) = (seen, keys.count - seen)
    let sorted = SortedTimes.ascending(keys.filter { $0 & 1 == 0 }).map { Double($0 >> 1) / 1000 }
    // Within a thousandth, or the log's millisecond, it is a constant.
    let (low, high) = (sorted[sorted.count / 20], sorted[sorted.count - 1 - sorted.count / 20])
    if high - low <= max(0.002, 0.001 * high) {
      law = .constant(sorted[sorted.count / 2])
      return
    }
    let bins = Self.bins(keys)
    let candidates = [Self.exponential(bins), Self.lognormal(bins), Self.weibull(bins)].compactMap { $0 }
    guard let best = candidates.min(by: { $0.aic < $1.aic }) else { return nil }
    law = best.law
  }

  private static func bins(_ keys: [UInt64]) -> Bins {
    var counts: [Int: (events: Double, censored: Double)] = [:]
    for key in keys {
      let seconds = max(Double(key >> 1), 0.5) / 1000
      let bin = Int((log(seconds) / Bins.width).rounded(.down))
      if key & 1 == 0 { counts[bin, default: (0, 0)].events += 1 } else { counts[bin, default: (0, 0)].censored += 1 }
    }
    var bins = Bins()
    for bin in counts.keys.sorted() {
      guard let count = counts[bin] else { continue }
      bins.list.append(((Double(bin) + 0.5) * Bins.width, count.events, count.censored))
      bins.events += count.events
      bins.total += count.events + count.censored
      bins.meanLog += count.events * (Double(bin) + 0.5) * Bins.width
    }
    bins.meanLog /= max(bins.events, 1)
    return bins
  }

  // MARK: - Three laws; likelihoods of the logarithm, so that they compare

  private static func exponential(_ bins: Bins) -> (law: DurationLaw, aic: Double)? {
    var exposure = 0.0
    for bin in bins.list { exposure += (bin.events + bin.censored) * exp(bin.log) }
    let mean = exposure / bins.events
    let likelihood = bins.events * (bins.meanLog - log(mean)) - exposure / mean
    return (.exponential(mean: mean), 2 - 2 * likelihood)
  }

  private static func lognormal(_ bins: Bins) -> (law: DurationLaw, aic: Double)? {
    let total = bins.total
    var mu = bins.meanLog
    var squares = 0.0
    for bin in bins.list { squares += bin.events * (bin.log - mu) * (bin.log - mu) }
    var sigma = max(0.01, (squares / bins.events).squareRoot())
    for _ in 0..<500 {
      var (first, second) = (0.0, 0.0)
      for bin in bins.list {
        first += bin.events * bin.log
        second += bin.events * bin.log * bin.log
        guard bin.censored > 0 else { continue }
        let z = (bin.log - mu) / sigma
        let hazard = exp(Normal.standard.logDensity(z) - Normal.standard.logSurvival(z))
        let mean = mu + sigma * hazard
        first += bin.censored * mean
        second += bin.censored * (mu * mu + sigma * sigma + sigma * (bin.log + mu) * hazard)
      }
      let (newMu, newVariance) = (first / total, second / total - (first / total) * (first / total))
      let newSigma = max(newVariance, 1e-8).squareRoot()
      let step = abs(newMu - mu) + abs(newSigma - sigma)
      (mu, sigma) = (newMu, newSigma)
      if step < 1e-10 { break }
    }
    guard mu.isFinite, sigma.isFinite else { return nil }
    var likelihood = 0.0
    for bin in bins.list {
      let z = (bin.log - mu) / sigma
      likelihood += bin.events * (Normal.standard.logDensity(z) - log(sigma))
      likelihood += bin.censored * Normal.standard.logSurvival(z)
    }
    return (.lognormal(median: exp(mu), sigma: min(sigma, 10)), 4 - 2 * likelihood)
  }

  /// The shape solves its score equation, which is monotone; the scale follows.
  private static func weibull(_ bins: Bins) -> (law: DurationLaw, aic: Double)? {
    let mean = bins.meanLog
    // Times are taken about their middle, so that powers stay small.
    func sums(_ k: Double) -> (Double, Double) {
      var (weights, weighted) = (0.0, 0.0)
      for bin in bins.list {
        let weight = (bin.events + bin.censored) * exp(k * (bin.log - mean))
        weights += weight
        weighted += weight * (bin.log - mean)
      }
      return (weights, weighted)
    }
    var (low, high) = (0.1, 100.0)
    for _ in 0..<100 {
      let k = (low * high).squareRoot()
      let (weight, weighted) = sums(k)
      guard weight.isFinite, weight > 0 else { return nil }
      if weighted / weight - 1 / k > 0 { high = k } else { low = k }
    }
    let shape = (low * high).squareRoot()
    let scale = exp(mean) * pow(sums(shape).0 / bins.events, 1 / shape)
    guard scale.isFinite, scale > 0 else { return nil }
    let (logScale, logShape) = (log(scale), log(shape))
    var likelihood = 0.0
    for bin in bins.list {
      let height = shape * (bin.log - logScale)
      let power = exp(height)
      likelihood += bin.events * (logShape + height - power) - bin.censored * power
    }
    return (.weibull(scale: scale, shape: shape), 4 - 2 * likelihood)
  }
}
