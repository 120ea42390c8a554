/// How often each value occurs, values cut off to seventeen binary digits: a sketch of many values that merges by adding counts.
///
/// A quantile of it is at most 2^-16 of itself (0.0015 %) nearer to 0 than that of the values, and equal to it where these have
/// no more digits, as whole numbers up to 131,072. Neither the order in which values come nor the merging matters. Memory grows
/// with the bins that are used: at most 65,536 for each doubling of the values' size.
///
/// - Source: fixed relative error by bins of the floating-point form: HdrHistogram (Tene 2012), DDSketch (Masson, Rim & Lee
///   2019, VLDB 12, section 2). The bound: cutting off the lowest 36 of 52 bits of the fraction takes less than 2^-16 of a value.
public struct QuantileHistogram: Sendable, Hashable {
  /// By the cut value's bits.
  private var counts: [UInt64: Int] = [:]
  public private(set) var count = 0

  /// What a quantile is away from that of the values, as a share of it.
  public static let relativeError = 0x1p-16
  private static let kept = ~UInt64(0) << 36

  public init() {}

  /// - Parameter value: finite.
  @inline(__always)
  public mutating func insert(_ value: Double, times: Int = 1) {
    // Adding 0 makes one zero of the two.
    counts[(value + 0).bitPattern & Self.kept, default: 0] += times
    count += times
  }

  public mutating func insert(contentsOf values: some Sequence<Double>) { for value in values { insert(value) } }

  public mutating func merge(_ other: QuantileHistogram) {
    counts.merge(other.counts, uniquingKeysWith: +)
    count += other.count
  }

  /// The values that occur, ascending, each with its count.
  public var bins: [(value: Double, count: Int)] {
    counts.map { (Double(bitPattern: $0.key), $0.value) }.sorted { $0.0 < $1.0 }
  }
}

extension QuantileHistogram: Codable {
  private enum Keys: CodingKey { case values, counts }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let values = try container.decode([Double].self, forKey: .values)
    for (value, count) in zip(values, try container.decode([Int].self, forKey: .counts)) { insert(value, times: count) }
  }

  public func encode(to encoder: any Encoder) throws {
    let bins = bins
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(bins.map(\.value), forKey: .values)
    try container.encode(bins.map(\.count), forKey: .counts)
  }
}

/// Values in ascending order, by their ranks.
struct OrderedValues {
  let count: Int
  /// By rank from 1.
  private let value: (Int) -> Double

  init(_ sorted: [Double]) {
    count = sorted.count
    value = { sorted[$0 - 1] }
  }

  init(_ histogram: QuantileHistogram) {
    let bins = histogram.bins
    // How many values are in each bin and those before it.
    var ends: [Int] = []
    ends.reserveCapacity(bins.count)
    for bin in bins { ends.append((ends.last ?? 0) + bin.count) }
    count = histogram.count
    value = { rank in
      var (low, high) = (0, ends.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if ends[middle] < rank { low = middle + 1 } else { high = middle }
      }
      return bins[low].value
    }
  }

  subscript(rank: Int) -> Double { value(rank) }
}
