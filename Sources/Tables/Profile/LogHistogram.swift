import Foundation

/// Quantiles of numbers in memory that does not grow with their number: exact for up to 1,024 different numbers, else to one
/// percent of their value.
///
/// Source: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees" (2019),
/// with accuracy 0.01: bucket i holds the numbers of (γ^(i-1), γ^i], γ = 1.01 / 0.99. Merging adds counts.
struct LogHistogram: Sendable {
  private static let gamma = 1.01 / 0.99
  private static let perLog = 1 / log(gamma)
  /// Different numbers that are counted each by itself.
  private static let exactLimit = 1_024
  /// How often each number came; nil once they are too many.
  private var exact: [Double: Int]? = [:]
  private var positive: [Int: Int] = [:]
  private var negative: [Int: Int] = [:]
  private var zeros = 0
  private(set) var count = 0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity

  /// - Parameter value: finite.
  mutating func insert(_ value: Double) {
    count += 1
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    guard exact != nil else { return put(value, 1) }
    exact?[value, default: 0] += 1
    giveUpIfTooMany()
  }

  private mutating func put(_ value: Double, _ times: Int) {
    if value == 0 {
      zeros += times
    } else if value > 0 {
      positive[Self.bucket(value), default: 0] += times
    } else {
      negative[Self.bucket(-value), default: 0] += times
    }
  }

  private mutating func giveUpIfTooMany() {
    guard let known = exact, known.count > Self.exactLimit else { return }
    exact = nil
    for (value, times) in known { put(value, times) }
  }

  mutating func merge(_ other: LogHistogram) {
    if let more = other.exact {
      if exact == nil {
        for (value, times) in more { put(value, times) }
      } else {
        exact?.merge(more, uniquingKeysWith: +)
        giveUpIfTooMany()
      }
    } else if let known = exact {
      exact = nil
      for (value, times) in known { put(value, times) }
    }
    positive.merge(other.positive, uniquingKeysWith: +)
    negative.merge(other.negative, uniquingKeysWith: +)
    zeros += other.zeros
    count += other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// The value of rank ⌈p n⌉, exact or within one percent; NaN of nothing.
  func quantile(_ p: Double) -> Double {
    guard count > 0 else { return .nan }
    var rank = max(1, Int((p * Double(count)).rounded(.up)))
    if let exact {
      for (value, times) in exact.sorted(by: { $0.key < $1.key }) {
        rank -= times
        if rank <= 0 { return value }
      }
      return maximum
    }
    for (bucket, size) in negative.sorted(by: { $0.key > $1.key }) {
      rank -= size
      if rank <= 0 { return within(-Self.middle(bucket)) }
    }
    rank -= zeros
    if rank <= 0 { return 0 }
    for (bucket, size) in positive.sorted(by: { $0.key < $1.key }) {
      rank -= size
      if rank <= 0 { return within(Self.middle(bucket)) }
    }
    return maximum
  }

  private func within(_ value: Double) -> Double { min(max(value, minimum), maximum) }
  private static func bucket(_ value: Double) -> Int { Int((log(value) * perLog).rounded(.up)) }
  private static func middle(_ bucket: Int) -> Double { 2 * exp(Double(bucket) / perLog) / (gamma + 1) }
}
