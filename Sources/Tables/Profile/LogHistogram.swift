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
  private var positive = BucketCounts()
  private var negative = BucketCounts()
  private var zeros = 0
  private(set) var count = 0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity
  /// Numbers that came last and how often they did since, by their bits: most columns have few numbers again and again.
  private var recent = none

  private static let recentPlaces = 64
  private static let none = [(value: Double, times: Int)](repeating: (0, 0), count: recentPlaces)

  var isExact: Bool { exact != nil }

  /// - Parameter given: finite.
  @inline(__always)
  mutating func insert(_ given: Double) {
    // Of the two zeros one.
    let value = given + 0.0
    count += 1
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    let place = Int(truncatingIfNeeded: (value.bitPattern &* 0x9E37_79B9_7F4A_7C15) &>> 58)
    if recent[place].value == value {
      recent[place].times += 1
    } else {
      let before = recent[place]
      recent[place] = (value, 1)
      add(before.value, before.times)
    }
  }

  private mutating func add(_ value: Double, _ times: Int) {
    guard times > 0 else { return }
    guard exact != nil else { return put(value, times) }
    exact?[value, default: 0] += times
    giveUpIfTooMany()
  }

  private mutating func put(_ value: Double, _ times: Int) {
    if value == 0 {
      zeros += times
    } else if value > 0 {
      positive.add(times, to: Self.bucket(value))
    } else {
      negative.add(times, to: Self.bucket(-value))
    }
  }

  private mutating func giveUpIfTooMany() {
    guard let known = exact, known.count > Self.exactLimit else { return }
    giveUp(known)
  }

  private mutating func giveUp(_ known: [Double: Int]) {
    exact = nil
    for (value, times) in known { put(value, times) }
  }

  mutating func merge(_ other: LogHistogram) {
    if other.exact == nil, let known = exact { giveUp(known) }
    for (value, times) in other.exact ?? [:] { add(value, times) }
    for (value, times) in other.recent { add(value, times) }
    positive.merge(other.positive)
    negative.merge(other.negative)
    zeros += other.zeros
    count += other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// Forgets its numbers, for more of the same column.
  ///
  /// - Parameter isExact: false if they are too many already where this one is merged into.
  mutating func clear(isExact: Bool) {
    exact = isExact ? [:] : nil
    positive.clear()
    negative.clear()
    (zeros, count) = (0, 0)
    (minimum, maximum) = (.infinity, -.infinity)
    recent = Self.none
  }

  /// The value of rank ⌈p n⌉, exact or within one percent; NaN of nothing.
  func quantile(_ p: Double) -> Double {
    var settled = LogHistogram()
    settled.merge(self)
    return settled.settledQuantile(p)
  }

  private func settledQuantile(_ p: Double) -> Double {
    guard count > 0 else { return .nan }
    var rank = max(1, Int((p * Double(count)).rounded(.up)))
    if let exact {
      for (value, times) in exact.sorted(by: { $0.key < $1.key }) {
        rank -= times
        if rank <= 0 { return value }
      }
      return maximum
    }
    for (bucket, size) in negative.ascending.reversed() {
      rank -= size
      if rank <= 0 { return within(-Self.middle(bucket)) }
    }
    rank -= zeros
    if rank <= 0 { return 0 }
    for (bucket, size) in positive.ascending {
      rank -= size
      if rank <= 0 { return within(Self.middle(bucket)) }
    }
    return maximum
  }

  private func within(_ value: Double) -> Double { min(max(value, minimum), maximum) }
  private static func bucket(_ value: Double) -> Int { Int((log(value) * perLog).rounded(.up)) }
  private static func middle(_ bucket: Int) -> Double { 2 * exp(Double(bucket) / perLog) / (gamma + 1) }
}

/// How often each bucket is hit, from the first one that is to the last.
private struct BucketCounts: Sendable {
  private var first = 0
  private var counts: [Int] = []

  mutating func add(_ times: Int, to bucket: Int) {
    if counts.isEmpty { first = bucket }
    if bucket < first {
      // Room for as many more, so that falling numbers are not copied each time.
      let more = max(first - bucket, counts.count)
      counts.insert(contentsOf: repeatElement(0, count: more), at: 0)
      first -= more
    }
    if bucket - first >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: bucket - first + 1 - counts.count))
    }
    counts[bucket - first] += times
  }

  mutating func merge(_ other: BucketCounts) { for (bucket, times) in other.ascending { add(times, to: bucket) } }

  /// Keeps the memory of as many as columns mostly have.
  mutating func clear() {
    if counts.count > Self.usual { counts = [] }
    for place in counts.indices { counts[place] = 0 }
  }

  private static let usual = 2_048

  /// The buckets that are hit, and how often.
  var ascending: [(bucket: Int, times: Int)] {
    counts.indices.lazy.filter { counts[$0] > 0 }.map { (first + $0, counts[$0]) }
  }
}
