import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct QuantileHistogramTests {
  static func logNormal(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      exp(Normal.standard.quantile(Double.random(in: 1e-12..<1, using: &generator))) - 0.5
    }
  }

  static func histogram(_ values: some Sequence<Double>) -> QuantileHistogram {
    var histogram = QuantileHistogram()
    histogram.insert(contentsOf: values)
    return histogram
  }

  /// Values of both signs, against the exact quantiles.
  @Test func quantilesAreWithinTheBound() throws {
    let values = Self.logNormal(50_000, seed: 7)
    let (sorted, histogram) = (values.sorted(), Self.histogram(values))
    for p in [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99] {
      let exact = try QuantileEstimate(sorted: sorted, probability: p)
      let sketched = try QuantileEstimate(histogram, probability: p)
      #expect(sketched.count == exact.count && sketched.ranks == exact.ranks)
      for (found, true_) in [
        (sketched.value, exact.value), (sketched.interval.lower, exact.interval.lower),
        (sketched.interval.upper, exact.interval.upper),
      ] {
        #expect(abs(found) <= abs(true_) && abs(true_ - found) <= QuantileHistogram.relativeError * abs(true_), "\(p)")
      }
      // The width of the interval loses at most what its ends do.
      let slack = 2 * QuantileHistogram.relativeError * abs(exact.value)
      expectClose(sketched.standardError, exact.standardError, relative: 0, absolute: slack)
    }
  }

  @Test func fewDigitsAreExact() throws {
    let values = (0..<20_000).map { Double($0 % 1000) / 4 }
    let (exact, sketched) = (
      try QuantileEstimate(sorted: values.sorted(), probability: 0.3),
      try QuantileEstimate(Self.histogram(values), probability: 0.3)
    )
    #expect(exact == sketched)
  }

  /// Neither the parts nor their order matter.
  @Test func partsAddUp() throws {
    let values = Self.logNormal(3_000, seed: 8)
    let whole = Self.histogram(values)
    var merged = Self.histogram(values[2_000...])
    merged.merge(Self.histogram(values[..<700]))
    merged.merge(Self.histogram(values[700..<2_000].reversed()))
    #expect(merged == whole)
    let stored = try JSONDecoder().decode(QuantileHistogram.self, from: JSONEncoder().encode(whole))
    #expect(stored == whole && stored.count == 3_000)
  }

  @Test func bothZerosAreOne() {
    #expect(Self.histogram([0, -0.0, 0]).bins.map(\.count) == [3])
  }
}
