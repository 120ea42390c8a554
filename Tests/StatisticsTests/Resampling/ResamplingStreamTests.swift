import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct ResamplingStreamTests {
  /// The reference implementation's first numbers from the state 1, 2, 3, 4 (xoshiro256plusplus.c, as in rand_xoshiro's tests); all
  /// lanes run alike.
  @Test func knownAnswers() {
    var stream = ResamplingStream(
      state: (SIMD4(repeating: 1), SIMD4(repeating: 2), SIMD4(repeating: 3), SIMD4(repeating: 4)))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
      9_973_669_472_204_895_162, 14_011_001_112_246_962_877, 12_406_186_145_184_390_807,
    ]
    for number in expected { #expect(stream.next() == SIMD4(repeating: number)) }
  }

  @Test func streamsDiffer() {
    var seen: Set<SIMD4<UInt64>> = []
    for seed in 0..<4 {
      for replicate in 0..<8 {
        for sample in 0..<4 {
          var stream = ResamplingStream(seed: UInt64(seed), replicate: replicate, sample: sample)
          seen.insert(stream.next())
        }
      }
    }
    #expect(seen.count == 128)
  }

  /// One million weights against Poisson's law: chi-squared on 0, 1, …, 5 and more, which exceeds 22.5 once in 1,000 times; and the
  /// sum that is returned.
  @Test func poissonWeights() throws {
    var stream = ResamplingStream(seed: 5, replicate: 0, sample: 0)
    let count = 1_000_003
    var weights = [Double](repeating: -1, count: count)
    let total = stream.poisson(&weights, count: count)
    #expect(Double(total) == weights.reduce(0, +))
    let law = try Poisson(rate: 1)
    var statistic = 0.0
    for k in 0...6 {
      let seen = Double(weights.count { k < 6 ? $0 == Double(k) : $0 >= 6 })
      let share = k < 6 ? law.cdf(k) - (k > 0 ? law.cdf(k - 1) : 0) : law.survival(5)
      let expected = share * Double(count)
      statistic += (seen - expected) * (seen - expected) / expected
    }
    #expect(statistic < 22.5)
  }

  @Test func indicesCoverTheirRange() {
    var stream = ResamplingStream(seed: 1, replicate: 2, sample: 3)
    var counts = [Int](repeating: 0, count: 7)
    stream.indices(below: 7, count: 70_001) { counts[$0] += 1 }
    #expect(counts.reduce(0, +) == 70_001)
    // Binomial of 70,001 and 1/7: standard deviation 93.
    for count in counts { #expect(abs(count - 10_000) < 400) }
  }
}
